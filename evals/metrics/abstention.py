"""Abstention over a set of cases: the positive class is 'has no answer', the decision is 'abstained'.

Each function takes boolean arrays of shape (n,) and returns None where the figure is undefined.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]


def precision(answerable: Flags, abstained: Flags) -> float | None:
    """Of the abstentions, the share where there was no answer."""
    return _share(int(np.sum(abstained & ~answerable)), int(np.sum(abstained)))


def recall(answerable: Flags, abstained: Flags) -> float | None:
    """Of the cases without an answer, the share where it abstained."""
    return _share(int(np.sum(abstained & ~answerable)), int(np.sum(~answerable)))


def f1(answerable: Flags, abstained: Flags) -> float | None:
    """Harmonic mean of precision and recall; undefined without unanswerable cases."""
    true = int(np.sum(abstained & ~answerable))
    return None if np.all(answerable) else _share(2 * true, int(np.sum(abstained)) + int(np.sum(~answerable)))


def false_abstentions(answerable: Flags, abstained: Flags) -> float | None:
    """Of the cases with an answer, the share where it abstained: lower is better."""
    return _share(int(np.sum(abstained & answerable)), int(np.sum(answerable)))


def balanced_accuracy(answerable: Flags, abstained: Flags) -> float | None:
    """Mean of the shares decided rightly among answerable and among unanswerable cases."""
    answered = _share(int(np.sum(~abstained & answerable)), int(np.sum(answerable)))
    declined = recall(answerable, abstained)
    return None if answered is None or declined is None else (answered + declined) / 2


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
