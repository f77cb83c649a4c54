"""Small regressions in numpy: which of several is right (conditional logit) and whether any is (logistic)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag_service.answer.evidence.abstain import softmax

Floats = NDArray[np.float64]
Group = tuple[Floats, NDArray[np.bool_]]  # features (n, f) of one question's candidates, and which are right (n,)
_STEPS = 60
_SMALL = 1e-6


def fit_choice(groups: Sequence[Group], penalty: float) -> Floats:
    """Weights (f,) of a conditional logit in which any right candidate will do (McFadden, 1974).

    Expectation-maximisation over the right candidates, a Newton step each; groups without a right one are skipped.
    """
    groups = [(features, right) for features, right in groups if right.any()]
    spread = np.concatenate([features for features, _ in groups]).std(axis=0)
    scale = np.where(spread < 1e-9, 1.0, spread)
    scaled = [(features / scale, right) for features, right in groups]
    weights = np.zeros(len(scale))
    reached = _likelihood(scaled, weights, penalty)
    for _ in range(_STEPS):
        gradient, curvature = -penalty * weights, penalty * np.eye(len(weights))
        for features, right in scaled:
            shares, wanted = softmax(features @ weights), np.zeros(len(right))
            wanted[right] = softmax(features[right] @ weights)
            mean = shares @ features
            gradient += (wanted @ features - mean) / len(groups)
            curvature += ((features * shares[:, None]).T @ features - np.outer(mean, mean)) / len(groups)
        step = np.linalg.solve(curvature, gradient)
        while (found := _likelihood(scaled, weights + step, penalty)) < reached and np.abs(step).max() > _SMALL:
            step /= 2  # the likelihood is not concave where several are right
        if found < reached:
            break
        weights, reached = weights + step, found
        if np.abs(step).max() < _SMALL:
            break
    own: Floats = weights / scale
    return own


def _likelihood(groups: Sequence[Group], weights: Floats, penalty: float) -> float:
    """Mean log-likelihood less the penalty."""
    total = 0.0
    for features, right in groups:
        scores = features @ weights
        total += float(np.logaddexp.reduce(scores[right]) - np.logaddexp.reduce(scores))
    return total / len(groups) - penalty / 2 * float(weights @ weights)


def fit_logistic(features: Floats, right: Floats, weight: Floats, penalty: float) -> tuple[Floats, float]:
    """Weights (f,) and intercept of a logistic regression with an L2 penalty on standardised weights."""
    mean, spread = features.mean(axis=0), features.std(axis=0)
    scale = np.where(spread < 1e-9, 1.0, spread)
    inputs = np.c_[(features - mean) / scale, np.ones(len(features))]
    ridge = penalty * np.diag([1.0] * len(scale) + [0.0])
    weights = np.zeros(inputs.shape[1])
    for _ in range(_STEPS):
        chance = 1.0 / (1.0 + np.exp(-inputs @ weights))
        gradient = inputs.T @ (weight * (right - chance)) - ridge @ weights
        curvature = (inputs * (weight * chance * (1.0 - chance))[:, None]).T @ inputs + ridge
        step = np.linalg.solve(curvature, gradient)
        weights += step
        if np.abs(step).max() < 1e-8:
            break
    own: Floats = weights[:-1] / scale
    return own, float(weights[-1] - own @ mean)


def auroc(right: NDArray[np.bool_], scores: Floats) -> float:
    """Chance that a right one scores above a wrong one, ties counting half."""
    above = scores[right][:, None] - scores[~right][None]
    return float((above > 0).mean() + 0.5 * (above == 0).mean())
