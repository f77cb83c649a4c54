import numpy as np
import pytest

from evals.metrics import abstention, calibration
from evals.metrics.agreement import cohen_kappa
from evals.metrics.decisions import Rows, value
from evals.metrics.latency import percentiles


def decided(answerable: list[int], abstained: list[int]) -> Rows:
    return np.column_stack([answerable, abstained, np.full(len(answerable), np.nan)])


def weighed(answerable: list[int], confidence: list[float]) -> Rows:
    return np.column_stack([answerable, np.zeros(len(answerable)), confidence])


ROWS = decided([1, 1, 1, 1, 0, 0], [0, 0, 0, 1, 1, 0])


def test_abstention_by_hand() -> None:
    assert value(abstention.precision, ROWS) == 0.5
    assert value(abstention.recall, ROWS) == 0.5
    assert value(abstention.f1, ROWS) == 0.5
    assert value(abstention.false_abstentions, ROWS) == 0.25
    assert value(abstention.balanced_accuracy, ROWS) == (0.75 + 0.5) / 2


def test_undefined_is_none_not_zero() -> None:
    answerable, nothing = decided([1, 1], [0, 0]), decided([0, 0], [0, 0])
    assert value(abstention.precision, answerable) is None
    assert value(abstention.recall, answerable) is None
    assert value(abstention.f1, answerable) is None
    assert value(abstention.balanced_accuracy, answerable) is None
    assert value(abstention.false_abstentions, nothing) is None
    assert value(calibration.auroc, weighed([1, 1], [0.1, 0.2])) is None
    assert calibration.best_balanced_accuracy(weighed([1, 1], [0.1, 0.2])) is None
    assert value(calibration.expected_error, weighed([], [])) is None


def test_never_abstaining_has_an_f1_of_zero() -> None:
    assert value(abstention.f1, decided([1, 0], [0, 0])) == 0.0


def test_weights_count_a_case_as_often_as_they_say() -> None:
    rows = decided([1, 0], [1, 1])
    assert list(abstention.precision(rows, np.array([[3.0, 1.0], [0.0, 2.0]]))) == [0.25, 1.0]


def test_auroc_counts_ties_half() -> None:
    assert value(calibration.auroc, weighed([1, 1, 0, 0], [0.9, 0.8, 0.2, 0.1])) == 1.0
    assert value(calibration.auroc, weighed([1, 1, 0, 0], [0.1, 0.2, 0.8, 0.9])) == 0.0
    # pairs: (.9,.5) won, (.9,.1) won, (.5,.5) tied, (.5,.1) won
    assert value(calibration.auroc, weighed([1, 1, 0, 0], [0.9, 0.5, 0.5, 0.1])) == 3.5 / 4


def test_reliability_bins_and_error_by_hand() -> None:
    rows = weighed([1, 0, 1, 1], [0.12, 0.18, 0.9, 1.0])
    low, high = calibration.reliability(rows)
    assert (low.low, low.high, low.n, low.observed) == (0.1, 0.2, 2, 0.5)
    assert low.confidence == pytest.approx(0.15)
    assert (high.n, high.observed) == (2, 1.0)
    # .5 * |.5 - .15| + .5 * |1 - .95|
    assert value(calibration.expected_error, rows) == pytest.approx(0.2)


def test_best_threshold_by_hand() -> None:
    # at .5: two of three answerable kept, the unanswerable one declined
    assert calibration.best_balanced_accuracy(weighed([1, 1, 1, 0], [0.9, 0.5, 0.1, 0.3])) == pytest.approx(5 / 6)
    assert calibration.best_balanced_accuracy(weighed([1, 1, 1, 0], [0.1, 0.1, 0.1, 0.9])) == 0.5


def test_kappa_by_hand() -> None:
    # observed .75, chance .5 * .75 + .5 * .25 = .5
    assert cohen_kappa([True, True, False, False], [True, True, True, False]) == pytest.approx(0.5)
    assert cohen_kappa([True, False], [True, False]) == 1.0
    assert cohen_kappa([], []) is None
    assert cohen_kappa([True, True], [True, True]) is None


def test_percentiles() -> None:
    figures = percentiles([float(value) for value in range(1, 102)])
    assert figures == {"p50": 51.0, "p90": 91.0, "p95": 96.0, "p99": 100.0, "mean": 51.0, "max": 101.0}
    assert percentiles([]) == {}
