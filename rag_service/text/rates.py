"""How often something is so: 'jährlich', 'alle zwei Jahre', 'zweimal im Monat', 'every six months', 'twice a day'."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from functools import cache

from rag_service.text.names import find_numbers
from rag_service.text.normalise import lower
from rag_service.text.values import Value

_UNITS = {  # by how their words begin; months and weeks have no common measure
    "stund": (1, "hours"), "stünd": (1, "hours"), "hour": (1, "hours"),
    "tag": (24, "hours"), "täg": (24, "hours"), "day": (24, "hours"), "dai": (24, "hours"),
    "woche": (168, "hours"), "wöche": (168, "hours"), "week": (168, "hours"), "fortn": (336, "hours"),
    "monat": (1, "months"), "month": (1, "months"), "quart": (3, "months"), "halbj": (6, "months"),
    "kalenderj": (12, "months"), "jahr": (12, "months"), "jähr": (12, "months"), "year": (12, "months"),
    "annu": (12, "months"),
}  # fmt: skip
_STEPS: dict[str, int | Fraction] = {
    "": 1, "all": 1, "ein": 1, "once": 1, "halb": Fraction(1, 2), "half": Fraction(1, 2), "semi": Fraction(1, 2),
    "viertel": Fraction(1, 4), "twice": 2, "zweite": 2, "other": 2, "second": 2, "dritte": 3, "third": 3, "vierte": 4,
}  # fmt: skip
_ENDING = re.compile(r"(?<=te)[nrs]$|(?<=halb)e[ns]?$|[. -]+$")


def find_rates(text: str, language: str = "und") -> list[Value]:
    """Words that tell how often something is so, of equal value where it is equally often.

    'halbjährlich', 'alle sechs Monate' and 'zweimal im Jahr' are equal; 27 days a year are no rate.
    """
    found = []
    for match in _pattern().finditer(text):
        length, unit = next(known for begin, known in _UNITS.items() if lower(match["unit"]).startswith(begin))
        steps = [_count(match[name] or "", language) for name in ("part", "step")]
        times = _count(match["times"] or "", language)
        if all(steps) and times:
            every = length * steps[0] * steps[1] / times
            found.append(Value("rate", *match.span(), f"every {float(every):g} {unit}"))
    return found


def with_rates(values: Sequence[Value], text: str, language: str) -> list[Value]:
    """The values of a text and its rates; a number that is part of one ('alle zwei Jahre') is no value of its own."""
    rates = find_rates(text, language)
    return [*(each for each in values if not any(each.start < b.end and b.start < each.end for b in rates)), *rates]


def _count(word: str, language: str) -> Fraction:
    """How many a word means: 'zwei', '14-', 'halb', 'other'; 0 where it means no number."""
    word = _ENDING.sub("", lower(word))
    if word in _STEPS:
        return Fraction(_STEPS[word])
    numbers = find_numbers(word, language)
    return Fraction(numbers[0].norm) if len(numbers) == 1 and numbers[0].end == len(word) else Fraction(0)


@cache
def _pattern() -> re.Pattern[str]:
    adverbs = (
        r"(?:jähr|monat|wöchent|(?<!all)täg|stünd)lich(?:e[mnrs]?)?|quartalsweise"
        r"|annual(?:ly)?|yearly|quarterly|monthly|weekly|fortnightly|daily|hourly"
    )
    nouns = (
        r"stunden?|tag(?:e[ns]?|s)?|wochen?|monat(?:e[ns]?|s)?|quartale?[ns]?|(?:kalender|halb)?jahr(?:e[ns]?|s)?"
        r"|hours?|days?|weeks?|months?|quarters?(?!\sof\b)|years?"
    )
    every = r"(?:aller?|jede[mnrs]?|every|each)\s+(?:(?P<step>[^\W_]{1,20})\s+)?"
    within = r"(?:im|am|pro|je|per|die|an?|in\s+der|in\s+an?|in(?:nerhalb)?\s+eine[mrs])\s+"
    times = r"(?P<times>once|twice|[^\W_]{1,20}?(?=[ -]?mal\s|x\s|\stimes\s))(?:[ -]?mal|x|\stimes)?\s+"
    return re.compile(
        rf"(?<![\w-])(?:{times})?"
        rf"(?:(?P<part>[^\W\d_]*?|\d{{1,3}}-?|(?:half|semi)-)(?={adverbs})|{every}|(?(times){within}|(?!)))"
        rf"(?P<unit>{adverbs}|{nouns})\b",
        re.IGNORECASE,
    )
