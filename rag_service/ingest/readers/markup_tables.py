"""Tables and lists of terms in an HTML tree: what to write so that every row reads without its header."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

from rag_service.ingest.readers.elements import text_of
from rag_service.ingest.readers.table_header import LONGEST_NAME

ROWS = frozenset({"tr", "row"})
CELLS = frozenset({"td", "th", "cell"})
_BLOCKS = ("table", "p", "ul", "ol", "list", "div", "br", "lb")


@dataclass(frozen=True, slots=True)
class Names:
    """What goes before an element, rows that hold only names and are left out, and elements that no block ends."""

    before: dict[etree._Element, str] = field(default_factory=dict)
    left_out: set[etree._Element] = field(default_factory=set)
    open: set[etree._Element] = field(default_factory=set)


def find_names(root: etree._Element) -> Names:
    """The names of columns, rows and terms, put where they are read: before each cell and each description.

    Tables without names, and those with merged cells or paragraphs in their cells, are left as they are.
    """
    found = Names()
    _name_cells(root, found)
    for description in root.iter("dd", "item"):
        term = description.getprevious()
        if term is not None and _is(description, "dd") and _is(term, "dt") and _is_plain(term) and _text(term):
            found.before[description] = ": "
            found.open.add(term)
    return found


def _name_cells(root: etree._Element, found: Names) -> None:
    for table in root.iter("table"):
        rows = [[cell for cell in row if cell.tag in CELLS] for row in table.iter(*ROWS)]
        rows = [row for row in rows if row]
        if not rows or not all(_is_plain(cell) for row in rows for cell in row):
            continue
        if len(rows) > 1 and all(_is_head(cell) and len(_text(cell)) <= LONGEST_NAME for cell in rows[0]):
            header = [_text(cell) for cell in rows[0]]
            found.left_out.add(_row_of(rows[0][0]))
            for row in rows[1:]:
                found.before.update(_named(row, header))
        elif all(len(row) == 2 and _is_head(row[0]) and not _is_head(row[1]) for row in rows):
            found.before.update({cell: before for row in rows for cell, before in zip(row, ("", ": "), strict=True)})


def _named(row: list[etree._Element], header: list[str]) -> dict[etree._Element, str]:
    found: dict[etree._Element, str] = {}
    separator = ""
    for cell, name in zip(row, [*header, *[""] * len(row)], strict=False):
        found[cell] = ""
        if _text(cell):
            found[cell] = f"{separator}{name}: " if name else separator
            separator = "; "
    return found


def _is_plain(cell: etree._Element) -> bool:
    merged = any((cell.get(name) or "1") != "1" for name in ("colspan", "rowspan"))
    return not merged and next(cell.iter(*_BLOCKS), None) is None


def _is(element: etree._Element, name: str) -> bool:
    """Whether an element is a term or a description, in HTML or as trafilatura writes it."""
    return element.tag == name or (element.get("rend") or "").startswith(f"{name}-")


def _is_head(cell: etree._Element) -> bool:
    return cell.tag == "th" or cell.get("role") == "head"


def _text(cell: etree._Element) -> str:
    return " ".join(text_of(cell).split())


def _row_of(cell: etree._Element) -> etree._Element:
    row = cell.getparent()
    assert row is not None  # it was found in one
    return row
