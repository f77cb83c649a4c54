"""Light rules that find dates, numbers and names in running text: German and English in full, digits anywhere."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache

from rag_service.text.clock import times
from rag_service.text.date_forms import short_date
from rag_service.text.days import find_dates
from rag_service.text.normalise import lower
from rag_service.text.number_words import ARTICLE, SCALE, number_word, scale_value, word_value
from rag_service.text.stopwords import EITHER
from rag_service.text.values import Value
from rag_service.text.words import fold

_BEFORE = 100  # characters before a capitalised word that tell whether it is a name
_LEAST_COMPOUND = 13  # below it number words are nouns, too
_GROUPING = r"\u00a0\u2009\u202f'\u2019"  # between thousands, beside points, commas and blanks


def find_numbers(text: str, language: str = "und") -> list[Value]:
    """Numbers in digits or words that are no part of a date; ``1.500`` is 1500 in German and 1.5 in English.

    A time of day is one number, whatever stands between its hours and minutes. '3.4.' may be a day as well, but in
    English.
    """
    return _numbers(text, language, find_dates(text))


@lru_cache(maxsize=1024)  # a sentence is weighed, and compared with others
def find_figures(text: str, language: str = "und") -> tuple[Value, ...]:
    """Dates, then numbers: what `find_dates` and `find_numbers` find, in one reading."""
    dates = find_dates(text)
    return (*dates, *_numbers(text, language, dates))


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


def _numbers(text: str, language: str, dates: Sequence[Value]) -> list[Value]:
    taken = {place for date in dates for place in range(date.start, date.end)}
    found = []
    for start, end, norm in times(text):
        if taken.isdisjoint(range(start, end)):
            found.append(Value("number", start, end, norm))
            taken.update(range(start, end))
    found += [
        Value("number", match.start(), match.end(), _number_norm(match, language), _as_day(text, match, language))
        for match in _number_pattern().finditer(text)
        if taken.isdisjoint(range(*match.span())) and not (language == "de" and _is_noun(text, match))
    ]
    return sorted(found, key=lambda value: value.start)


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
    return previous[:1].islower() and not _no_name_follows().search(previous)


@cache
def _no_name_follows() -> re.Pattern[str]:
    """A determiner, adjective or number: 'zwei Jahre'."""
    return re.compile(rf"(?:(?:e|en|er|es|em|ein|kein|mein|sein|zum|zur|im|am|das|vom)|^{number_word()})$")


def _as_day(text: str, match: re.Match[str], language: str) -> str:
    """The day that a number may stand for, empty if none."""
    if language == "en" or not re.fullmatch(r"[0-3]?\d\.[01]?\d", match.group()) or text[match.end() :][:1] != ".":
        return ""
    return short_date(match.group()) or ""


def _is_noun(text: str, match: re.Match[str]) -> bool:
    """Whether a small number has a capital within a German sentence: a place or 'in Acht nehmen', not 'Acht Tage'."""
    word = match["word"]
    if not word or not word[0].isupper() or word.isupper() or match["scale"] or text[match.end() :][:1] == "-":
        return False
    before = text[max(0, match.start() - 3) : match.start()]
    small = word_value(word) < _LEAST_COMPOUND and lower(word) != "dutzend"
    return small and re.search(r"[^\W\d_],?[ \u00a0]$", before) is not None


def _number_norm(match: re.Match[str], language: str) -> str:
    word = match["word"] or match["article"]
    value = word_value(word) if word else _parse_digits(match["digits"], language)
    if match["scale"]:
        value *= scale_value(match["scale"], language)
    if match["rest"]:
        value += word_value(match["rest"])
    return f"{value:g}" if abs(value) < 1e6 else f"{value:.0f}"


def _parse_digits(digits: str, language: str) -> float:
    digits = re.sub(rf"[ {_GROUPING}]", "", digits)
    thousands, decimal = (",", ".") if language == "en" else (".", ",")
    if digits.count(decimal) > 1 or (
        digits.count(thousands) == 1 and not re.search(rf"\{thousands}\d{{3}}(\D|$)", digits)
    ):
        thousands, decimal = decimal, thousands
    whole, point, rest = digits.replace(thousands, "").partition(decimal)
    return float(f"{whole}.{rest.replace(decimal, '')}" if point else whole)


@cache
def _number_pattern() -> re.Pattern[str]:
    first, decimals = r"[1-9]\d{0,2}", r"(?:[.,]\d+)?(?![.,]?\d)"
    grouped = rf"{first}(?:[{_GROUPING}]\d{{3}})+{decimals}"
    spaced = rf"(?<!\d ){first}(?: \d{{3}})+{decimals}(?! \d)"  # not '2019 120 340', a row of figures
    rest = rf"\s(?=[\w\s-]{{0,40}}(?:tausend|thousand))(?P<rest>{number_word()})"  # 'zwei Millionen fünfzigtausend'
    return re.compile(
        rf"(?<![\w.,])(?:(?P<digits>{grouped}|{spaced}|\d+(?:[.,]\d+)*)|(?P<word>{number_word()})"
        rf"|(?P<article>{ARTICLE})(?=\s(?:{SCALE})\b))(?:[\s\u00a0-](?P<scale>{SCALE})\b(?:{rest})?)?",
        re.IGNORECASE,
    )


@cache
def _name_pattern() -> re.Pattern[str]:
    word = r"[A-ZÄÖÜÀ-ÖØ-Þ][\w’'-]*\w|[A-Z]\."
    return re.compile(rf"\b(?:{word})(?:[ \u00a0](?:(?:von|van|de|der|zu|of|al|bin|da|di|le|la) )*(?:{word}))*")
