import tracemalloc

import numpy as np
import pytest
from scipy import stats

from evals.metrics.decisions import Rows, Values, Weights, ratio
from evals.metrics.statistics import compare_means, compare_statistics, interval, mean_interval

RANDOM = np.random.default_rng(7)


def test_interval_holds_the_mean_and_repeats() -> None:
    values = RANDOM.integers(0, 2, 150).astype(float)
    first, second = mean_interval(values), mean_interval(values)
    assert first == second
    assert first.low < values.mean() < first.high


def test_interval_agrees_with_scipy() -> None:
    values = RANDOM.normal(0.5, 0.2, 200)
    theirs = stats.bootstrap((values,), np.mean, method="percentile", n_resamples=5000, random_state=1)
    ours = mean_interval(values)
    assert ours.low == pytest.approx(theirs.confidence_interval.low, abs=0.004)
    assert ours.high == pytest.approx(theirs.confidence_interval.high, abs=0.004)


def test_permutation_test_agrees_with_scipy() -> None:
    first = RANDOM.normal(0.5, 0.2, 60)
    second = first + RANDOM.normal(0.04, 0.15, 60)
    theirs = stats.permutation_test(
        (second, first), lambda a, b: np.mean(a - b), permutation_type="samples", n_resamples=20_000, rng=1
    )
    ours = compare_means(first, second)
    assert ours.difference == pytest.approx(theirs.statistic)
    assert ours.p_value == pytest.approx(theirs.pvalue, abs=0.015)


def test_five_wins_of_five_have_a_p_of_one_sixteenth() -> None:
    ours = compare_means(np.zeros(5), np.ones(5))
    assert ours.p_value == pytest.approx(2 / 32, abs=0.01)
    assert ours.interval.low == ours.interval.high == 1.0


def test_equal_runs_differ_by_nothing() -> None:
    ours = compare_means(np.ones(9), np.ones(9))
    assert (ours.difference, ours.p_value) == (0.0, 1.0)


def second_column(rows: Rows, weights: Weights) -> Values:
    return ratio(weights @ rows[:, 1], weights.sum(axis=1))


def undefined(rows: Rows, weights: Weights) -> Values:
    return np.full(len(weights), np.nan)


def test_any_statistic_is_compared_by_swapping_pairs() -> None:
    first = np.column_stack([np.arange(20) % 2, np.zeros(20)])
    second = np.column_stack([np.arange(20) % 2, np.ones(20)])
    found = compare_statistics(first, second, second_column)
    assert found is not None
    assert (found.first, found.second, found.difference) == (0.0, 1.0, 1.0)
    assert found.p_value < 0.001
    assert found.interval.low == found.interval.high == 1.0


def test_a_mean_is_compared_alike_as_mean_and_as_statistic() -> None:
    first, second = RANDOM.random((80, 2)), RANDOM.random((80, 2))
    by_sign, by_swap = compare_means(first[:, 1], second[:, 1]), compare_statistics(first, second, second_column)
    assert by_swap is not None
    assert by_swap.difference == pytest.approx(by_sign.difference)
    assert by_swap.p_value == pytest.approx(by_sign.p_value, abs=0.04)
    assert by_swap.interval.low == pytest.approx(by_sign.interval.low, abs=0.01)


def test_an_undefined_statistic_is_not_compared() -> None:
    rows = np.zeros((4, 2))
    assert compare_statistics(rows, rows, undefined) is None
    assert interval(rows, undefined) is None


def test_resamples_where_the_statistic_is_undefined_are_left_out() -> None:
    rows = np.array([[1.0, 1.0], [1.0, 0.0]])
    found = interval(rows, lambda rows, weights: ratio(weights[:, 0], weights @ rows[:, 1]))
    assert found is not None
    assert (found.low, found.high) == (1.0, 1.0)


def test_many_cases_are_compared_in_turns_that_hold_bounded_memory() -> None:
    first, second = RANDOM.random((20_000, 2)), RANDOM.random((20_000, 2))
    tracemalloc.start()
    try:
        by_sign, by_swap = compare_means(first[:, 1], second[:, 1]), compare_statistics(first, second, second_column)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 600_000_000
    assert by_swap is not None
    assert by_swap.p_value == pytest.approx(by_sign.p_value, abs=0.04)
    assert by_swap.interval.low == pytest.approx(by_sign.interval.low, abs=0.002)
