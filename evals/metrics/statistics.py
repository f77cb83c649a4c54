"""Uncertainty: bootstrap intervals and paired permutation tests, seeded and therefore repeatable.

A statistic takes an array of rows, shape (n, d), and returns a number, or None where it is undefined.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float64]
Statistic = Callable[[Rows], float | None]
SEED = 20190425
RESAMPLES = 2000
PERMUTATIONS = 10_000
SLOW_PERMUTATIONS = 2000


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
    draws = np.random.default_rng(SEED).integers(0, len(values), (RESAMPLES, len(values)))
    return _interval(values[draws].mean(axis=1))


def interval(rows: Rows, statistic: Statistic) -> Interval | None:
    """Percentile bootstrap of any statistic; resamples where it is undefined are left out."""
    draws = np.random.default_rng(SEED).integers(0, len(rows), (RESAMPLES, len(rows)))
    values = [value for draw in draws if (value := statistic(rows[draw])) is not None]
    return _interval(np.array(values)) if values else None


def compare_means(first: NDArray[np.float64], second: NDArray[np.float64]) -> Difference:
    """Paired permutation test of equal means, two-sided, by random sign flips; arrays of shape (n,), n > 0.

    The p-value counts the observed order among the permutations, so it is never 0 (Phipson and Smyth,
    Permutation p-values should never be zero, 2010).
    """
    gaps = second - first
    observed = float(gaps.mean())
    signs = np.random.default_rng(SEED).integers(0, 2, (PERMUTATIONS, len(gaps)), dtype=np.int8) * 2 - 1
    flipped = np.abs(signs @ gaps) / len(gaps)
    p_value = _p_value(flipped, abs(observed))
    return Difference(
        len(gaps), float(first.mean()), float(second.mean()), observed, mean_interval(gaps), p_value
    )


def compare_statistics(first: Rows, second: Rows, statistic: Statistic) -> Difference | None:
    """The same for any statistic of paired rows: each permutation swaps the two rows of random cases."""
    one, two = statistic(first), statistic(second)
    if one is None or two is None:
        return None
    random = np.random.default_rng(SEED)
    gaps = []
    for _ in range(SLOW_PERMUTATIONS):
        swap = random.integers(0, 2, (len(first), 1)).astype(bool)
        left, right = statistic(np.where(swap, second, first)), statistic(np.where(swap, first, second))
        if left is not None and right is not None:
            gaps.append(right - left)
    both = np.hstack([first, second])
    width = first.shape[1]

    def gap(rows: Rows) -> float | None:
        left, right = statistic(rows[:, :width]), statistic(rows[:, width:])
        return None if left is None or right is None else right - left

    bounds = interval(both, gap) or Interval(two - one, two - one)
    return Difference(
        len(first), one, two, two - one, bounds, _p_value(np.abs(np.array(gaps)), abs(two - one))
    )


def _p_value(permuted: NDArray[np.float64], observed: float) -> float:
    return float((np.sum(permuted >= observed - 1e-12) + 1) / (len(permuted) + 1))


def _interval(values: NDArray[np.float64]) -> Interval:
    low, high = np.percentile(values, [2.5, 97.5])
    return Interval(float(low), float(high))
