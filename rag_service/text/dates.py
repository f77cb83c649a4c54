"""When a text says it was published: datelines at its head, and dates as metadata write them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from rag_service.text.normalise import lower

_MONTHS = {
    "jan": 1, "jän": 1, "feb": 2, "mär": 3, "mae": 3, "mar": 3, "apr": 4, "mai": 5, "may": 5, "jun": 6,
    "jul": 7, "aug": 8, "sep": 9, "okt": 10, "oct": 10, "nov": 11, "dez": 12, "dec": 12,
}  # fmt: skip
_MONTH = (
    r"(?:jan(?:uary?|uar|\b)|jän(?:ner)?|feb(?:ruary?|ruar|er|\b)|mär(?:z|\b)|maerz|mar(?:ch|\b)|apr(?:il|\b)|mai|may"
    r"|jun[ei]?|jul[iy]?|aug(?:ust|\b)|sept?(?:ember|\b)|okt(?:ober|\b)|oct(?:ober|\b)|nov(?:ember|\b)|de[zc](?:ember|\b))"
)
_WEEKDAY = (
    r"(?:(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag|monday|tuesday|wednesday|thursday"
    r"|friday|saturday|sunday|mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so)\.?,?\s+(?:(?:den|dem|the)\s+)?)?"
)
_DATE = (
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
_ANY = re.compile(_DATE, re.IGNORECASE)
_LABELS = (
    r"(?:(?:publication\s+|issue\s+|release\s+)?date(?:\s+of\s+(?:publication|issue))?|datum|stand|as\s+of|dated|posted"
    r"|published|issued|released|(?:last\s+)?updated|last\s+(?:modified|change)|created|sent|veröffentlicht|erschienen"
    r"|erstellt|publiziert|gesendet|aktualisiert|(?:zuletzt\s+)?geändert|letzte\s+änderung|(?:erscheinungs"
    r"|veröffentlichungs|ausgabe|erstellungs|änderungs)datum|date\s+de\s+publication|publiée?|mise?\s+à\s+jour"
    r"|fecha(?:\s+de\s+publicación)?|publicad[oa]|actualizad[oa]|data(?:\s+(?:di\s+pubblicazione|publikacji"
    r"|de\s+publicação))?|pubblicat[oa]|aggiornat[oa]|opublikowan[oae]|zaktualizowano|gepubliceerd|bijgewerkt|publicerad"
    r"|publisert|udgivet|julkaistu|zveřejněno|дата(?:\s+публикации)?|опубликовано|обновлено|опубліковано|日期|发布日期"
    r"|发布时间|公開日|更新日)(?:\s+(?:am|on|le|el|il|em|op|dnia|den|dne))?"
)
_VALID = (  # since when a rule is as it is written
    r"(?:(?:version\s+[\w.]+,\s+)?(?:gültig|wirksam|in\s+kraft|effective|valid)\s*:?\s+(?:ab|seit|from|as\s+of)"
    r"(?:\s+(?:dem|the))?|(?:in\s+der\s+)?(?:fassung|version)\s+(?:vom|of))"
)
_COLONS = (":", "\uff1a")
_LABELLED = re.compile(rf"\W{{0,4}}(?:{_LABELS}|{_VALID})\s*[:\uff1a\s]\s*(?:am\s+|on\s+)?{_DATE}", re.IGNORECASE)
_MINUTES = re.compile(
    rf"\W{{0,4}}(?:protokoll|niederschrift|minutes)\b[^.:]{{0,80}}?\s(?:vom|am|of|from|on)\s+{_DATE}\W*$",
    re.IGNORECASE,
)
_LABEL = re.compile(rf"(?<!\w){_LABELS}\s*[:\uff1a]\s*$", re.IGNORECASE)
_AGENCY = re.compile(
    r"[A-ZÄÖÜ](?:[^\W\d_]|[ .\-/]){1,40}(?:\s*\([^)\d]{1,30}\))?,?\s+(?:den\s+)?"
    rf"(?<!\w)(?P<at>)(?i:{_DATE})(?=\s*(?:\([^)]{{1,30}}\)|[\u2013\u2014:-]|\.?\s*$|/))"
)
_OPENING = re.compile(rf"(?:am|on|im|in)\s+(?:the\s+)?{_DATE}", re.IGNORECASE)
_PREPOSITION = re.compile(
    r"\b(?:am|im|vom|zum|bis|seit|ab|on|in|of|from|since|until|by|und|and|due|when|born|died|founded|expires|deadline"
    r"|start|starts|ends|wann|termin|beginn|ende|frist|fällig|geboren|gestorben|gegründet|[-\u2013])\s*$",
    re.IGNORECASE,
)
_LINES, _LINE_CHARACTERS, _SHORT_LINE, _AFTER = 25, 400, 100, 60
_MAX_LONE = 2
_EARLIEST, _LATEST = 1800, 2100


def iso_date(written: str) -> str | None:
    """ISO 8601 form, as precise as written, of a date at the head of a metadata value, if there is one.

    Time zones and seconds are dropped: the local time of the writer is what readers see in the text.
    """
    written = re.sub(r"^(\d{4})(\d{2})(\d{2})(?=$|T)", r"\1-\2-\3", written.strip())
    match = _ANY.match(written)
    if match:
        return _iso(match)
    year = re.match(r"\s*(\d{4})\s*$", written)
    return year.group(1) if year and _EARLIEST <= int(year.group(1)) <= _LATEST else None


def is_date(text: str) -> bool:
    """Whether a text is a date, with or without a time of day, and nothing else."""
    return _ANY.fullmatch(text.strip()) is not None


def find_dateline(text: str) -> str | None:
    """ISO 8601 date of the text's own dateline, as precise as known; None when it carries none.

    Considered are, in this order: a labelled date (`Stand: 23.04.2019`), a line of its own
    (`23.04.2019, 08:44 Uhr | AFP`), an agency's dateline (`SEOUL, 25. April (dpa)`), and an opening
    `Am 25. April 2019`. A more precise one refines a less precise one that it agrees with.
    """
    lines = [line.strip()[:_LINE_CHARACTERS] for line in text[:20_000].split("\n") if line.strip()][:_LINES]
    found = [*_labelled(lines), *_alone(lines), *_agency(lines)]
    best = next((value for value in found if not value.startswith("-")), None)
    if best is None:
        return next(_opening(lines[:3]), None)
    for value in found:
        full = f"{best[:4]}{value[1:]}" if value.startswith("-") else value
        if full.startswith(best):
            best = full
    return best


def _labelled(lines: list[str]) -> Iterator[str]:
    for line in lines:
        match = _LABELLED.match(line) or _MINUTES.match(line)
        value = _iso(match) if match else None
        if value:
            yield value


def _alone(lines: list[str]) -> Iterator[str]:
    """Short lines that begin with a full date, or end with one that nothing before it makes an event's."""
    values = list(_lone_dates(lines))
    if len({value[:10] for value in values}) <= _MAX_LONE:  # more of them are a chronology
        yield from values


