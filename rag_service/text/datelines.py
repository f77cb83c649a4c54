"""When a text says it was published: its own dateline, told from the dates of what it tells about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from rag_service.text import dateline_words as words
from rag_service.text.dates import DATE, iso
from rag_service.text.questions import expected_answer
from rag_service.text.weekdays import WEEKDAY

_COLONS = (":", "\uff1a")
_LINES, _LINE_CHARACTERS, _SHORT_LINE, _AFTER = 25, 400, 100, 60
_HEAD = 5  # lines in which a title is looked for
_MAX_LONE = 2
_ITEM = re.compile(r"[-*+•▪●–]\s")
_SENTENCE = re.compile(r"[.!?…]\W*$")
_HALF_HOURS = ("00", "30")


@dataclass(frozen=True, slots=True)
class _Lone:
    """A date that opens or ends a line, and whether it is the day of an event."""

    line: int
    value: str
    event: bool


def find_dateline(text: str) -> str | None:
    """ISO 8601 date of the text's own dateline, as precise as known; None when it carries none.

    Considered are, in this order: a labelled date (`Stand: 23.04.2019`), that of a title (`Preise (Stand 04/2019)`), a
    line of its own (`23.04.2019, 08:44 Uhr | AFP`), since when a title says that a rule holds, an agency's dateline
    (`SEOUL, 25. April (dpa)`), and an opening `Am 25. April 2019`. A more precise one refines a less precise one that
    it agrees with. The day of an event (`Samstag, 27. April 2019, 20 Uhr`) is none.
    """
    lines = [line.strip()[:_LINE_CHARACTERS] for line in text[:20_000].split("\n") if line.strip()][:_LINES]
    titles = [line for line in lines[:_HEAD] if len(line) <= _SHORT_LINE and not _ITEM.match(line)]
    found = [
        *_dates(words.labelled().match(line) or words.minutes().match(line) for line in lines),
        *_dates(words.titled().search(line) for line in titles),
        *_alone(lines),
        *_dates(words.titled_valid().search(line) for line in titles),
        *_agency(lines),
    ]
    best = next((value for value in found if not value.startswith("-")), None)
    if best is None:
        opening = _dates(_opening_date().match(line) for line in lines[:3])
        return next((value for value in opening if not value.startswith("-")), None)
    for value in found:
        full = f"{best[:4]}{value[1:]}" if value.startswith("-") else value
        if full.startswith(best):
            best = full
    return best


def _dates(matches: Iterable[re.Match[str] | None]) -> Iterator[str]:
    for match in matches:
        value = iso(match) if match else None
        if value:
            yield value


def _alone(lines: Sequence[str]) -> Iterator[str]:
    """Short lines that begin with a full date, or end with one that nothing before it makes an event's."""
    dates = list(_lone_dates(lines))
    days = {each.value[:10] for each in dates}
    sections = {each.value[:10] for each in dates if _heads_section(lines, each.line)}
    if len(days) <= _MAX_LONE and len(sections) < _MAX_LONE:  # more of them are a chronology, or a programme
        yield from (each.value for each in dates if not each.event)


def _lone_dates(lines: Sequence[str]) -> Iterator[_Lone]:
    for at, line in enumerate(lines):
        if len(line) > _SHORT_LINE:
            continue
        for match in _any().finditer(line):
            value = iso(match)
            starts = match.start() == 0 and len(line) - match.end() <= _AFTER
            ends = match.end() == len(line.rstrip(" .")) and _tells_publication(line[: match.start()])
            if value and len(value) >= len("2019-04-25") and (starts or ends) and not value.startswith("-"):
                yield _Lone(at, value, _is_appointment(match) or (at > 0 and _announces(lines[at - 1])))
                break


def _heads_section(lines: Sequence[str], at: int) -> bool:
    """Whether a line stands between a heading and a sentence."""
    above, below = lines[max(at - 1, 0)], lines[at + 1 : at + 2]
    return at > 0 and not _SENTENCE.search(above) and bool(below) and _SENTENCE.search(below[0]) is not None


def _is_appointment(match: re.Match[str]) -> bool:
    """Whether a date is one to come to: at a full hour, at a half one on a day of the week, or with an end."""
    rest = match.string[match.end() :]
    hour = match["h"] or match["h2"] or match["h3"]
    if _until().match(rest) or (hour is None and _at_time().match(rest)):
        return True
    minute = match["min"] or match["min2"]
    announced = match["weekday"] is not None and minute in _HALF_HOURS and not any(map(str.isalnum, rest))
    return hour is not None and (minute is None or announced)


def _announces(line: str) -> bool:
    """Whether what follows a line is the day of an event: behind its name, or 'When is it?'."""
    asked = line.endswith("?") and expected_answer(line) == "date"
    return asked or words.event().fullmatch(line) is not None


def _tells_publication(before: str) -> bool:
    """Whether what stands before a date makes it no event's: no preposition, and no label but one of publication."""
    if before.rstrip().endswith(_COLONS):
        return words.label_before().search(before) is not None
    return words.others_before().search(before) is None


def _agency(lines: Sequence[str]) -> Iterator[str]:
    matches = filter(None, map(_agency_line().match, lines))
    return _dates(
        match
        for match in matches
        if not words.others_before().search(match.string[: match.start("at")]) and not _is_appointment(match)
    )


@cache
def _any() -> re.Pattern[str]:
    return re.compile(DATE, re.IGNORECASE)


@cache
def _agency_line() -> re.Pattern[str]:
    return re.compile(
        rf"(?!(?i:{WEEKDAY})\b)[A-ZÄÖÜ](?:[^\W\d_]|[ .\-/]){{1,40}}(?:\s*\([^)\d]{{1,30}}\))?,?\s+(?:den\s+)?"
        rf"(?<!\w)(?P<at>)(?i:{DATE})(?=\s*(?:\([^)]{{1,30}}\)|[\u2013\u2014:-]|\.?\s*$|/))"
    )


@cache
def _opening_date() -> re.Pattern[str]:
    return re.compile(rf"(?:am|on|im|in)\s+(?:the\s+)?{DATE}", re.IGNORECASE)


@cache
def _until() -> re.Pattern[str]:
    """The end of a span of days or hours."""
    time = r"\d{1,2}(?:[.:]\d\d\b|\s*Uhr)"
    return re.compile(rf"\s*(?:(?:bis|until|till|to)\s(?:zum\s)?|[\u2013-])\s?(?:{time}|{DATE})", re.IGNORECASE)


@cache
def _at_time() -> re.Pattern[str]:
    """A time of day that the pattern of a date leaves: 'ab 19 Uhr', '8 pm'."""
    return re.compile(
        r"[\s,|(\u2013-]*(?:(?:ab|um|von|from|at)\s+)?\d{1,2}(?:[:.]\d\d)?\s*(?:Uhr|[ap]\.?m\b)", re.IGNORECASE
    )
