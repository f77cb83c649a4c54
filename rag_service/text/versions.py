"""Whether two sentences are versions of one statement that say different things: a rule before and after a change."""

from __future__ import annotations

from rag_service.text.names import find_dates, find_numbers
from rag_service.text.polarity import contrary
from rag_service.text.words import content_words

_SAME = 0.6  # share of their words, figures left out
_SHARED = 0.3  # of the shorter one's words, figures among them


def differ(left: str, right: str, language: str) -> bool:
    """Whether sentences with mostly the same words give different figures, or one the contrary of the other.

    '28 Tage bei einer Fünf-Tage-Woche' and '30 Tage bei einer Fünf-Tage-Woche' do; what only adds a figure does not.
    """
    whole, wholes = (set(content_words(text, language)) for text in (left, right))
    if len(whole & wholes) < _SHARED * min(len(whole), len(wholes)):  # figures are slow to find
        return False
    (one, ones), (other, others) = (_taken_apart(text, language) for text in (left, right))
    if len(one & other) < _SAME * max(len(one | other), 1):
        return False
    return bool(ones - others and others - ones) or contrary(left, right) or contrary(right, left)


def _taken_apart(text: str, language: str) -> tuple[set[str], set[str]]:
    """The content words of a text, and its dates and numbers."""
    values = [*find_dates(text), *find_numbers(text, language)]
    rest = list(text)
    for value in values:
        rest[value.start : value.end] = " " * (value.end - value.start)
    return set(content_words("".join(rest), language)), {value.norm for value in values}
