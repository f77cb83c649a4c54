"""Which time a question asks about: 'im April 2019', 'letzte Woche', 'reports from last September'."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import pairwise

from rag_service.text.days import are_joined, find_dates
from rag_service.text.normalise import lower
from rag_service.text.number_words import number_word, word_value
from rag_service.text.values import Value
from rag_service.text.weekdays import WEEKDAY, weekdays

_UNITS = {
    "tag": "day", "tage": "day", "tagen": "day", "day": "day", "days": "day",
    "woche": "week", "wochen": "week", "week": "week", "weeks": "week",
    "monat": "month", "monate": "month", "monaten": "month", "monats": "month", "month": "month", "months": "month",
    "jahr": "year", "jahre": "year", "jahren": "year", "jahres": "year", "year": "year", "years": "year",
}  # fmt: skip
_UNIT = "|".join(sorted(_UNITS, key=len, reverse=True))
_LAST = r"(?:letzte[nrsm]?|vergangene[nrsm]?|vorige[nrsm]?|vorherige[nrsm]?|last|past|previous)"
_THIS = r"(?:diese[rsnm]?|this)"
_DAYS = {"heute": 0, "today": 0, "gestern": 1, "yesterday": 1, "vorgestern": 2}
_DAY = re.compile(rf"\b(?:{'|'.join(_DAYS)})\b", re.IGNORECASE)
_RECENT = re.compile(rf"\b{_LAST}\s+(?P<unit>{_UNIT})\b", re.IGNORECASE)
_CURRENT = re.compile(rf"\b{_THIS}\s+(?P<unit>{_UNIT})\b", re.IGNORECASE)
_BEFORE_DATE = re.compile(
    rf"\b(?:(?P<last>{_LAST})|(?P<since>seit|since|ab|from)|(?P<until>bis|until)"
    r"|(?P<after>nach|after|(?:später|neuer|jünger)\s+als|(?:later|newer)\s+than)"
    r"|(?P<before>vor|before|prior\s+to|(?:früher|älter)\s+als|(?:earlier|older)\s+than))"
    r"\s+(?:(?:dem|den|the|im|in)\s+)?$",
    re.IGNORECASE,
)
_LAST_WEEKDAY = re.compile(rf"\b{_LAST}\s+(?P<day>{WEEKDAY})\b", re.IGNORECASE)
_COUNTED = re.compile(
    r"\s*(?:€|\$|£|%|(?:Euro|Dollar|Franken|Prozent|percent|Meter|Kilometer|km|kg|Tonnen|Stück)\b)", re.IGNORECASE
)
_BETWEEN = re.compile(r"\b(?:zwischen|between|von|from)\b", re.IGNORECASE)
_COMPARED = re.compile(
    r"\b(?:als|gegenüber|verglichen\s+mit|vergleich\s+(?:zu[mr]?|mit)|than|compared\s+(?:to|with))\s+(?:im\s+|in\s+)?$",
    re.IGNORECASE,
)
_PUBLISHED = re.compile(  # no fee, which is a 'Beitrag', too, no article of a price list, no report on a year
    r"\b(?:veröffentlicht\w*|erschien\w*|publiziert\w*|published"
    r"|(?:artikeln?|berichten?|berichte|meldungen|articles|reports|stories|posts)\b"
    r".*\b(?:vom|von|aus|seit|from|of|since))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Period:
    """Days from ``start`` up to, but without, ``end``; ``strict`` when the question asks for texts of that time.

    What has no beginning starts with ``date.min``, and what has no end ends with ``date.max``.
    """

    start: date
    end: date
    strict: bool

    def overlaps(self, published: str | None) -> bool:
        """Whether a publication date, ISO 8601 as precise as known, may lie within."""
        other = _calendar(published) if published else None
        return other is not None and other[0] < self.end and self.start < other[1]

    def __str__(self) -> str:
        first, last = self.start.isoformat(), _moved(self.end, -1).isoformat()
        if self.start == date.min:
            return f"until {last}"
        return f"from {first}" if self.end == date.max else f"{first} to {last}"


def find_period(question: str, today: date) -> Period | None:
    """The time that a question names, relative to ``today``; None when it names none."""
    strict = _PUBLISHED.search(question) is not None
    found = _relative(question, today) or _absolute(question, today, strict)
    if found is None or found[0] >= found[1]:
        return None
    return Period(*found, strict)


def bounds_time(question: str) -> bool:
    """Whether a question names a time only as a bound of the one it asks about: 'seit 2019', 'mehr als 2024'."""
    leads = [(_BEFORE_DATE.search(before), _COMPARED.search(before)) for before in _before_dates(question)]
    open_end = any(compared or (lead and not lead["last"]) for lead, compared in leads)
    return open_end or (len(leads) > 1 and _BETWEEN.search(question) is not None)


def _before_dates(question: str) -> list[str]:
    return [question[: value.start] for value in find_dates(question)]


def _relative(question: str, today: date) -> tuple[date, date] | None:
    tomorrow = _moved(today, 1)
    if match := _span().search(question):
        return _back(today, _count(match["number"]), _UNITS[lower(match["unit"])]), tomorrow
    if match := _ago().search(question):
        number, unit = _count(match["number"] or match["n2"]), _UNITS[lower(match["unit"] or match["u2"])]
        return _unit_around(_back(today, number, unit), unit)
    if match := _RECENT.search(question):
        unit = _UNITS[lower(match["unit"])]
        found = _unit_around(_back(_unit_around(today, unit)[0], 1, unit), unit)
        return (_month_within(question, found[0].year) if unit == "year" else None) or found
    if match := _LAST_WEEKDAY.search(question):
        (day,) = weekdays(match["day"])
        back = (today.weekday() - day - 1) % 7 + 1
        return _unit_around(_moved(today, -back), "day")
    if match := _CURRENT.search(question):
        return _unit_around(today, _UNITS[lower(match["unit"])])
    if match := _DAY.search(question):
        return _unit_around(_moved(today, -_DAYS[lower(match.group())]), "day")
    return None


def _absolute(question: str, today: date, strict: bool) -> tuple[date, date] | None:
    found = [
        (value, span)
        for value in find_dates(question)
        if (span := _calendar(_dated(value, today))) and not _COUNTED.match(question, value.end)
    ]
    if not found:
        return None
    if len(found) > 1:
        spans = [span for _, span in found]
        days = [value for value, _ in found]
        one = all(are_joined(question, *pair) for pair in pairwise(days)) and not days[-1].norm.startswith("--")
        return (min(spans)[0], max(spans)[1]) if one or _BETWEEN.search(question) else None
    ((value, span),) = found
    before, no_year = question[: value.start], value.norm.startswith("--")
    lead = _BEFORE_DATE.search(before)
    if no_year and not (lead and lead["last"]):
        return None  # 'im April' alone: no telling of which year
    if lead and not lead["last"]:
        return _open(lead, span, strict)
    if no_year and today < span[1]:
        return _calendar(f"{span[0].year - 1}{value.norm[1:]}")  # 'last April', said in April
    return span


def _open(lead: re.Match[str], span: tuple[date, date], strict: bool) -> tuple[date, date]:
    """From or until a time, which 'seit' and 'bis' include, and 'nach' does not.

    Nor does 'vor', said of texts: but what was before a time is told by texts of that time, too.
    """
    if lead["since"] or lead["after"]:
        return span[0] if lead["since"] else span[1], date.max
    return date.min, span[0] if lead["before"] and strict else span[1]


def _month_within(question: str, year: int) -> tuple[date, date] | None:
    """The month or day without a year that a question names, in a year that it names otherwise."""
    dates = [value for value in find_dates(question) if value.norm.startswith("--")]
    spans = [span for value in dates if (span := _calendar(f"{year}{value.norm[1:]}"))]
    joined = all(are_joined(question, *pair) for pair in pairwise(dates))
    return (min(spans)[0], max(spans)[1]) if spans and joined else None


@cache
def _span() -> re.Pattern[str]:
    return re.compile(rf"\b{_LAST}\s+(?P<number>{_counted()})\s+(?P<unit>{_UNIT})\b", re.IGNORECASE)


@cache
def _ago() -> re.Pattern[str]:
    return re.compile(
        rf"\b(?:vor\s+(?P<number>{_counted()})\s+(?P<unit>{_UNIT})"
        rf"|(?P<n2>{_counted()})\s+(?P<u2>{_UNIT})\s+ago)\b",
        re.IGNORECASE,
    )


def _counted() -> str:
    return rf"\d{{1,3}}|eine[mr]|{number_word()}"


def _count(written: str) -> int:
    if lower(written) in ("einem", "einer"):
        return 1
    return int(written) if written.isdigit() else math.ceil(word_value(written))


def _dated(value: Value, today: date) -> str:
    """A month or day without a year is the last one that has begun; of 05/06/2024 only the year is sure."""
    norm = value.norm
    if not norm.startswith("--"):
        return norm[:4] if value.other else norm
    for year in (today.year, today.year - 1):
        span = _calendar(f"{year}{norm[1:]}")
        if span and span[0] <= today:
            return f"{year}{norm[1:]}"
    return norm


def _calendar(written: str) -> tuple[date, date] | None:
    """First day and the day after the last of an ISO 8601 year, month or day; None for anything else."""
    parts = written.partition("T")[0].split("-")
    try:
        numbers = [int(part) for part in parts]
        first = date(*[*numbers, 1, 1][:3])
    except (ValueError, TypeError):
        return None
    return _unit_around(first, ("year", "month", "day")[len(numbers) - 1])


def _unit_around(day: date, unit: str) -> tuple[date, date]:
    """First day of the day, week, month or year that a day lies in, and the day after its last."""
    if unit == "day":
        return day, _moved(day, 1)
    if unit == "week":
        monday = _moved(day, -day.weekday())
        return monday, _moved(monday, 7)
    if unit == "month":
        return day.replace(day=1), _moved(day.replace(day=28), 4).replace(day=1)
    return date(day.year, 1, 1), date(min(day.year + 1, date.max.year), 1, 1)


def _back(day: date, number: int, unit: str) -> date:
    if unit in ("day", "week"):
        return _moved(day, -number * (7 if unit == "week" else 1))
    months = day.year * 12 + day.month - 1 - number * (12 if unit == "year" else 1)
    first = date(max(months // 12, 1), months % 12 + 1, 1)
    return min(_moved(first, day.day - 1), _moved(_unit_around(first, "month")[1], -1))


def _moved(day: date, days: int) -> date:
    """Some days later, or earlier, within what a calendar holds."""
    return date.fromordinal(min(max(day.toordinal() + days, 1), date.max.toordinal()))
