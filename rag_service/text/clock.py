"""Times of day, in the forms that German and English write them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache


def times(text: str) -> Iterator[tuple[int, int, str]]:
    """Spans of times of day with equal strings for equal times: '6.30 Uhr', '6:30' and '6:30 am'.

    A full hour is the number of that hour, so that '6 pm' and '18.00 Uhr' equal '18 Uhr'; so is that of a time stamp,
    whatever its seconds and zone.
    """
    for match in _pattern().finditer(text):
        half, minute = match["half"], int(match["minute"] or 0)
        # A point parts hours from minutes only where the text says that it speaks of hours.
        if half or match["sign"] == ":" or (match["sign"] and _unit().match(text, match.end())):
            hour = int(match["hour"]) % 12 + 12 * (half.strip()[0] in "pP") if half else int(match["hour"])
            yield match.start(), match.end(), f"{hour}:{minute:02d}" if minute else str(hour)


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile(
        r"(?:(?<=\dT)|(?<![\w.,:/]))(?P<hour>[01]?\d|2[0-4])(?:(?P<sign>[:.])(?P<minute>[0-5]\d))?"
        r"(?:(?<=\dT\d\d:\d\d)(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?|(?![\d:]|[.,]\d))"
        r"(?P<half>\s?[Pp](?:m\b|M\b|\.\s?m\.)|[Aa][Mm]\b|\s(?:AM\b|[Aa]\.\s?m\.))?"  # ' am' is German
    )


@cache
def _unit() -> re.Pattern[str]:
    """The unit, or the end of a span that has it: '8.30 bis 12 Uhr'."""
    return re.compile(r"\s?(?:(?:bis|und|oder|[-\u2013])\s?\d\d?(?:[.:]\d\d)?\s?)?Uhr\b")
