"""Signs that a page shows without writing them: struck text, ticked boxes, line breaks within one name or value."""

from __future__ import annotations

from lxml import etree

from rag_service.ingest.readers.elements import text_of

_CELLS = ("td", "th", "caption", "h1", "h2", "h3", "h4", "h5", "h6")
_STRUCK = ("del", "s", "strike")
_BLOCKS = ("p", "div", "ul", "ol", "dl", "table", "pre", "li", "tr", "blockquote")
_LONGEST = 200  # characters of a cell that is one value; longer ones lay out a page


def write_signs(root: etree._Element) -> None:
    """Write ~~struck~~, [x] and [ ] as Markdown does, and spaces for the line breaks of cells and headings."""
    for struck in root.iter(*_STRUCK):
        if _is_one_line(struck) and text_of(struck).strip():
            struck.text = f"~~{struck.text or ''}"
            struck.tail = f"~~{struck.tail or ''}"
    for box in root.iter("input"):
        if box.get("type") == "checkbox" and next(box.iterancestors("li"), None) is not None:
            sign = "[ ]" if box.get("checked") is None else "[x]"
            box.tail = f"{sign} {(box.tail or '').lstrip()}"
    for cell in root.iter(*_CELLS):
        if _is_one_line(cell) and len(text_of(cell)) <= _LONGEST:
            for line_break in list(cell.iter("br")):
                line_break.tag, line_break.text = "span", " "


def _is_one_line(element: etree._Element) -> bool:
    return next(element.iter(*_BLOCKS), None) is None
