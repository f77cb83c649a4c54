"""Days of the week that a text names, in German and English."""

from __future__ import annotations

import re

from rag_service.text.normalise import lower

_NAMES = (
    ("montag", "monday"),
    ("dienstag", "tuesday"),
    ("mittwoch", "wednesday"),
    ("donnerstag", "thursday"),
    ("freitag", "friday"),
    ("samstag", "sonnabend", "saturday"),
    ("sonntag", "sunday"),
)
WEEKDAY_NAMES = tuple(name for names in _NAMES for name in names)
WEEKDAY = rf"(?:{'|'.join(WEEKDAY_NAMES)})"  # to be matched whatever the case
_SHORT = "Mo|Di|Mi|Do|Fr|Sa|So"
SHORT_WEEKDAYS = frozenset(_SHORT.split("|"))  # of German
ANY_WEEKDAY = rf"(?:{WEEKDAY}s?|(?-i:{_SHORT}|Mon|Tue|Wed|Thu|Fri|Sat|Sun))\b\.?,?"
_WEEKDAY = re.compile(rf"\b{WEEKDAY}", re.IGNORECASE)


def weekdays(text: str) -> set[int]:
    """The days of the week that a text names, Monday 0."""
    named = {lower(match.group()) for match in _WEEKDAY.finditer(text)}
    return {day for day, names in enumerate(_NAMES) if not named.isdisjoint(names)}
