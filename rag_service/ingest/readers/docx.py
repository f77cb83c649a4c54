"""Word documents: paragraphs, list items and tables in the order of the text."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from rag_service.ingest.limits import Limits
from rag_service.ingest.readers.base import Extracted, UnreadableError
from rag_service.ingest.readers.docx_lists import Marks, is_listed
from rag_service.ingest.readers.office import core_metadata, reason
from rag_service.ingest.readers.raised import as_figures
from rag_service.ingest.readers.table import pairs_as_text, rows_as_text
from rag_service.ingest.readers.table_header import LONGEST_NAME
from rag_service.ingest.readers.zipped import open_zip

_REJECTED = (
    ".//w:tr[w:trPr/w:del] | .//w:del | .//w:moveFrom | .//w:sdt[w:sdtPr/w:showingPlcHdr]"
    " | .//w:sdt[w:sdtPr/w:docPartObj/w:docPartGallery[@w:val='Table of Contents']]"
)
_WRAPPERS = ".//w:ins | .//w:moveTo | .//w:sdt | .//w:sdtContent | .//w:smartTag | .//w:customXml | .//w:fldSimple"
_IN_TEXT_BOX = ".//w:txbxContent//w:p[not(ancestor::*[local-name()='Fallback'])]"  # Word writes each box twice


def read(data: bytes, limits: Limits) -> Extracted:
    """Body text with blank lines between paragraphs, then footnotes; headers and footers are left out.

    Tracked changes are read as accepted.
    """
    import docx

    archive = open_zip(data, limits)
    try:
        document = docx.Document(io.BytesIO(data))
    except (KeyError, ValueError) as error:
        raise UnreadableError(f"is not a Word document: {reason(error)}; save it again as .docx") from error
    _unwrap(document.element.body)
    _write_figures(document.element.body)
    blocks = [block for block in _blocks(document.iter_inner_content(), Marks(document)) if block[0].strip()]
    blocks.extend((note, False) for note in _notes(archive))
    text = "".join(("\n" if listed else "\n\n") * (at > 0) + block for at, (block, listed) in enumerate(blocks))
    return core_metadata(document.core_properties, (text,), _heading(document))


def _unwrap(body: Any) -> None:
    """Put the content of insertions, content controls and fields, which python-docx passes over, in their place."""
    for element in body.xpath(_REJECTED):
        element.getparent().remove(element)
    for wrapper in body.xpath(_WRAPPERS):
        for child in list(wrapper):
            wrapper.addprevious(child)
        wrapper.getparent().remove(wrapper)


def _write_figures(body: Any) -> None:
    """Write raised and lowered figures, 10⁶ and CO₂, as characters of their own."""
    for run in body.xpath(".//w:r[w:rPr/w:vertAlign]"):
        raised = bool(run.xpath("./w:rPr/w:vertAlign[@w:val='superscript']"))
        before = "".join(run.xpath("./preceding-sibling::w:r[1]/w:t/text()"))
        for text in run.xpath("./w:t") if raised or run.xpath("./w:rPr/w:vertAlign[@w:val='subscript']") else ():
            text.text = as_figures("sup" if raised else "sub", text.text or "", before)


def _blocks(content: Iterator[Any], marks: Marks) -> Iterator[tuple[str, bool]]:
    """Paragraphs and tables, and which of them are items of lists."""
    for item in content:
        if hasattr(item, "rows"):
            yield _table_text(item, marks), False
            continue
        mark = marks.mark(item)
        yield (f"{mark} {item.text.strip()}", is_listed(item)) if mark and item.text.strip() else (item.text, False)
        for paragraph in item._p.xpath(_IN_TEXT_BOX):
            yield paragraph.text, False


def _table_text(table: Any, marks: Marks) -> str:
    rows = list(_rows(table, marks))
    if any(len(row) != len(rows[0]) for row in rows):
        return "\n".join(" | ".join(row) for row in rows)
    header = _has_header(table, rows)
    if len(rows[0]) == 2 and not header:
        return "\n".join(pairs_as_text(rows))
    return "\n".join(rows_as_text(rows, header=header or None))


def _rows(table: Any, marks: Marks) -> Iterator[list[str]]:
    for row in table.rows:
        cells: list[str] = []
        previous = None
        for cell in row.cells:
            if cell._tc is not previous:  # a merged cell is listed once for every column it spans
                cells.append(" ".join(_cell_text(cell, marks).split()))
            previous = cell._tc
        yield cells


def _has_header(table: Any, rows: list[list[str]]) -> bool:
    """Whether the first row is marked as the header: to be repeated, or alone in bold."""
    if len(rows) < 2 or not all(rows[0]) or max(map(len, rows[0])) > LONGEST_NAME:
        return False
    first, second = (table.rows[at]._tr for at in (0, 1))
    return bool(first.xpath("./w:trPr/w:tblHeader")) or (_is_bold(first) and not _is_bold(second))


def _is_bold(row: Any) -> bool:
    runs = [run for run in row.xpath(".//w:r[w:t]") if "".join(run.xpath("./w:t/text()")).strip()]
    bold = "./w:rPr/w:b[not(@w:val) or (@w:val!='0' and @w:val!='false')]"
    return bool(runs) and all(run.xpath(bold) for run in runs)


def _cell_text(cell: Any, marks: Marks) -> str:
    return "\n".join(text for text, _ in _blocks(cell.iter_inner_content(), marks))


def _notes(archive: Any) -> Iterator[str]:
    from lxml import etree

    word = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    for name in ("word/footnotes.xml", "word/endnotes.xml"):
        if name in archive.namelist():
            parser = etree.XMLParser(resolve_entities=False, no_network=True)
            for note in etree.fromstring(archive.read(name), parser).iter(f"{word}footnote", f"{word}endnote"):
                text = "".join(part.text or "" for part in note.iter(f"{word}t")).strip()
                if text:
                    yield text


def _heading(document: Any) -> str | None:
    for paragraph in document.paragraphs[:50]:
        style = (paragraph.style.name or "") if paragraph.style is not None else ""
        if style.startswith(("Title", "Titel", "Heading 1", "Überschrift 1")) and paragraph.text.strip():
            return " ".join(paragraph.text.split())
    return None
