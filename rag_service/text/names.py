"""Light rules that find dates, numbers and names in running text: German and English in full, digits anywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from rag_service.text.clock import times
from rag_service.text.normalise import lower
from rag_service.text.stopwords import EITHER
from rag_service.text.words import fold

_LONGEST_DATE = 24  # characters
_BEFORE = 100  # characters before a capitalised word that tell whether it is a name

Kind = Literal["date", "number", "name"]

_MONTHS = {
    1: "januar|jänner|january|jan",
    2: "februar|feber|february|feb",
    3: "märz|maerz|march|mär|mar",
    4: "april|apr",
    5: "mai|may",
    6: "juni|june|jun",
    7: "juli|july|jul",
    8: "august|aug",
    9: "september|sept|sep",
    10: "oktober|october|okt|oct",
    11: "november|nov",
    12: "dezember|december|dez|dec",
}
_WORDS = {
    1: "eins|one",
    2: "zwei|beide|beiden|two|both",
    3: "drei|three",
    4: "vier|four",
    5: "fünf|five",
    6: "sechs|six",
    7: "sieben|seven",
    8: "acht|eight",
    9: "neun|nine",
    10: "zehn|ten",
    11: "elf|eleven",
    12: "zwölf|dutzend|twelve|dozen",
    20: "zwanzig|twenty",
    30: "dreißig|dreissig|thirty",
    40: "vierzig|forty",
    50: "fünfzig|fifty",
    60: "sechzig|sixty",
    70: "siebzig|seventy",
    80: "achtzig|eighty",
    90: "neunzig|ninety",
    100: "hundert|hundred",
    1000: "tausend|thousand",
}
_SCALES = {
    1_000: "tausend|thousand",
    1_000_000: "millionen|million|mio|mill",
    1_000_000_000: "milliarden|milliarde|mrd",
}


@dataclass(frozen=True, slots=True)
class Value:
    """A date, number or name at ``[start, end)``; ``norm`` is equal for equal values.

    Dates are ISO 8601 as precise as known, with ``--04-25`` when the year is missing; numbers are decimal.
    """

    kind: Kind
    start: int
    end: int
    norm: str


def find_dates(text: str) -> list[Value]:
    """Calendar dates, months, years and centuries, leftmost and longest first, without overlaps."""
    found: list[Value] = []
    for match in _date_pattern().finditer(text):
        norm = _date_norm(match)
        if norm:
            found.append(Value("date", match.start(), match.end(), norm))
    return found


def opens_with_date(text: str) -> bool:
    """Whether a text begins with a date: the number of '12. September' is no list's."""
    return any(not date.start for date in find_dates(text[:_LONGEST_DATE]))


def find_numbers(text: str, language: str = "und") -> list[Value]:
    """Numbers in digits or words that are no part of a date; ``1.500`` is 1500 in German and 1.5 in English.

    A time of day is one number, whatever stands between its hours and minutes.
    """
    taken = {place for date in find_dates(text) for place in range(date.start, date.end)}
    found = []
    for start, end, norm in times(text):
        if taken.isdisjoint(range(start, end)):
            found.append(Value("number", start, end, norm))
            taken.update(range(start, end))
    found += [
        Value("number", match.start(), match.end(), _number_norm(match, language))
        for match in _number_pattern().finditer(text)
        if taken.isdisjoint(range(*match.span()))
    ]
    return sorted(found, key=lambda value: value.start)


def find_names(text: str, language: str = "und") -> list[Value]:
    """Runs of capitalised words that look like names.

    A single capitalised word counts within a sentence only, in German (where nouns are capitalised too) only
    without a determiner or adjective before it; a guess in both directions, fit for scoring and no more.
    """
    found: list[Value] = []
    for match in _name_pattern().finditer(text):
        start, end = match.start(), match.end()
        words = match.group().split()
        while words and fold(words[0]) in EITHER:  # opens a sentence with a capital without being a name
            start += len(words[0]) + 1
            words = words[1:]
        if not words or start >= end:
            continue
        if len(words) > 1 or _single_name(text, start, words[0], language):
            found.append(Value("name", start, end, " ".join(words).casefold()))
    return found


def _single_name(text: str, start: int, word: str, language: str) -> bool:
    if len(word) < 2:
        return False
    if any(character.isupper() for character in word[1:]):
        return True
    before = text[max(0, start - _BEFORE) : start].rstrip()
    if not before or before[-1] in '.!?:;"“„»«(\n':
        return False
    if language != "de":
        return True
    last = re.search(r"(\w+)$", before)
    if last is None:
        return before[-1] == ","
    previous = last.group(1)
    return previous[:1].islower() and not re.search(
        r"(e|en|er|es|em|ein|kein|mein|sein|zum|zur|im|am|das|vom)$", previous
    )


