"""Calendar dates in running text, those of a range or a list among them, and when two agree."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from rag_service.text.date_forms import DAY, ORDINAL, date_pattern, date_readings, last_day
from rag_service.text.values import Value
from rag_service.text.weekdays import ANY_WEEKDAY

_LONGEST_DATE = 24  # characters
_AROUND = 60  # characters before a date that tell what it is
_ARTICLES = rf"(?:(?:zum|den|dem|the)\s)?(?:{ANY_WEEKDAY}\s(?:(?:den|dem|the)\s)?)?"
_TO = (  # no dash at the head of a line, which begins an item of a list
    r"(?:[ \u00a0\u202f]?[-\u2013\u2014/][ \u00a0\u202f]?|,?\s(?:bis|to|until|till|through|auf)\s)"
)
_RANGE = re.compile(rf"{_TO}{_ARTICLES}", re.IGNORECASE)
_AND = rf"(?:{_TO}|,?\s(?:und|oder|sowie|and|or|&|\+)\s|,\s)"
_JOINED = re.compile(rf"{_AND}{_ARTICLES}", re.IGNORECASE)
_OF_ONE_YEAR = re.compile(
    rf"(?:{_TO}|\s(?:und|oder|and|or|&)\s)(?:(?:am|im|on|in)\s)?{_ARTICLES}", re.IGNORECASE
)  # without a comma, behind which something new may begin
_DAY_BEFORE = re.compile(
    rf"(?<![\w.,:/$€£#§-])(?P<day>{DAY})(?P<mark>\.|{ORDINAL}|)(?P<join>{_AND}(?P<at>am\s)?{_ARTICLES})$",
    re.IGNORECASE,
)
_CUE = re.compile(  # what makes a day of '3.4.'
    r"\b(?:am|vom|zum|den|dem|der|ab|seit|per|zwischen|(?<!\d\s)(?<!\d\.\s)bis|stand|stichtag|datum|termin"
    rf"|\w*(?:frist|datum|termine?|stichtag|schluss|stand|beginn|start|ende|deadline|date|due):|{ANY_WEEKDAY})\s+$",
    re.IGNORECASE,
)
_ENGLISH_CUE = re.compile(r"\b(?:on|by|from|since|until|till|between)\s+$", re.IGNORECASE)
_GOES_ON = re.compile(r",|\s[a-zäöü(\u2013-]")  # the point before it ends no sentence: '2.6' is none of 'on 2.6. We'
_SURE_CUE = re.compile(rf"(?<!\bI\s)\bam\s+(?:{ANY_WEEKDAY}\s+)?$", re.IGNORECASE)
NUMBERED = (  # what is told apart by numbers
    r"abschnitte?n?|abs|absatz|kapiteln?|kap|ziffern?|ziff|nr|nummern?|punkte?n?|version(?:en)?|release|artikeln?|art"
    r"|tabellen?|tab|abbildung|abb|anhang|anlage|teil|seite|sections?|clauses?|chapters?|items?|figures?|tables?"
)
SECTION = re.compile(  # what makes a number of it
    rf"(?:§|\b(?:{NUMBERED}|um|gegen|at|auf|über|unter|bei)\.?)\s?$", re.IGNORECASE
)


@dataclass(slots=True)
class _Found:
    """What one match of the pattern gives, with the days that share its month.

    ``sure`` when it can only be a date, ``point`` unless it is a '3.4' without its last point.
    """

    values: list[Value]
    sure: bool
    point: bool


def find_dates(text: str) -> list[Value]:
    """Calendar dates, months, years and centuries, leftmost and longest first, without overlaps.

    Each day of '3. bis 5. Mai 2024' is one. So is '31.12.' where what stands around it says so, as in 'am 31.12.'; in
    'Abschnitt 3.4.' it is a number.
    """
    found: list[_Found] = []
    for match in date_pattern().finditer(text):
        values = _values(match)
        if values:
            floor = found[-1].values[-1].end if found else 0
            values = [*_days_before(text, match, values[0], floor), *values]
            short = match["short"] or ""
            point = not short or short.endswith(".")
            found.append(_Found(values, not short or _is_date(text, values, short), point))
    _pass_on(text, found)
    return _with_years(text, [value for each in found if each.sure for value in each.values])


def opens_with_date(text: str) -> bool:
    """Whether a text begins with a date: the number of '12. September' is no list's."""
    return any(not date.start for date in find_dates(text[:_LONGEST_DATE]))


