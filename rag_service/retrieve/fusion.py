"""Scores of several searches to one ranking."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_SATURATED = 1e-6


def standardise(scores: Floats) -> Floats:
    """z-scores over the candidates (axis 0); zeros where they do not differ."""
    spread = scores.std(axis=0)
    return np.asarray((scores - scores.mean(axis=0)) / np.where(spread < 1e-9, 1.0, spread))


def fuse(dense: Floats, lexical: Floats, dense_weight: float) -> Floats:
    """Convex combination of z-scores (Bruch et al., 2023, doi:10.1145/3596512), one score a candidate."""
    return dense_weight * standardise(dense) + (1.0 - dense_weight) * standardise(np.asarray(lexical))


def fill_lexical(candidates: Sequence[str], found: Mapping[str, float], limit: int) -> list[float]:
    """BM25 of every candidate; one that the search did not return scores what it can at most have."""
    floor = min(found.values()) if len(found) >= limit else 0.0
    return [found.get(candidate, floor) for candidate in candidates]


def squash(score: float) -> float:
    """A fused score as a number between 0 and 1 for readers; order is kept."""
    return float(1.0 / (1.0 + np.exp(-score)))


def unsquash(score: float) -> float:
    """The fused score behind a number between 0 and 1; another reranker's score outside of that counts as its end."""
    bounded = min(max(score, _SATURATED), 1.0 - _SATURATED)
    return math.log(bounded / (1.0 - bounded))
