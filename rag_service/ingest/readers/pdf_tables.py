"""Tables on a page of a PDF: lines whose cells stand below one another, as rows with their columns' names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean
from typing import Protocol

from rag_service.ingest.readers.table import pairs_as_text, rows_as_text
from rag_service.ingest.readers.table_header import LONGEST_NAME

GAP = 1.5  # white space that parts two cells, in sizes of the type
_LEAST = 3  # rows
_LONG = 30  # characters of a cell on average: columns of prose have more
_SENTENCE = (".", "!", "?")
_STEP = 3.5  # distance of rows, in sizes of the type


@dataclass(frozen=True, slots=True)
class Cell:
    """A part of a line between wide gaps, or what a ``field`` of a form holds; ``left`` and ``right`` in points."""

    text: str
    left: float
    right: float
    field: bool = False


class Row(Protocol):
    """A line of the page."""

    @property
    def cells(self) -> Sequence[Cell]:
        """Its parts, from left to right."""

    @property
    def bottom(self) -> float:
        """Points from the page's lower edge."""

    @property
    def size(self) -> float:
        """Height of its type."""


def table_at(lines: Sequence[Row], first: int) -> tuple[int, list[str]]:
    """The index after the table that begins with a line, and its rows as text; the line's own index and none else.

    The first row sets the columns; what follows without a cell in the first one goes on with the row before.
    """
    columns = lines[first].cells
    if _are_labels(lines, first):
        return _below_labels(lines, first)
    if len(columns) < 2 or (any(cell.field for cell in columns) and not _is_pair(columns)):
        return first, []
    rows: list[list[str]] = []
    last = first
    for at in range(first, len(lines)):
        places = _places(lines[at].cells, columns, lines[at].size)
        if not places or (at > first and not 0 < lines[last].bottom - lines[at].bottom < _STEP * lines[at].size):
            break
        if len(lines[at].cells) == 1 and (not rows or places == [0]):
            break
        if places[0] == 0 and _holds_fields_only(lines[at]):  # the labels of these stand below them
            break
        if places[0] == 0:
            rows.append([""] * len(columns))
        elif not rows:
            break
        for place, cell in zip(places, lines[at].cells, strict=True):
            rows[-1][place] = f"{rows[-1][place]} {cell.text}".strip()
        last = at
    if len(rows) < _LEAST or mean(len(cell) for row in rows for cell in row if cell) > _LONG:
        return first, []
    return last + 1, list(pairs_as_text(rows) if len(columns) == 2 else rows_as_text(rows))


def _are_labels(lines: Sequence[Row], at: int) -> bool:
    """Whether a line names the fields that stand in the next one, which is nearer to it than to what follows."""
    if not lines[at].cells or at + 1 == len(lines) or not _holds_fields_only(lines[at + 1]):
        return False
    names = lines[at].cells
    if any(cell.field or len(cell.text) > LONGEST_NAME or cell.text.endswith(_SENTENCE) for cell in names):
        return False
    if at + 2 == len(lines) or _holds_fields_only(lines[at + 2]):
        return True
    above, own, below = (line.bottom + line.size / 2 for line in lines[at : at + 3])
    return not 0 < own - below < above - own


def _below_labels(lines: Sequence[Row], first: int) -> tuple[int, list[str]]:
    """Rows of fields, each with the label of its column."""
    names = lines[first].cells
    rows = [[cell.text.rstrip(" :*") for cell in names]]
    for at in range(first + 1, len(lines)):
        places = _places(lines[at].cells, names, lines[at].size)
        near = 0 < lines[at - 1].bottom - lines[at].bottom < _STEP * lines[at].size
        if not places or not near or not _holds_fields_only(lines[at]):
            break
        said = dict(zip(places, (cell.text for cell in lines[at].cells), strict=True))
        rows.append([said.get(place, "") for place in range(len(names))])
    if len(rows) < 2 or mean(len(cell) for row in rows for cell in row if cell) > _LONG:
        return first, []
    return first + len(rows), list(rows_as_text(rows, header=True))


def _holds_fields_only(line: Row) -> bool:
    return bool(line.cells) and all(cell.field for cell in line.cells)


def _is_pair(cells: Sequence[Cell]) -> bool:
    """Whether they are a label and the field behind it."""
    return len(cells) == 2 and not cells[0].field


def _places(cells: Sequence[Cell], columns: Sequence[Cell], size: float) -> list[int] | None:
    """The column of each cell: the one that it stands below; None where one stands below none, or two below one."""
    places = [next((at for at, column in enumerate(columns) if _below(cell, column, size)), None) for cell in cells]
    found = [place for place in places if place is not None]
    return found if len(found) == len(cells) and len(set(found)) == len(found) else None


def _below(cell: Cell, column: Cell, size: float) -> bool:
    """Whether a cell begins, ends, or is centred where a column does."""
    middle = (cell.left + cell.right - column.left - column.right) / 2
    return min(abs(cell.left - column.left), abs(cell.right - column.right), abs(middle)) < 0.7 * size
