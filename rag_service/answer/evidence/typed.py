"""What a text gives of the kind that a question asks for: dates, numbers, rates or names."""

from __future__ import annotations

from functools import lru_cache

from rag_service.text.days import find_dates
from rag_service.text.list_marks import mark_end
from rag_service.text.names import find_names, find_numbers
from rag_service.text.questions import AnswerType
from rag_service.text.rates import find_rates
from rag_service.text.values import Value


@lru_cache(maxsize=1024)  # one sentence is compared with many
def values(kind: AnswerType, text: str, language: str) -> tuple[Value, ...]:
    """Dates, numbers, rates or names in a text, as the answer type asks for; empty for the other types."""
    if kind == "date":
        return tuple(find_dates(text))
    if kind == "rate" and (rates := find_rates(text, language)):
        return tuple(rates)
    if kind in ("number", "rate"):
        said = mark_end(text)
        return tuple(value for value in find_numbers(text, language) if value.start >= said)
    if kind in ("person", "place"):
        return tuple(find_names(text, language))
    return ()


def readings(kind: AnswerType, text: str, language: str) -> set[str]:
    """All that the values of a text may mean."""
    return {norm for value in values(kind, text, language) for norm in value.readings}
