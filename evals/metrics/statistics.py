"""Uncertainty: bootstrap intervals and paired permutation tests, seeded and therefore repeatable."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evals.metrics.decisions import Rows, Statistic, Values, value

SEED = 20190425
RESAMPLES = 2000
PERMUTATIONS = 10_000
CELLS = 4_000_000  # numbers drawn at a time: more cases take more turns, not more memory


@dataclass(frozen=True, slots=True)
class Interval:
    """Bounds of a 95 % interval."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Difference:
    """What B has more than A over the same cases, its 95 % interval, and the p-value of no difference."""

    n: int
    first: float
    second: float
    difference: float
    interval: Interval
    p_value: float


def mean_interval(values: NDArray[np.float64]) -> Interval:
    """Percentile bootstrap of the mean; values of shape (n,), n > 0."""
    draws = _drawn(RESAMPLES, len(values))
    return _interval(np.concatenate([values[some].mean(axis=1) for some in draws]))


def interval(rows: Rows, statistic: Statistic) -> Interval | None:
    """Percentile bootstrap of a statistic of the set; resamples where it is undefined are left out."""
    return _interval_of(np.concatenate([statistic(rows, some) for some in _resamples(len(rows))]))


def compare_means(first: NDArray[np.float64], second: NDArray[np.float64]) -> Difference:
    """Paired permutation test of equal means, two-sided, by random sign flips; arrays of shape (n,), n > 0.

    The p-value counts the observed order among the permutations, so it is never 0 (Phipson and Smyth,
    Permutation p-values should never be zero, 2010).
    """
    gaps = second - first
    observed = float(gaps.mean())
    generator, n = np.random.default_rng(SEED), len(gaps)
    flips = (generator.integers(0, 2, (some, n), dtype=np.int8) for some in _turns(PERMUTATIONS, n))
    flipped = np.abs(np.concatenate([(some * 2 - 1) @ gaps for some in flips])) / n
    p_value = _p_value(flipped, abs(observed))
    return Difference(n, float(first.mean()), float(second.mean()), observed, mean_interval(gaps), p_value)


def compare_statistics(first: Rows, second: Rows, statistic: Statistic) -> Difference | None:
    """Compare a statistic of paired rows alike: each permutation swaps the two rows of random cases.

    None where the statistic is undefined.
    """
    one, two = value(statistic, first), value(statistic, second)
    if one is None or two is None:
        return None
    both, n = np.vstack([first, second]), len(first)
    generator = np.random.default_rng(SEED)
    permuted, gaps = [], []
    for draws in _resamples(n):
        none, swapped = np.zeros(draws.shape), generator.integers(0, 2, draws.shape).astype(np.float64)
        left, right = np.hstack([1 - swapped, swapped]), np.hstack([swapped, 1 - swapped])
        permuted.append(statistic(both, right) - statistic(both, left))
        gaps.append(statistic(both, np.hstack([none, draws])) - statistic(both, np.hstack([draws, none])))
    swaps = np.concatenate(permuted)
    bounds = _interval_of(np.concatenate(gaps)) or Interval(two - one, two - one)
    p_value = _p_value(np.abs(swaps[~np.isnan(swaps)]), abs(two - one))
    return Difference(n, one, two, two - one, bounds, p_value)


def _resamples(n: int) -> Iterator[Values]:
    """How often each of n cases is drawn in each resample, RESAMPLES rows (r, n) in turns."""
    for draws in _drawn(RESAMPLES, n):
        places = draws + np.arange(len(draws))[:, None] * n
        counts = np.bincount(places.ravel(), minlength=draws.size)
        yield counts.reshape(draws.shape).astype(np.float64)


def _drawn(count: int, n: int) -> Iterator[NDArray[np.int64]]:
    """Draws of n among n with replacement, ``count`` rows (r, n) in turns."""
    generator = np.random.default_rng(SEED)
    for some in _turns(count, n):
        yield generator.integers(0, n, (some, n))


def _turns(count: int, n: int) -> list[int]:
    """Numbers of rows of n numbers, ``count`` together, no turn above CELLS numbers."""
    most = max(1, CELLS // n)
    return [min(most, count - start) for start in range(0, count, most)]


def _interval_of(values: Values) -> Interval | None:
    defined = values[~np.isnan(values)]
    return _interval(defined) if len(defined) else None


def _p_value(permuted: NDArray[np.float64], observed: float) -> float:
    return float((np.sum(permuted >= observed - 1e-12) + 1) / (len(permuted) + 1))


def _interval(values: NDArray[np.float64]) -> Interval:
    low, high = np.percentile(values, [2.5, 97.5])
    return Interval(float(low), float(high))