def within(part: str, whole: str) -> bool:
    """Whether a date is the other one or says less of it: 2019-04 and --04-25 of 2019-04-25, --04 of --04-25."""
    if part.startswith("--"):
        rest = whole[2:] if whole.startswith("--") else whole.partition("-")[2]
        return f"{rest}-".startswith(f"{part[2:]}-")
    return f"{whole}-".startswith(f"{part}-")


def are_joined(text: str, left: Value, right: Value) -> bool:
    """Whether two neighbouring dates are days of one range or list: 'bis', 'und', a dash or a comma stands between."""
    return _has_day(left) and _has_day(right) and _JOINED.fullmatch(text, left.end, right.start) is not None


def _values(match: re.Match[str]) -> list[Value]:
    readings = date_readings(match)
    if not readings:
        return []
    last = last_day(match, readings[0])
    if last is None:
        return [Value("date", match.start(), match.end(), *readings)]
    return [
        Value("date", match.start(), match.end("d2"), *readings),
        Value("date", match.start("last"), match.end(), last),
    ]


def _days_before(text: str, match: re.Match[str], date: Value, floor: int) -> list[Value]:
    """The days that share the month of the date behind them: '24.' and '25.' of '24., 25. und 26. Mai'."""
    found: list[Value] = []
    day = match["d1"] or match["d4"] or match["d6"]
    start = match.start()
    pointed = day is not None and text[start + len(day)] == "."
    while day is not None:
        before = _DAY_BEFORE.search(text, max(floor, start - _AROUND), start)
        if before is None or not _shares(before, int(day), pointed):
            break
        day, start = before["day"], before.start()
        found.insert(0, Value("date", start, before.end("mark"), f"{date.norm[:-2]}{int(day):02d}"))
    return found


def _shares(before: re.Match[str], day: int, pointed: bool) -> bool:
    """Whether a number before a day is a day, too, as 'rooms 3, 5 May' has none."""
    first, mark, join = int(before["day"]), before["mark"], before["join"]
    if not 0 < first < 32 or (first >= day and _RANGE.fullmatch(join)):
        return False
    if not mark:  # '3-5. Mai'
        return not join.startswith(",") and not before["at"]
    return (mark == ".") == pointed


def _is_date(text: str, values: Sequence[Value], short: str) -> bool:
    """Whether what stands before '3.4.' makes a day of it, or its own form does: '03.04.', '3.–5.4.'."""
    start = values[0].start
    around = max(0, start - _AROUND)
    if not short.endswith("."):
        return _SURE_CUE.search(text, around, start) is not None
    english = _ENGLISH_CUE.search(text, around, start) and _GOES_ON.match(text, values[-1].end)
    if english or _CUE.search(text, around, start):
        return True
    a_range = len(values) > 1 and _RANGE.fullmatch(text, values[-2].end, values[-1].start)
    return bool(short.startswith("0") or a_range) and not SECTION.search(text, around, start)


def _pass_on(text: str, found: Sequence[_Found]) -> None:
    """Let what is joined with a day be a day, too: '24.12. und 31.12.', in place."""
    pairs = list(pairwise(found))
    joined = [are_joined(text, left.values[-1], right.values[0]) for left, right in pairs]
    for (left, right), both in zip(pairs, joined, strict=True):
        right.sure |= both and left.sure and (right.point or not left.point)
    for (left, right), both in reversed(list(zip(pairs, joined, strict=True))):
        if both and right.sure and left.point and not left.sure:
            start = left.values[0].start
            left.sure = not SECTION.search(text, max(0, start - _AROUND), start)


def _with_years(text: str, dates: Sequence[Value]) -> list[Value]:
    """The dates, those of a range with the year that only its end names: '24. Dezember bis 6. Januar 2025'."""
    found = list(dates)
    for at in reversed(range(len(found) - 1)):
        left, right = found[at : at + 2]
        year, _, end = right.norm.partition("-")
        if not (left.norm.startswith("--") and year.isdigit() and end):
            continue
        begin = left.norm[2:]
        before = begin[: len(end)] > end[: len(begin)]
        between = text[left.end : right.start]
        if _OF_ONE_YEAR.fullmatch(between) and (not before or _RANGE.fullmatch(between)):
            found[at] = replace(left, norm=f"{int(year) - before}-{begin}")
    return found


def _has_day(date: Value) -> bool:
    return date.norm.count("-") == 2 + date.norm.startswith("--")
