"""Small regressions in numpy: which of several is right (conditional logit) and whether any is (logistic)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Group = tuple[Floats, NDArray[np.bool_]]  # features (n, f) of one question's candidates, and which are right (n,)
_STEPS = 60


def fit_choice(groups: Sequence[Group], penalty: float) -> Floats:
    """Weights (f,) of a conditional logit in which any right candidate will do (McFadden, 1974).

    Expectation-maximisation over the right candidates, a Newton step each; groups without a right one are skipped.
    """
    groups = [(features, right) for features, right in groups if right.any()]
    spread = np.concatenate([features for features, _ in groups]).std(axis=0)
    scale = np.where(spread < 1e-9, 1.0, spread)
    weights = np.zeros(len(scale))
    for _ in range(_STEPS):
        gradient, curvature = -penalty * weights, penalty * np.eye(len(weights))
        for features, right in groups:
            scaled = features / scale
            odds = np.exp(scaled @ weights - (scaled @ weights).max())
            shares, wanted = odds / odds.sum(), odds * right / (odds * right).sum()
            mean = shares @ scaled
            gradient += (wanted @ scaled - mean) / len(groups)
            curvature += ((scaled * shares[:, None]).T @ scaled - np.outer(mean, mean)) / len(groups)
        step = np.linalg.solve(curvature, gradient)
        weights += step
        if np.abs(step).max() < 1e-6:
            break
    found: Floats = weights / scale
    return found


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
