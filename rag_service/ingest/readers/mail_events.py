"""Invitations: what, when and where, as lines to read (RFC 5545)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

_FOLD = re.compile(r"\r?\n[ \t]")
_LINE = re.compile(r'([A-Za-z-]++)((?:;[^":;]*+(?:"[^"]*+"[^":;]*+)*+)*+):(.*)')
_MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d\d(Z?))?")
_ZONE = re.compile(r'TZID="?([^;"]+)', re.IGNORECASE)
_FREQUENCY = re.compile(r"FREQ=(\w+)", re.IGNORECASE)
_ESCAPED = re.compile(r"\\(.)")
_Fields = Mapping[str, tuple[str, str]]  # parameters and value of each property


@dataclass(frozen=True, slots=True)
class Event:
    """What is told of one event in lines of their own, and its description."""

    facts: str
    description: str


def events_of(calendar: str) -> list[Event]:
    """The events of a calendar in their order; none where it holds none."""
    found: list[Event] = []
    within: list[str] = []
    fields: dict[str, tuple[str, str]] = {}
    for match in map(_LINE.match, _FOLD.sub("", calendar).split("\n")):
        if match is None:
            continue
        name, parameters, value = match[1].upper(), match[2], match[3].strip()
        if name == "BEGIN":
            within.append(value.upper())
            if within[-1] == "VEVENT":
                fields = {}
        elif name == "END" and within:
            if within.pop() == "VEVENT":
                found.append(_event(fields))
        elif within[-1:] == ["VEVENT"]:  # an alarm in it has a description, too
            fields.setdefault(name, (parameters, value))
    return found


def _event(fields: _Fields) -> Event:
    start, end = _moment(fields, "DTSTART"), _moment(fields, "DTEND")
    repeats = _FREQUENCY.search(fields.get("RRULE", ("", ""))[1])
    facts = {
        "Event": _words(fields, "SUMMARY"),
        "Start": start,
        "End": end if end != start else "",
        "Repeats": repeats[1].lower() if repeats else "",
        "Location": _words(fields, "LOCATION"),
        "Status": "cancelled" if _words(fields, "STATUS").upper() == "CANCELLED" else "",
    }
    lines = "\n".join(f"{name}: {' '.join(value.split())}" for name, value in facts.items() if value)
    return Event(lines, _words(fields, "DESCRIPTION"))


def _words(fields: _Fields, name: str) -> str:
    value = fields.get(name, ("", ""))[1]
    return _ESCAPED.sub(lambda escaped: "\n" if escaped[1] in "nN" else escaped[1], value).strip()


def _moment(fields: _Fields, name: str) -> str:
    """A day, or a time with its zone; the day at which a whole day's event ends is the one before the day given."""
    parameters, value = fields.get(name, ("", ""))
    match = _MOMENT.match(value)
    if match is None:
        return ""
    year, month, day, hour, minute, universal = match.groups()
    if hour is None:
        try:
            given = date(int(year), int(month), int(day))
            return (given - timedelta(days=1) if name == "DTEND" else given).isoformat()
        except (ValueError, OverflowError):
            return ""
    zone = "UTC" if universal else next(iter(_ZONE.findall(parameters)), "")
    return f"{year}-{month}-{day} {hour}:{minute}" + (f" ({zone})" if zone else "")