def _date_norm(match: re.Match[str]) -> str | None:
    part = match.groupdict()
    if part["iso"]:
        return part["iso"]
    if part["century"]:
        return f"{int(part['century'])}. century"
    if part["decade"]:
        return f"{part['decade'][:3]}x"
    year = part["y1"] or part["y2"] or part["y3"] or part["y4"] or part["year"]
    if year and len(year) == 2:
        year = ("20" if int(year) < 70 else "19") + year
    month = _month(part["m1"] or part["m2"] or part["m3"] or part["m5"]) or int(part["m4"] or 0)
    day = int(part["d1"] or part["d2"] or part["d4"] or 0)
    if month > 12 or day > 31:
        return None
    if day and month:
        return f"{year or '-'}-{month:02d}-{day:02d}"
    if month:
        return f"{year or '-'}-{month:02d}"
    return year


def _month(word: str | None) -> int:
    return _month_numbers()[lower(word).rstrip(".")] if word else 0


def _number_norm(match: re.Match[str], language: str) -> str:
    digits, word = match["digits"], match["word"]
    value = float(word_numbers()[lower(word)]) if word else _parse_digits(digits, language)
    scale = match["scale"]
    if scale:
        value *= _scale(lower(scale).rstrip("."), language)
    return f"{value:g}" if abs(value) < 1e6 else f"{value:.0f}"


def _parse_digits(digits: str, language: str) -> float:
    digits = re.sub(r"[\s\u00a0\u202f']", "", digits)
    thousands, decimal = (",", ".") if language == "en" else (".", ",")
    if digits.count(decimal) > 1 or (
        digits.count(thousands) == 1 and not re.search(rf"\{thousands}\d{{3}}(\D|$)", digits)
    ):
        thousands, decimal = decimal, thousands
    whole, point, rest = digits.replace(thousands, "").partition(decimal)
    return float(f"{whole}.{rest.replace(decimal, '')}" if point else whole)


def _scale(word: str, language: str) -> float:
    if word in ("billion", "billionen", "billions"):
        return 1e12 if word == "billionen" or language == "de" else 1e9
    for value, names in _SCALES.items():
        if word in names.split("|"):
            return float(value)
    return 1.0


def _pairs(table: dict[int, str]) -> Iterator[tuple[str, int]]:
    for value, names in table.items():
        for name in names.split("|"):
            yield name, value


@cache
def _month_numbers() -> dict[str, int]:
    return dict(_pairs(_MONTHS))


@cache
def word_numbers() -> dict[str, int]:
    """Numbers by their German and English words."""
    return dict(_pairs(_WORDS))


@cache
def _date_pattern() -> re.Pattern[str]:
    month = "|".join(sorted(_month_numbers(), key=len, reverse=True))
    alone = "|".join(
        name.capitalize()
        for name in sorted(_month_numbers(), key=len, reverse=True)
        if len(name) > 3 or name in ("mai", "may")
    )
    year = r"(?:1\d|20|21)\d\d"
    return re.compile(
        rf"\b(?:(?P<iso>{year}-[01]\d-[0-3]\d)"
        rf"|(?P<d4>[0-3]?\d)\.\s?(?P<m4>[01]?\d)\.\s?(?P<y4>{year}|\d\d(?!\d))"
        rf"|(?P<d1>[0-3]?\d)(?:\.|st|nd|rd|th)?\s(?:of\s)?(?P<m1>{month})\b\.?(?:,?\s(?P<y1>{year}))?"
        rf"|(?P<m2>{month})\.?\s(?P<d2>[0-3]?\d)(?:st|nd|rd|th)?\b(?!\.?\d)(?:,?\s(?P<y2>{year}))?"
        rf"|(?P<m3>{month})\.?,?\s(?:of\s|des\sJahres\s)?(?P<y3>{year})"
        r"|(?P<century>\d\d?)(?:\.\s?(?:Jahrhunderts?|Jh\.)|(?:st|nd|rd|th)[\s-](?:century|centuries))"
        rf"|(?P<decade>{year})(?:er|s)\b"
        rf"|(?P<m5>(?-i:{alone}))\b"
        rf"|(?P<year>{year}))(?![\w-]{{0,40}}\d|[.,]\d)",
        re.IGNORECASE,
    )


@cache
def _number_pattern() -> re.Pattern[str]:
    words = "|".join(sorted(word_numbers(), key=len, reverse=True))
    scale = r"tausend|thousand|millionen|million|mio\.?|milliarden?|mrd\.?|billionen|billions?|trillion"
    return re.compile(
        rf"(?<![\w.,])(?:(?P<digits>\d+(?:[.,\u00a0\u202f']\d+)*)|(?P<word>{words})\b)"
        rf"(?:[\s\u00a0-](?P<scale>{scale})\b)?",
        re.IGNORECASE,
    )


@cache
def _name_pattern() -> re.Pattern[str]:
    word = r"[A-ZÄÖÜÀ-ÖØ-Þ][\w’'-]*\w|[A-Z]\."
    return re.compile(rf"\b(?:{word})(?:[ \u00a0](?:(?:von|van|de|der|zu|of|al|bin|da|di|le|la) )*(?:{word}))*")
