"""How well the confidence tells answerable from unanswerable questions.

Rows and weights as ``evals.metrics.decisions`` says; every row must state a confidence.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evals.metrics.decisions import ANSWERABLE, CONFIDENCE, Rows, Values, Weights, ratio

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """One bin of the calibration plot: how sure on average, how often answerable, how many."""

    low: float
    high: float
    confidence: float
    observed: float
    n: int


def auroc(rows: Rows, weights: Weights) -> Values:
    """Probability that an answerable case has the higher confidence, ties counting half.

    The Mann-Whitney statistic; undefined unless both kinds are there.
    """
    answerable = rows[:, ANSWERABLE] == 1
    above = rows[answerable, CONFIDENCE][:, None] - rows[~answerable, CONFIDENCE][None, :]
    wins = (np.sign(above) + 1) / 2
    positive, negative = weights[:, answerable], weights[:, ~answerable]
    pairs = positive.sum(axis=1) * negative.sum(axis=1)
    return ratio(((positive @ wins) * negative).sum(axis=1), pairs)


def expected_error(rows: Rows, weights: Weights) -> Values:
    """Expected calibration error over ten bins of equal width: lower is better.

    Naeini, Cooper and Hauskrecht, Obtaining well calibrated probabilities using Bayesian binning, 2015.
    """
    inside = _bin_index(rows)[:, None] == np.arange(BINS)[None, :]
    gaps = np.abs(weights @ (inside * (rows[:, ANSWERABLE] - rows[:, CONFIDENCE])[:, None]))
    return ratio(gaps.sum(axis=1), weights.sum(axis=1))


def reliability(rows: Rows) -> list[Bin]:
    """Bins of equal width of the confidence that hold any case."""
    index = _bin_index(rows)
    found = []
    for number in range(BINS):
        held = rows[index == number]
        if len(held):
            mean, rate = float(held[:, CONFIDENCE].mean()), float(held[:, ANSWERABLE].mean())
            found.append(Bin(number / BINS, (number + 1) / BINS, mean, rate, len(held)))
    return found


def best_balanced_accuracy(rows: Rows) -> float | None:
    """Balanced accuracy at the threshold that suits these cases best: an upper bound for any threshold."""
    answerable = rows[:, ANSWERABLE] == 1
    if answerable.all() or not answerable.any():
        return None
    positives, negatives = rows[answerable, CONFIDENCE], rows[~answerable, CONFIDENCE]
    thresholds = np.unique(rows[:, CONFIDENCE])
    kept = np.mean(positives[None, :] >= thresholds[:, None], axis=1)
    declined = np.mean(negatives[None, :] < thresholds[:, None], axis=1)
    return float(max(0.5, np.max((kept + declined) / 2)))


def _bin_index(rows: Rows) -> NDArray[np.int64]:
    return np.minimum((rows[:, CONFIDENCE] * BINS).astype(np.int64), BINS - 1)
