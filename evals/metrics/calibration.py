"""How well the confidence tells answerable from unanswerable questions.

``confidence`` of shape (n,) is the probability that the passages answer the question, ``answerable`` of
shape (n,) is whether they do.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]
Probabilities = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Bin:
    """One bin of the calibration plot: how sure on average, how often right, how many."""

    low: float
    high: float
    confidence: float
    observed: float
    n: int


def auroc(answerable: Flags, confidence: Probabilities) -> float | None:
    """Probability that an answerable case has the higher confidence, ties counting half.

    The Mann-Whitney statistic; undefined unless both kinds are there.
    """
    positives = int(np.sum(answerable))
    negatives = len(answerable) - positives
    if not positives or not negatives:
        return None
    _, inverse, counts = np.unique(confidence, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    return float((np.sum(ranks[answerable]) - positives * (positives + 1) / 2) / (positives * negatives))


def reliability(answerable: Flags, confidence: Probabilities, bins: int = 10) -> list[Bin]:
    """Equal-width bins of the confidence that hold any case."""
    index = np.minimum((confidence * bins).astype(int), bins - 1)
    found = []
    for number in range(bins):
        inside = index == number
        if np.any(inside):
            low, high = number / bins, (number + 1) / bins
            mean, rate = float(np.mean(confidence[inside])), float(np.mean(answerable[inside]))
            found.append(Bin(low, high, mean, rate, int(np.sum(inside))))
    return found


def expected_error(answerable: Flags, confidence: Probabilities) -> float | None:
    """Expected calibration error over ten bins: lower is better.

    Naeini, Cooper and Hauskrecht, Obtaining well calibrated probabilities using Bayesian binning, 2015.
    """
    if len(answerable) == 0:
        return None
    weighted = (item.n * abs(item.observed - item.confidence) for item in reliability(answerable, confidence))
    return sum(weighted) / len(answerable)


def best_balanced_accuracy(answerable: Flags, confidence: Probabilities) -> float | None:
    """Balanced accuracy at the threshold that suits these cases best: an upper bound for any threshold."""
    positives = int(np.sum(answerable))
    negatives = len(answerable) - positives
    if not positives or not negatives:
        return None
    thresholds = np.unique(confidence)
    kept = np.sum(confidence[answerable][None, :] >= thresholds[:, None], axis=1) / positives
    declined = np.sum(confidence[~answerable][None, :] < thresholds[:, None], axis=1) / negatives
    return float(max(0.5, np.max((kept + declined) / 2)))
