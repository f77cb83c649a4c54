"""Whether a sentence speaks of the time that a question asks about: its own dates, those above it, its document's."""

from __future__ import annotations

import re
from collections.abc import Set
from functools import lru_cache

from rag_service.answer.evidence.candidates import Candidate
from rag_service.answer.evidence.leads import with_lead
from rag_service.answer.evidence.subject import headings
from rag_service.ports import Evidence
from rag_service.text.days import find_dates, within
from rag_service.text.periods import bounds_time

_YEAR = re.compile(r"\d{4}(?=-|$)")
_MONTH = 7  # characters of 2019-04-25: sources may contradict each other about the day


def of_another_time(evidence: Evidence, item: Candidate, best: Candidate) -> bool:
    """Whether the question names a year or month that the best sentence speaks of, and this one of another."""
    asked = _asked(evidence.question)
    return bool(asked) and _fits(evidence, asked, best) and not _fits(evidence, asked, item)


@lru_cache(maxsize=64)
def _asked(question: str) -> frozenset[str]:
    """The years and months that a question asks about; none where they only bound the time."""
    return frozenset() if bounds_time(question) else frozenset(_times(question))


def _fits(evidence: Evidence, asked: Set[str], item: Candidate) -> bool:
    """Whether a sentence may speak of a time: what tells its time best does, or nothing tells it."""
    passage = evidence.passages[item.passage]
    for text in (with_lead(passage, item), *reversed(headings(passage, item)), passage.title):
        told = _times(text)
        if told:
            return any(within(one, other) or within(other, one) for one in told for other in asked)
    published = (passage.published or "")[:4]
    return not published or any(time.startswith(published) for time in asked)


def _times(text: str) -> set[str]:
    """The years and months that a text names; a month without its year is none."""
    return {norm[:_MONTH] for date in find_dates(text) for norm in date.readings if _YEAR.match(norm)}
