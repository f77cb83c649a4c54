"""ISO 8601 dates of any precision as half-open ranges of seconds, comparable as strings."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

_PARTIAL = re.compile(
    r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?)?)?)?(Z|[+-]\d{2}:?\d{2})?"
)


def date_range(value: str) -> tuple[str, str] | None:
    """First second of a date and first second after it: '2019-04' -> ('2019-04-01T00:00:00', '2019-05-01T00:00:00').

    Time zones are read over: a document's date is the local one it states. None when it is no date.
    """
    match = _PARTIAL.fullmatch(value.strip())
    if match is None:
        return None
    given = [int(part) for part in match.groups()[:6] if part is not None]
    year, month, day, hour, minute, second = [*given, *(0, 1, 1, 0, 0, 0)[len(given) :]]
    try:
        first = datetime(year, month, day, hour, minute, second)
    except ValueError:
        return None
    try:
        after = _after(first, len(given))
    except (ValueError, OverflowError):
        after = datetime.max  # the last year has no next: its end stands for "ever after"
    return first.isoformat(), after.isoformat()


def _after(first: datetime, precision: int) -> datetime:
    if precision == 1:
        return first.replace(year=first.year + 1)
    if precision == 2:
        return first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
    steps = {3: timedelta(days=1), 5: timedelta(minutes=1), 6: timedelta(seconds=1)}
    return first + steps[precision]
