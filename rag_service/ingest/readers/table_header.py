"""Which rows of a table name its columns, told by what stands in them and below them.

A row that is wrongly taken for names gives every value a wrong one; a missed one leaves values beside each other.
So a row of two cells, which may as well be a name and its value, has to show that it is none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from rag_service.text.months import MONTH_NAMES
from rag_service.text.weekdays import WEEKDAY_NAMES

LONGEST_NAME = 80  # characters of a column's name
SAMPLE = 20  # rows that are looked at
Row = Sequence[str]

_PERIOD = re.compile(  # a year, a date or a quarter, which may stand above a column as a name
    r"(?:19|20)\d\d(?:/\d{2,4}|-\d\d(?:-\d\d)?)?|\d\d?[./](?:19|20)\d\d|\d\d?\.\d\d?\.(?:\d{4}|\d\d)?"
    r"|\d\d?\. [^\W\d]+(?: \d{4})?"
)
_NUMBER = re.compile(r"[-+(~<>≥≤±]*\s?(?:[€$£]|[A-Z]{3}\b)?\s?\d")
_VALUE = re.compile(r"[-+(~<>≥≤±€$£]*\s?\d|.*(?:\S@\S|://)")
_THOUSANDS = re.compile(r"(?<=\d)[.,' ](?=\d{3}(?!\d))")
_DIGITS = re.compile(r"\d+(?:[.,]\d+(?![.\d]))?")
_BRACKETED = re.compile(r"[(\[].*")
_MEASURES = frozenset({"in", "je", "pro", "per", "netto", "brutto", "net", "gross", "€", "$", "%", "eur", "euro"})
_ENDINGS = ("name", "preis", "datum", "nummer", "betrag", "adresse", "anzahl", "price", "number")
_GERMAN = """
    abkürzung abteilung adresse aktion alter anschrift ansprechpartner ansprechpartnerin antwort anzahl art artikel
    aufgabe bank bedeutung begriff beginn bemerkung bemerkungen beschreibung betrag bezeichnung bic breite dauer datum
    definition durchwahl e-mail einheit email ende erklärung erläuterung farbe fax firma frage frist funktion
    geburtstag geschäftsführer geschäftsführerin geschäftsführung gewicht größe gruppe gründung handy hersteller
    hinweis hinweise höhe iban id inhalt internet jahr kategorie kommentar kosten kunde kundin kürzel land länge
    lieferant mail material menge mitarbeiter mobil monat name notiz nr nummer ort plz position preis produkt raum
    rechtsform rolle sitz sprache stadt stand status steuernummer straße stückzahl tag team tel telefon telefax titel
    typ uhrzeit umsatz umsatzsteuer-id ust-id ust-idnr verantwortlich version vertretung web webseite website wert
    werte zeit zuständig
"""
_ENGLISH = """
    abbreviation address age amount answer category city color colour comment comments company contact cost count
    country customer date definition department description duration email employees end explanation field founded
    function group height id item key language length location manager meaning name note notes number owner phone
    price product quantity question region responsible role room start state street supplier term time title topic
    type unit url value vat width zip
"""
_FIELDS = frozenset(f"{_GERMAN} {_ENGLISH}".split())
_HEADS = frozenset(_ENGLISH.split())  # the last word of two tells what is meant: 'unit price'
_CALENDAR = frozenset((*MONTH_NAMES, *WEEKDAY_NAMES))


@dataclass(frozen=True, slots=True)
class Header:
    """The columns' names, and the rows that hold them: ``rows[first:end]``."""

    names: tuple[str, ...]
    first: int
    end: int


def find_header(rows: Sequence[Row], within: int, *, anew: bool = False) -> Header | None:
    """The first row that names the columns, or two where one groups the other's; narrower rows may stand above.

    ``within`` says how many of the rows may be it. ``anew`` says that there is a table above, whose rows they might
    be: then only what can be none is taken.
    """
    width = len(columns(rows[:SAMPLE]))
    titles = 0
    for at, row in enumerate(rows[: min(SAMPLE, within)]):
        below = rows[at + 1 : at + 1 + SAMPLE]
        grouped = () if anew or at + 1 == within or len(below) < 2 else _grouped(row, below[0], width, below[1:])
        if grouped:
            return Header(grouped, at, at + 2)
        filled = [cell for cell in row if cell]
        if len(filled) == 1 < width:
            titles += titles == at
            continue
        if len(filled) >= width - 1 and below and names_columns(row, below):
            pair = len(filled) < 3 and not (row[0] == "" and _column(below, 0))  # a corner is left empty by names only
            taken = _is_sure(row, below, pair)
            if anew:
                taken = taken and 2 * sum(map(_is_field, filled)) > len(filled)
            if taken or not (anew or pair or titles < at):
                return Header(tuple(cell.rstrip(" :") for cell in row), at, at + 1)
        if len(filled) == width:  # values have begun
            break
    return None


def columns(rows: Sequence[Row]) -> list[int]:
    """The columns that hold something, titles of one cell aside."""
    held = [[column for column, cell in enumerate(row) if cell] for row in rows]
    wide = [row for row in held if len(row) > 1] or held
    return sorted({column for row in wide for column in row})


