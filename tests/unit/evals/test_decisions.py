import numpy as np
import pytest

from evals.metrics import abstention, calibration
from evals.metrics.agreement import cohen_kappa
from evals.metrics.latency import percentiles

ANSWERABLE = np.array([True, True, True, True, False, False])
ABSTAINED = np.array([False, False, False, True, True, False])


def test_abstention_by_hand() -> None:
    assert abstention.precision(ANSWERABLE, ABSTAINED) == 0.5
    assert abstention.recall(ANSWERABLE, ABSTAINED) == 0.5
    assert abstention.f1(ANSWERABLE, ABSTAINED) == 0.5
    assert abstention.false_abstentions(ANSWERABLE, ABSTAINED) == 0.25
    assert abstention.balanced_accuracy(ANSWERABLE, ABSTAINED) == (0.75 + 0.5) / 2


def test_undefined_is_none_not_zero() -> None:
    answerable, never = np.array([True, True]), np.array([False, False])
    assert abstention.precision(answerable, never) is None
    assert abstention.recall(answerable, never) is None
    assert abstention.f1(answerable, never) is None
    assert abstention.balanced_accuracy(answerable, never) is None
    assert abstention.false_abstentions(~answerable, never) is None
    assert calibration.auroc(answerable, np.array([0.1, 0.2])) is None
    assert calibration.best_balanced_accuracy(answerable, np.array([0.1, 0.2])) is None
    assert calibration.expected_error(answerable[:0], np.array([])) is None


def test_never_abstaining_has_an_f1_of_zero() -> None:
    assert abstention.f1(ANSWERABLE, np.zeros(6, dtype=bool)) == 0.0


def test_auroc_counts_ties_half() -> None:
    answerable = np.array([True, True, False, False])
    assert calibration.auroc(answerable, np.array([0.9, 0.8, 0.2, 0.1])) == 1.0
    assert calibration.auroc(answerable, np.array([0.1, 0.2, 0.8, 0.9])) == 0.0
    # pairs: (.9,.5) won, (.9,.1) won, (.5,.5) tied, (.5,.1) won
    assert calibration.auroc(answerable, np.array([0.9, 0.5, 0.5, 0.1])) == 3.5 / 4


def test_reliability_bins_and_error_by_hand() -> None:
    answerable = np.array([True, False, True, True])
    confidence = np.array([0.12, 0.18, 0.9, 1.0])
    low, high = calibration.reliability(answerable, confidence)
    assert (low.low, low.high, low.n, low.observed) == (0.1, 0.2, 2, 0.5)
    assert low.confidence == pytest.approx(0.15)
    assert (high.n, high.observed) == (2, 1.0)
    # .5 * |.5 - .15| + .5 * |1 - .95|
    assert calibration.expected_error(answerable, confidence) == pytest.approx(0.2)


def test_best_threshold_by_hand() -> None:
    answerable = np.array([True, True, True, False])
    # at .5: two of three answerable kept, the unanswerable one declined
    assert calibration.best_balanced_accuracy(answerable, np.array([0.9, 0.5, 0.1, 0.3])) == pytest.approx(5 / 6)
    assert calibration.best_balanced_accuracy(answerable, np.array([0.1, 0.1, 0.1, 0.9])) == 0.5


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
