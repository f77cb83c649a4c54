"""Fields of a form among the lines of their page: in the line they stand beside, else in one of their own."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate
from statistics import median

from rag_service.ingest.readers.pdf_forms import ROW, Field
from rag_service.ingest.readers.pdf_layout import Line
from rag_service.ingest.readers.pdf_tables import GAP, Cell

_RULE = re.compile(r"_{3,}|\.{4,}|\u2026{2,}")  # printed to be written on
_CLOSING = tuple(",.;:!?)")
_NEAR = 50  # lines above a field that are looked at
_LEADING = 1.2  # of lines within a field, in sizes of the type
_TYPE = 12.0  # points, where a page prints nothing


def with_fields(lines: Sequence[Line], fields: Sequence[Field], height: float) -> list[Line]:
    """A page's lines, given with a cell for each word, as lines of cells with the fields where people see them."""
    page = _Page(lines)
    own: dict[int, list[Field]] = defaultdict(list)
    loose: list[Field] = []
    for field in fields:
        at = page.beside(field)
        (loose if at is None else own[at]).append(field)
    rows: dict[int, list[list[Field]]] = defaultdict(list)
    for row in _rows(loose):
        rows[page.above(row[0])].append(row)
    size = median(line.size for line in lines) if lines else _TYPE
    found: list[Line] = []
    for at in range(-1, len(lines)):
        if at >= 0:
            found += _filled(lines[at], own[at])
        for row in rows[at]:
            left, low = row[0].left, row[0].middle - size / 2
            found += _filled(Line("", left, low, left, low + size, height), row)
    return found


class _Page:
    """The lines of a page by their height."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = lines
        self._order = sorted(range(len(lines)), key=lambda at: _middle(lines[at]))
        self._middles = [_middle(lines[at]) for at in self._order]
        self._reach = max((line.size for line in lines), default=0.0) / 2

    def beside(self, field: Field) -> int | None:
        """The nearest line on a field's level."""
        spans = [(field.top - ROW, field.top)] * field.high + [(field.bottom, field.top)]
        for bottom, top in spans:
            middle = (bottom + top) / 2
            low = bisect_left(self._middles, bottom - self._reach)
            near = self._order[low : bisect_right(self._middles, top + self._reach)]
            level = [at for at in near if _is_level(self._lines[at], bottom, top)]
            if level:
                lines = ((_apart(self._lines[at], field), abs(_middle(self._lines[at]) - middle), at) for at in level)
                return min(lines)[2]
        return None

    def above(self, field: Field) -> int:
        """The line that a field stands below, by its distance down and aside; -1 where there is none."""
        first = bisect_right(self._middles, field.middle)
        near = self._order[first : first + _NEAR]
        lines = ((_middle(self._lines[at]) + _apart(self._lines[at], field), at) for at in near)
        return min(lines, default=(0.0, -1))[1]


def _middle(line: Line) -> float:
    return (line.bottom + line.top) / 2


def _is_level(line: Line, bottom: float, top: float) -> bool:
    return bottom <= _middle(line) <= top or line.bottom <= (bottom + top) / 2 <= line.top


def _apart(line: Line, field: Field) -> float:
    return max(line.left - field.right, field.left - line.right, 0.0)


def _rows(fields: Sequence[Field]) -> Iterator[list[Field]]:
    """Fields beside one another, from the top of the page to its foot; rows of empty ones are left out."""
    row: list[Field] = []
    for field in [*sorted(fields, key=lambda field: -field.middle), None]:
        if row and (field is None or row[0].middle - field.middle > ROW / 2):
            if any(each.text for each in row):
                yield row
            row = []
        if field is not None:
            row.append(field)


def _filled(line: Line, fields: Sequence[Field]) -> Iterator[Line]:
    """A line with its fields; what a single one holds in further lines follows in lines of its own."""
    gap = GAP * line.size
    if not fields:
        yield replace(line, cells=_grouped(line.cells, gap))
        return
    pieces = _placed(line.cells, fields)
    further: list[str] = []
    last = pieces[-1]
    if "\n" in last.text and sum(piece.field for piece in pieces) == 1:
        first, *further = last.text.split("\n")
        pieces[-1] = replace(last, text=first)
    pieces = [replace(piece, text=piece.text.replace("\n", " ")) for piece in pieces]
    cells = () if further and not line.cells else _grouped(pieces, gap)  # a text of several lines is no table's cell
    right = max(line.right, *(field.right for field in fields))
    yield replace(line, text=_text(pieces), right=right, cells=cells, form=True)
    for number, text in enumerate(further, 1):
        low = line.bottom - number * _LEADING * line.size
        yield Line(text, last.left, low, last.right, low + line.size, line.height, form=True)


def _placed(words: Sequence[Cell], fields: Sequence[Field]) -> list[Cell]:
    """Words with fields on the rules that are printed for them, else behind what stands before them or in their box."""
    pieces = list(words)
    is_ruled = any(_RULE.search(word.text) for word in words)
    free: list[Cell] = []
    for field in sorted(fields, key=lambda field: field.left):
        own = Cell(field.text, field.left, field.right, field=not field.box)
        if not (is_ruled and _on_rule(pieces, own)):
            free.append(own)
    middles = list(accumulate(((piece.left + piece.right) / 2 for piece in pieces), max))
    behind: dict[int, list[Cell]] = defaultdict(list)
    for own in free:
        behind[bisect_left(middles, own.right)].append(own)
    return [cell for at in range(len(pieces) + 1) for cell in (*behind[at], *pieces[at : at + 1])]


def _on_rule(pieces: list[Cell], own: Cell) -> bool:
    """Put a field in the place of the rule below it, if there is one; an empty one leaves the rule as it is."""
    for at, piece in enumerate(pieces):
        if not piece.field and piece.left < own.right and own.left < piece.right and _RULE.search(piece.text):
            if own.text:
                before, after = _RULE.split(piece.text, maxsplit=1)
                parts = Cell(before, piece.left, own.left), own, Cell(after, own.right, piece.right)
                pieces[at : at + 1] = [part for part in parts if part.text]
            return True
    return False


def _grouped(pieces: Sequence[Cell], gap: float) -> tuple[Cell, ...]:
    """Words as cells where gaps part them; what stands in a field is a cell of its own."""
    found: list[Cell] = []
    for piece in pieces:
        if not found or piece.field or found[-1].field or piece.left - found[-1].right > gap:
            found.append(piece)
        else:
            found[-1] = Cell(f"{found[-1].text} {piece.text}", found[-1].left, piece.right)
    return tuple(found)


def _text(pieces: Sequence[Cell]) -> str:
    text = ""
    for piece in pieces:
        text += piece.text if piece.text.startswith(_CLOSING) or not text else f" {piece.text}"
    return " ".join(text.split())
