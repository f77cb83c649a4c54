"""Words around a date that make it the one of the text, and those that make it another's."""

from __future__ import annotations

import re
from functools import cache

from rag_service.text.dates import DATE, DATE_OR_MONTH

_LABELS = (
    r"(?:(?:publication\s+|issue\s+|release\s+)?date(?:\s+of\s+(?:publication|issue))?|datum|stand|as\s+of|dated|posted"
    r"|published|issued|released|(?:last\s+)?updated|last\s+(?:modified|change|update|revised)|created|sent"
    r"|veröffentlicht|erschienen|erstellt|publiziert|gesendet|(?:zuletzt\s+)?(?:aktualisiert|geändert|überarbeitet)"
    r"|letzte\s+(?:änderung|aktualisierung|überarbeitung)|(?:erscheinungs"
    r"|veröffentlichungs|ausgabe|erstellungs|änderungs)datum|inkrafttreten|date\s+de\s+publication|publiée?"
    r"|mise?\s+à\s+jour|fecha(?:\s+de\s+publicación)?|publicad[oa]|actualizad[oa]|data(?:\s+(?:di\s+pubblicazione"
    r"|publikacji|de\s+publicação))?|pubblicat[oa]|aggiornat[oa]|opublikowan[oae]|zaktualizowano|gepubliceerd"
    r"|bijgewerkt|publicerad|publisert|udgivet|julkaistu|zveřejněno|дата(?:\s+публикации)?|опубликовано|обновлено"
    r"|опубліковано|日期|发布日期|发布时间|公開日|更新日)(?:\s+(?:am|on|le|el|il|em|op|dnia|den|dne))?"
)
_VALID = (  # since when a rule holds
    r"(?:(?:gültig|wirksam|in\s+kraft|effective|valid)\s*:?\s+(?:ab|seit|from|as\s+of)(?:\s+(?:dem|the))?|effective)"
)
_WORDING = r"(?:(?:in\s+der\s+)?(?:fassung|version)\s+(?:vom|of))"
_NUMBERED = r"version\s*:?\s*v?\d[\w.]{0,15}(?:\s*[,(\u2013-]\s*|\s+)(?:(?:vom|of|from)\s)?"
_EVENT = (  # no 'Sitzung', 'Kurs' or 'conference': their minutes and papers bear the day, too
    r"\b(?:\w*(?:(?<!mani)fest|feier|konzert|umzug|turnier|basar|ausflug|gottesdienst|festival|concert)"
    r"|(?:weihnachts|advents|floh|jahr)markt|tag\s+der\s+offenen\s+tür|open\s+(?:day|house))"
)
_APART = r"(?:^\W{0,4}|[(\[,;|]\s*|\s[\u00b7\u2022\u2013\u2014-]\s+)"  # what parts a label from the title before it
_END = r"\s*(?:(?:bis|until|to|[\u2013-])\s[^()\[\]]{1,30})?[)\]]?$"


@cache
def labelled() -> re.Pattern[str]:
    """A date at the head of a line behind words that say what it is: 'Stand: 07/2025', 'Gültig ab 1.1.2024'."""
    return re.compile(
        rf"\W{{0,4}}(?:{_LABELS}|(?:version\s+[\w.]+,\s+)?{_VALID}|{_WORDING})\s*[:\uff1a\s]\s*(?:am\s+|on\s+)?"
        rf"{DATE_OR_MONTH}",
        re.IGNORECASE,
    )


@cache
def titled() -> re.Pattern[str]:
    """A date that ends a title, behind words that say of when the text is: 'Preisliste (Stand: 01.03.2025)'."""
    return re.compile(
        rf"(?:{_APART}{_LABELS}\s*[:\uff1a\s]|(?<!\w)(?:(?:stand|as\s+of|{_WORDING})\s*[:\s]|{_NUMBERED}))\s*"
        rf"{DATE_OR_MONTH}{_END}",
        re.IGNORECASE,
    )


@cache
def titled_valid() -> re.Pattern[str]:
    """A date that ends a title, behind words that say since when a rule holds: 'Satzung, gültig ab 1. Mai 2024'."""
    return re.compile(rf"(?<!\w){_VALID}\s*[:\s]\s*{DATE_OR_MONTH}{_END}", re.IGNORECASE)


@cache
def minutes() -> re.Pattern[str]:
    """The title of minutes with the day of the meeting."""
    return re.compile(
        rf"\W{{0,4}}(?:protokoll|niederschrift|minutes)\b[^.:]{{0,80}}?\s(?:vom|am|of|from|on)\s+{DATE}\W*$",
        re.IGNORECASE,
    )


@cache
def label_before() -> re.Pattern[str]:
    """A label of publication with its colon, at the end of what stands before a date."""
    return re.compile(rf"(?<!\w){_LABELS}\s*[:\uff1a]\s*$", re.IGNORECASE)


@cache
def others_before() -> re.Pattern[str]:
    """Words at the end of what stands before a date that make it another's: 'am', 'Beginn', 'Sommerfest'."""
    return re.compile(
        r"\b(?:am|im|vom|zum|bis|seit|ab|on|in|of|from|since|until|by|und|and|due|when|born|died|founded|expires"
        r"|deadline|start|starts|ends|wann|termin|beginn|ende|frist|fällig|geboren|gestorben|gegründet|[-\u2013])\s*$"
        rf"|{_EVENT}\W*$",
        re.IGNORECASE,
    )


@cache
def event() -> re.Pattern[str]:
    """The name of an event and nothing else: 'Sommerfest', 'Konzert im Schloss', 'Tag der offenen Tür'."""
    return re.compile(rf"(?:[\w-]+\s){{0,2}}{_EVENT}(?:\s(?:des|der|im|in|at|of)\s.{{1,40}})?", re.IGNORECASE)
