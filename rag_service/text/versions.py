"""Whether two sentences are versions of one statement that say different things: a rule before and after a change."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

from rag_service.text.days import within
from rag_service.text.list_marks import mark_end
from rag_service.text.names import find_figures, find_names
from rag_service.text.polarity import contrary
from rag_service.text.rates import with_rates
from rag_service.text.words import content_words

_SAME = 0.6  # share of their words, figures left out
_SHARED = 0.3  # of the shorter one's words, figures among them


def differ(left: str, right: str, language: str) -> bool:
    """Whether sentences with mostly the same words give different figures or names, or one the contrary of the other.

    '28 Tage bei einer Fünf-Tage-Woche' and '30 Tage bei einer Fünf-Tage-Woche' do; what only adds a figure does not.
    """
    whole, wholes = word_set(left, language), word_set(right, language)
    if len(whole & wholes) < _SHARED * min(len(whole), len(wholes)):  # figures are slow to find
        return False
    (one, ones), (other, others) = (_taken_apart(text, language) for text in (left, right))
    if len(one & other) < _SAME * max(len(one | other), 1):
        return False
    changed = _without(ones, others) and _without(others, ones)
    return changed or contrary(left, right) or contrary(right, left)


@lru_cache(maxsize=4096)  # one sentence is compared with many
def word_set(text: str, language: str) -> frozenset[str]:
    """The content words of a sentence."""
    return frozenset(content_words(text, language))


def _without(own: Counter[str], other: Counter[str]) -> bool:
    """Whether something is left of what one text tells without what the other tells, be it with more of a date."""
    return any(not any("-" in each + told and _fit(each, told) for told in other) for each in own - other)


def _fit(one: str, other: str) -> bool:
    """Whether one date contains the other: 2019-04-25 and --04-25, 2019-04-25 and 2019."""
    pairs = [(left, right) for left in one.split("/") for right in other.split("/")]
    return any(within(left, right) or within(right, left) for left, right in pairs)


@lru_cache(maxsize=1024)
def _taken_apart(text: str, language: str) -> tuple[frozenset[str], Counter[str]]:
    """The content words of a text behind its list mark, and its dates, numbers, rates, codes and names with their
    counts.

    A slash stands between what a date may mean.
    """
    text = text[mark_end(text) :]
    values = with_rates(find_figures(text, language), text, language)
    rest = list(text)
    for value in values:
        rest[value.start : value.end] = " " * (value.end - value.start)
    words = set(content_words("".join(rest), language))
    codes = {word for word in words if any(map(str.isdigit, word))}
    named = {
        part for name in find_names(text, language) for part in content_words(text[name.start : name.end], language)
    }
    figures = Counter("/".join(value.readings) for value in values)
    return frozenset(words - codes - named), figures + Counter(codes | named)
