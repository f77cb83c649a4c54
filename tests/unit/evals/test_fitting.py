"""Small regressions recover what made the data."""

import numpy as np
import pytest

from evals.fit_ranking import fit
from evals.fitting import auroc, fit_choice, fit_logistic


def groups(weights, count=400, size=6, seed=1):
    rng = np.random.default_rng(seed)
    for _ in range(count):
        features = rng.normal(size=(size, len(weights)))
        odds = np.exp(features @ weights)
        right = np.zeros(size, bool)
        right[rng.choice(size, p=odds / odds.sum())] = True
        yield features, right


def test_a_choice_is_recovered():
    found = fit_choice(list(groups(np.array([2.0, -1.0, 0.0]))), 0.001)
    assert found == pytest.approx([2.0, -1.0, 0.0], abs=0.35)


def test_a_choice_that_is_certain_stays_finite():
    features = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]])
    sure = [(features * scale, np.array([True, False, False])) for scale in (1.0, 50.0, 5000.0)]
    several = [(features, np.array([True, True, False]))]
    assert np.isfinite(fit_choice(sure + several, 0.002)).all()


def test_groups_without_a_right_one_teach_nothing():
    known = list(groups(np.array([1.5])))
    empty = [(np.ones((3, 1)), np.zeros(3, bool))]
    assert fit_choice(known + empty, 0.001) == pytest.approx(fit_choice(known, 0.001))


def test_a_logistic_regression_is_recovered():
    rng = np.random.default_rng(2)
    features = rng.normal(size=(4000, 2))
    right = (rng.random(4000) < 1 / (1 + np.exp(-(1.5 * features[:, 0] - 0.5)))).astype(float)
    weights, intercept = fit_logistic(features, right, np.ones(4000), 0.1)
    assert weights == pytest.approx([1.5, 0.0], abs=0.15)
    assert intercept == pytest.approx(-0.5, abs=0.15)


def test_auroc_by_hand():
    assert auroc(np.array([True, True, False]), np.array([0.9, 0.4, 0.4])) == 0.75


def test_the_ranking_is_recovered():
    known = [(features, right.astype(float)) for features, right in groups(np.array([1.0, -1.0]), count=200)]
    found = fit([*known, (known[0][0][:3], np.array([1.0, 0.0, 0.0]))])
    assert found[0] > 0.6 and found[1] < -0.6
