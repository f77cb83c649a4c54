"""Tables of an HTML tree: what goes before each cell so that every row reads without its header."""

from __future__ import annotations

from lxml import etree

from rag_service.ingest.readers.table import LONGEST_NAME

ROWS = frozenset({"tr", "row"})
CELLS = frozenset({"td", "th", "cell"})
_BLOCKS = ("table", "p", "ul", "ol", "list", "div", "br", "lb")


def cell_prefixes(root: etree._Element) -> tuple[dict[etree._Element, str], set[etree._Element]]:
    """What goes before the cells of tables whose columns or rows have names, and the rows that hold the names.

    Other tables, and those with merged cells or paragraphs in their cells, are left as they are.
    """
    prefixes: dict[etree._Element, str] = {}
    names: set[etree._Element] = set()
    for table in root.iter("table"):
        rows = [[cell for cell in row if cell.tag in CELLS] for row in table.iter(*ROWS)]
        rows = [row for row in rows if row]
        if not rows or not all(_is_plain(cell) for row in rows for cell in row):
            continue
        if len(rows) > 1 and all(_is_head(cell) and len(_text(cell)) <= LONGEST_NAME for cell in rows[0]):
            header = [_text(cell) for cell in rows[0]]
            names.add(_row_of(rows[0][0]))
            for row in rows[1:]:
                prefixes.update(_named(row, header))
        elif all(len(row) == 2 and _is_head(row[0]) and not _is_head(row[1]) for row in rows):
            prefixes.update({cell: prefix for row in rows for cell, prefix in zip(row, ("", ": "), strict=True)})
    return prefixes, names


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


def _is_head(cell: etree._Element) -> bool:
    return cell.tag == "th" or cell.get("role") == "head"


def _text(cell: etree._Element) -> str:
    return " ".join("".join(str(part) for part in cell.itertext()).split())


def _row_of(cell: etree._Element) -> etree._Element:
    row = cell.getparent()
    assert row is not None  # it was found in one
    return row