def _lone_dates(lines: list[str]) -> Iterator[str]:
    for line in lines:
        if len(line) > _SHORT_LINE:
            continue
        for match in _ANY.finditer(line):
            value = _iso(match)
            starts = match.start() == 0 and len(line) - match.end() <= _AFTER
            ends = match.end() == len(line.rstrip(" .")) and _tells_publication(line[: match.start()])
            if value and len(value) >= len("2019-04-25") and (starts or ends) and not value.startswith("-"):
                yield value
                break


def _tells_publication(before: str) -> bool:
    """Whether what stands before a date makes it no event's: no preposition, and no label but one of publication."""
    if before.rstrip().endswith(_COLONS):
        return _LABEL.search(before) is not None
    return _PREPOSITION.search(before) is None


def _agency(lines: list[str]) -> Iterator[str]:
    for line in lines:
        match = _AGENCY.match(line)
        value = _iso(match) if match and not _PREPOSITION.search(line[: match.start("at")]) else None
        if value:
            yield value


def _opening(lines: list[str]) -> Iterator[str]:
    for line in lines:
        match = _OPENING.match(line)
        value = _iso(match) if match else None
        if value and not value.startswith("-"):
            yield value


def _iso(match: re.Match[str]) -> str | None:
    """The match as ISO 8601; `--04-25` stands for a day without its year; None when no such day exists."""
    group = match.groupdict()
    year = next((group[f"y{n}"] for n in range(1, 8) if group.get(f"y{n}")), None)
    name = next((group[f"n{n}"] for n in (3, 4, 6) if group.get(f"n{n}")), None)
    month = _MONTHS[lower(name[:3])] if name else int(group["m1"] or group["m2"] or group["m7"] or 0)
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
