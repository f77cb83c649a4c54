"""Dates as metadata and datelines write them, in ISO 8601 as precise as written."""

from __future__ import annotations

import re
from datetime import date

from rag_service.text.months import MONTH_NAMES, month_number
from rag_service.text.weekdays import WEEKDAY

_MONTH = rf"(?:{'|'.join(MONTH_NAMES)})\b"
_WEEKDAY = (
    rf"(?:(?P<weekday>{WEEKDAY}|mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so)"
    r"\.?,?\s+(?:(?:den|dem|the)\s+)?)?"
)
DATE = (  # each of its groups once in a pattern
    rf"{_WEEKDAY}(?:"
    r"(?P<y1>\d{4})-(?P<m1>\d{1,2})(?:-(?P<d1>\d{1,2}))?(?!-?\d)"
    r"|(?P<d2>\d{1,2})\.\s?(?P<m2>\d{1,2})\.\s?(?P<y2>\d{4})(?!\d)"
    rf"|(?P<d3>\d{{1,2}})(?:\.|st|nd|rd|th)?\s+(?:of\s+)?(?P<n3>{_MONTH})\.?(?:,?\s+(?P<y3>\d{{4}})(?!\d))?"
    rf"|(?P<n4>{_MONTH})\.?\s+(?P<d4>\d{{1,2}})(?:st|nd|rd|th)?,\s+(?P<y4>\d{{4}})(?!\d)"
    r"|(?P<a5>\d{1,2})/(?P<b5>\d{1,2})/(?P<y5>\d{4})(?!\d)"
    r"|(?P<y7>\d{4})/(?P<m7>\d{1,2})/(?P<d7>\d{1,2})(?!\d)"
    rf"|(?P<n6>{_MONTH})\.?\s+(?P<y6>\d{{4}})(?!\d)"
    r")"
    r"(?:(?:T|[\s,|\u2013-]+(?:um\s+|at\s+)?)(?:(?P<h>\d{1,2}):(?P<min>\d{2})(?::\d{2})?(?:[.,]\d+)?"
    r"|(?P<h2>\d{1,2})\.(?P<min2>\d{2})(?=\s*Uhr)|(?P<h3>\d{1,2})(?=\s*Uhr))"
    r"(?:\s*(?:Uhr|h\b|(?P<pm>[ap]\.?m\b\.?)))?)?"
)
_MONTH_IN_FIGURES = r"(?P<m8>0?[1-9]|1[0-2])[./]\s?(?P<y8>(?:19|20)\d\d)(?!\d|[./]\d)"
DATE_OR_MONTH = rf"(?:{DATE}|{_MONTH_IN_FIGURES})"  # '07/2025' may be something else where no label announces a date
_ANY = re.compile(DATE, re.IGNORECASE)
_EARLIEST, _LATEST = 1800, 2100


def iso_date(written: str) -> str | None:
    """ISO 8601 form, as precise as written, of a date at the head of a metadata value, if there is one.

    Time zones and seconds are dropped: the local time of the writer is what readers see in the text.
    """
    written = re.sub(r"^(\d{4})(\d{2})(\d{2})(?=$|T)", r"\1-\2-\3", written.strip())
    match = _ANY.match(written)
    if match:
        return iso(match)
    year = re.match(r"\s*(\d{4})\s*$", written)
    return year.group(1) if year and _EARLIEST <= int(year.group(1)) <= _LATEST else None


def is_date(text: str) -> bool:
    """Whether a text is a date, with or without a time of day, and nothing else."""
    return _ANY.fullmatch(text.strip()) is not None


def after_date(text: str) -> str | None:
    """What follows the date, and the time of day behind it, that a text begins with; None where it begins with none."""
    match = _ANY.match(text)
    return text[match.end() :] if match else None


def iso(match: re.Match[str]) -> str | None:
    """The match as ISO 8601; `--04-25` stands for a day without its year; None when no such day exists."""
    group = match.groupdict()
    year = next((group[f"y{n}"] for n in range(1, 9) if group.get(f"y{n}")), None)
    name = next((group[f"n{n}"] for n in (3, 4, 6) if group.get(f"n{n}")), None)
    month = month_number(name) if name else int(group["m1"] or group["m2"] or group["m7"] or group.get("m8") or 0)
    day = int(group["d1"] or group["d2"] or group["d3"] or group["d4"] or group["d7"] or 0)
    if group["a5"]:
        first, second = int(group["a5"]), int(group["b5"])
        if first <= 12 and second <= 12 and first != second:
            return year  # day and month cannot be told apart
        day, month = (first, second) if second <= 12 else (second, first)
    if not _exists(int(year or 2000), month, day):
        return None
    written = "-".join([year or "-", f"{month:02}"] + ([f"{day:02}"] if day else []))
    return written + _time(group) if year and day else written


def _exists(year: int, month: int, day: int) -> bool:
    try:
        return _EARLIEST <= date(year, month, day or 1).year <= _LATEST
    except ValueError:
        return False


def _time(group: dict[str, str | None]) -> str:
    hour, minute = group["h"] or group["h2"] or group["h3"], group["min"] or group["min2"] or "00"
    if hour is None:
        return ""
    number = int(hour)
    if group["pm"]:
        number = number % 12 + 12 * group["pm"].lower().startswith("p")
    return f"T{number:02}:{minute}" if number < 24 and int(minute) < 60 else ""