def names_columns(row: Row, below: Sequence[Row]) -> bool:
    """Whether a row's cells can be names: short, no two the same, and no values but years and dates above others.

    Nor is an amount a value that stands above those of another unit.
    """
    filled = [cell for cell in row if cell]
    others = [other for other in below if other != row]  # it may be repeated for print
    again = any(cell and cell in _column(others, column) for column, cell in enumerate(row))
    return len(filled) == len(set(filled)) and not again and _are_names(row, others)


def is_number(cell: str) -> bool:
    """Whether a cell begins with a number, be it behind a sign or a currency."""
    return bool(_NUMBER.match(cell))


def _are_names(row: Row, below: Sequence[Row]) -> bool:
    filled = [cell for cell in row if cell]
    colons = sum(cell.endswith(":") for cell in filled)
    if not filled or 0 < colons < len(filled) or max(map(len, filled)) > LONGEST_NAME:
        return False
    periods = [column for column, cell in enumerate(row) if _PERIOD.fullmatch(cell)]
    counted = [column for column, cell in enumerate(row) if _VALUE.match(cell) and column not in periods]
    if counted and not (_heads_words(row[0], below) and all(_heads_amounts(row, below, column) for column in counted)):
        return False
    values = [_column(below, column) for column in periods]
    if any(2 * sum(bool(_PERIOD.fullmatch(cell)) for cell in cells) > len(cells) for cells in values):
        return False  # a year above years
    return not periods or (any(values) if len(periods) > 1 else any(map(is_number, values[0])))


def _heads_words(first: str, below: Sequence[Row]) -> bool:
    """Whether the first cell may name the words below it: a corner left empty or a field's name, or above several."""
    words = _column(below, 0)
    if any(map(is_number, [first, *words])) or any(map(_is_field, words)):
        return False
    return len(words) >= (2 if not first or _is_field(first) else 3)


def _heads_amounts(row: Row, below: Sequence[Row], column: int) -> bool:
    """Whether an amount, '24 Stunden', stands above some that are alike and of another unit, '28 Euro'."""
    values = _column(below, column)
    units = {"9", *_kinds([row[column]])}  # of the same unit may be what has none
    return is_number(row[column]) and _is_alike(values) and not units & _kinds(values)


def _is_sure(row: Row, below: Sequence[Row], pair: bool) -> bool:
    """Whether words of a row stand above numbers of one kind, or a pair's second word is what columns are called."""
    filled = [cell for cell in row if cell]
    if pair:
        fields = sum(_is_field(next(filter(None, other), "")) for other in below)
        if 2 * fields > len(below) or filled[0].lower() in _CALENDAR:
            return False  # names of fields below one another
        if _is_field(filled[-1]):
            return True
        if fields or any(char.isdigit() for cell in filled for char in cell):
            return False
    return any(cell and _is_alike(_column(below, column)) for column, cell in enumerate(row))


def _grouped(upper: Row, lower: Row, width: int, below: Sequence[Row]) -> tuple[str, ...]:
    """Names of two rows, 'Umsatz 2022', where the upper one's stand above several of the lower one's; else none."""
    cells = list(zip_longest(upper, lower, fillvalue=""))
    alone = any(over and not name for over, name in cells)
    repeated = len({name for name in lower if name}) < sum(map(bool, lower))
    if not any(name and not over for over, name in cells) or not (alone or repeated):
        return ()
    names, group = [], ""
    for over, name in cells:
        group = (over if name else "") if over else group
        names.append(f"{group} {name}".strip() if name else over)
    filled = [name for name in names if name]
    fits = width - 1 <= len(filled) == len(set(filled)) and _are_names([name or over for over, name in cells], below)
    return tuple(names) if fits and _is_sure(names, below, pair=False) else ()


def _column(rows: Sequence[Row], column: int) -> list[str]:
    return [row[column] for row in rows if column < len(row) and row[column]]


def _is_alike(cells: Sequence[str]) -> bool:
    """Whether cells are numbers, or dates, of one kind: with the same signs and units."""
    return len(_kinds(cells)) == 1 and all(is_number(cell) for cell in cells if any(map(str.isalnum, cell)))


def _kinds(cells: Sequence[str]) -> set[str]:
    """The units and signs of numbers, '9 Euro' for '14,50 Euro'; a dash stands for none."""
    told = [cell for cell in cells if any(map(str.isalnum, cell))]
    return {_DIGITS.sub("9", _THOUSANDS.sub("", cell)).lstrip("-+ ") for cell in told}


def _is_field(cell: str) -> bool:
    """Whether columns and the fields of forms are called by a word: 'Preis in Euro', 'Vorname', 'unit_price'."""
    words = [word.strip(".:,*") for word in _BRACKETED.sub("", cell.lower().replace("_", " ")).split()]
    if not words:
        return False
    if len(words) == 2 and words[1] in _HEADS:
        return True
    measured = len(words) == 1 or words[1] in _MEASURES or words[1].isdigit()
    return measured and (words[0] in _FIELDS or words[0].endswith(_ENDINGS))
