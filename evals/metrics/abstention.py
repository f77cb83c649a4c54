"""Abstention over a set: the positive class is 'has no answer', the decision is 'abstained'.

Each function takes rows and weights as ``evals.metrics.decisions`` says and returns a value a sample.
"""

from __future__ import annotations

from evals.metrics.decisions import ABSTAINED, ANSWERABLE, Rows, Values, Weights, ratio


def precision(rows: Rows, weights: Weights) -> Values:
    """Of the abstentions, the share where there was no answer."""
    return ratio(weights @ _rightly(rows), weights @ rows[:, ABSTAINED])


def recall(rows: Rows, weights: Weights) -> Values:
    """Of the cases without an answer, the share where it abstained."""
    return ratio(weights @ _rightly(rows), weights @ (1 - rows[:, ANSWERABLE]))


def f1(rows: Rows, weights: Weights) -> Values:
    """Harmonic mean of precision and recall; undefined without unanswerable cases."""
    unanswerable = weights @ (1 - rows[:, ANSWERABLE])
    whole = weights @ rows[:, ABSTAINED] + unanswerable
    return ratio(2 * (weights @ _rightly(rows)), whole * (unanswerable > 0))


def false_abstentions(rows: Rows, weights: Weights) -> Values:
    """Of the cases with an answer, the share where it abstained: lower is better."""
    return ratio(weights @ (rows[:, ABSTAINED] * rows[:, ANSWERABLE]), weights @ rows[:, ANSWERABLE])


def balanced_accuracy(rows: Rows, weights: Weights) -> Values:
    """Mean of the shares decided rightly among answerable and among unanswerable cases."""
    return (1 - false_abstentions(rows, weights) + recall(rows, weights)) / 2


def _rightly(rows: Rows) -> Values:
    return rows[:, ABSTAINED] * (1 - rows[:, ANSWERABLE])
