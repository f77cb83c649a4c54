"""Whether a text speaks of the contrary of what a question asks: light rules for German and English."""

from __future__ import annotations

import re
from functools import cache

_NEGATION = (
    r"not|never|no(?!\.\s?\d)|none|nobody|nothing|neither|nor|without|cannot|\w+n['’]t|"
    r"nicht|kein\w*|nie|niemals|niemand\w*|nichts|ohne|weder"
)
_LEAST = r"least|fewest|lowest|smallest|minimum|wenigsten?|geringste[mnrs]?|kleinste[mnrs]?|niedrigste[mnrs]?"
_EXCEPTION = r"except|besides|other than|apart from|unlike|non|außer|abgesehen|anders als"
_OPPOSITES = (
    ("before", "after"),
    ("first|erste[mnrs]?", "last|letzte[mnrs]?"),
    ("more|mehr", "less|fewer|weniger"),
    (r"increas\w*|rise|rose|rises|stieg\w*|gestiegen\w*|steig\w*", r"decreas\w*|fall|fell|falls|sank\w*|gesunken\w*"),
    (r"most|meisten", r"least|wenigsten"),
    (r"large\w*|große\w*|größte\w*", r"small\w*|kleine?\w*"),
    (r"high\w*|hohe\w*|höchste\w*", r"low\w*|niedrig\w*"),
    (r"win|won|wins|gewann\w*|gewinn\w*|gewonnen", r"lose|lost|loses|verlor\w*|verlier\w*"),
    (r"north\w*|nord\w*|nörd\w*", r"south\w*|süd\w*"),
    (r"east\w*|ost\w*|öst\w*", r"west\w*"),
    (r"begin|began|start\w*|begann\w*|beginn\w*", r"end|ended|ends|endet\w*|ende"),
    (r"support\w*|unterstütz\w*", r"oppos\w*|bekämpf\w*"),
    ("enter\\w*", "left|leav\\w*"),
    (r"strong\w*|stark\w*", r"weak\w*|schwach\w*|schwäch\w*"),
    (r"new|neue[mnrs]?", r"old|alte[mnrs]?"),
    ("always|immer", "never|nie|niemals"),
    (r"allow\w*|erlaub\w*", r"prohibit\w*|forbid\w*|verbiet\w*|verbot\w*"),
    (r"internal|inner\w*", r"external|äußer\w*"),
    (r"positive\w*", r"negative\w*"),
)


def contrary(question: str, text: str) -> bool:
    """Whether the question has a negation, exception or word that the text lacks or has the opposite of.

    A text that says who won does not answer who did not win.
    """
    for pattern in _markers():
        if pattern.search(question):
            return not pattern.search(text)
    return opposed(question, text)


def opposed(left: str, right: str) -> bool:
    """Whether one text has a word of which the other has the opposite, and neither has both."""
    return any(
        one.search(left) and opposite.search(right) and not one.search(right) and not opposite.search(left)
        for one, opposite in _pairs()
    )


def negations(text: str) -> list[tuple[int, int]]:
    """The spans of 'not', 'nicht', 'kein' and their like."""
    return [match.span() for match in _markers()[0].finditer(text)]


@cache
def _markers() -> tuple[re.Pattern[str], ...]:
    return tuple(_compiled(words) for words in (_NEGATION, _LEAST, _EXCEPTION))


@cache
def _pairs() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    one_way = [(_compiled(left), _compiled(right)) for left, right in _OPPOSITES]
    return tuple(one_way + [(right, left) for left, right in one_way])


def _compiled(words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{words})\b", re.IGNORECASE)
