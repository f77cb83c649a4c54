"""PDF by pdfium: paragraphs from the geometry of lines, running heads dropped, hyphenation mended."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from itertools import dropwhile, takewhile
from typing import TYPE_CHECKING

from rag_service.ingest.limits import Limits
from rag_service.ingest.readers.base import Extracted, UnreadableError
from rag_service.ingest.readers.hyphens import Hyphens
from rag_service.ingest.readers.pdf_filled import with_fields
from rag_service.ingest.readers.pdf_forms import Forms
from rag_service.ingest.readers.pdf_layout import Line, drop_running_heads, paragraphs
from rag_service.ingest.readers.pdf_tables import GAP, Cell
from rag_service.models import MetadataValue

if TYPE_CHECKING:
    import pypdfium2

_HYPHEN = "\ufffe"
_LINE = re.compile(rf"[^\r\n{_HYPHEN}]+{_HYPHEN}?")
_CELLS = 120  # characters of cells side by side: more are columns of prose
_SPACE = re.compile(r"\s+")
_DATE = re.compile(r"(?:D:)?(\d{4})(\d{2})?(\d{2})?(\d{2})?(\d{2})?")
_GENERIC_TITLES = (
    "(anonymous",
    "(unspecified",
    "untitled",
    "unbenannt",
    "microsoft word",
    "microsoft powerpoint",
    "document",
    "dokument",
    "anonymous",
)
_GENERIC_AUTHORS = frozenset({"anonymous", "unknown", "user", "admin", "(anonymous)", "unspecified", "(unspecified)"})


def read(data: bytes, limits: Limits) -> Extracted:
    """One text a page; a page without text (a scan) is empty, a file without any is unreadable."""
    document = _open(data)
    try:
        if len(document) > limits.max_pages:
            raise UnreadableError(f"has {len(document)} pages, more than max_pages ({limits.max_pages}); split it")
        with closing(Forms(document, limits)) as forms:
            layouts = drop_running_heads(list(_pages(document, forms, limits)))
        metadata = document.get_metadata_dict(skip_empty=True)
    finally:
        document.close()
    if not any(layouts):
        raise UnreadableError("holds no text, only images; run text recognition (OCR) on it first")
    hyphens = Hyphens(line.text for page in layouts for line in page)
    pages = [paragraphs(page, hyphens) for page in layouts]
    texts, joins = _joined(pages, hyphens)
    author = metadata.get("Author", "").strip()
    extra: dict[str, MetadataValue] = {"author": author} if author and author.lower() not in _GENERIC_AUTHORS else {}
    title = metadata.get("Title", "").strip()
    return Extracted(
        texts,
        paginated=True,
        joins=joins,
        title=title if title and not title.lower().startswith(_GENERIC_TITLES) else _largest_line(layouts),
        created=_date(metadata.get("CreationDate", "")),
        metadata=extra,
    )


def _open(data: bytes) -> pypdfium2.PdfDocument:
    import pypdfium2

    if b"%PDF-" not in data[:1024]:
        raise UnreadableError("is not a PDF; check the file's suffix")
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise UnreadableError("is password-protected; save it without a password") from error
        raise UnreadableError(f"is a broken PDF ({error}); print it to a new PDF") from error


def _pages(document: pypdfium2.PdfDocument, forms: Forms, limits: Limits) -> Iterator[list[Line]]:
    import pypdfium2

    characters = 0
    for number in range(len(document)):
        try:
            page = document[number]
            text_page = page.get_textpage()
        except pypdfium2.PdfiumError:  # one damaged page of many: the others are still worth having
            yield []
            continue
        fields = forms.fields(page)
        lines = _lines(text_page, page.get_height(), words=bool(fields))
        if fields:
            lines = with_fields(lines, fields, page.get_height())
        text_page.close()
        page.close()
        characters += sum(len(line.text) for line in lines)
        if characters > limits.max_characters:
            raise UnreadableError(f"holds more than max_characters ({limits.max_characters}); split it")
        yield lines


def _lines(text_page: pypdfium2.PdfTextPage, height: float, *, words: bool) -> list[Line]:
    """Lines in reading order with their boxes and cells, or words; pdfium marks a hyphen at a line's end by U+FFFE."""
    text = text_page.get_text_range()
    if len(text) != text_page.count_chars():  # characters that pdfium leaves out would shift the indices
        text = _every_character(text_page)
    found: list[Line] = []
    for match in _LINE.finditer(text):
        content = match.group().replace(_HYPHEN, "-").rstrip()
        if not content.strip():
            continue
        start = match.start() + len(content) - len(content.lstrip())
        left, bottom, _, top = text_page.get_charbox(start, loose=True)
        right = text_page.get_charbox(match.start() + len(content) - 1, loose=True)[2]
        bold = all(_is_bold(text_page, at) for at in (start, match.start() + len(content) - 1))
        cells = _cells(text_page, start, content.strip(), -math.inf if words else GAP * (top - bottom))
        line = Line(content.strip(), left, bottom, right, top, height, bold, cells)
        if found and _goes_on(found[-1], line):
            line = _beside(found.pop(), line)
        found.append(line)
    return found


def _goes_on(line: Line, other: Line) -> bool:
    """Whether a line that pdfium ends is a cell, and the next one the cell beside it."""
    level = abs(line.bottom - other.bottom) < 0.3 * other.size
    return level and other.left - line.right > GAP * other.size and len(line.text) + len(other.text) <= _CELLS


def _beside(line: Line, other: Line) -> Line:
    bold = line.bold and other.bold
    cells = (*line.cells, *other.cells)
    text = f"{line.text} {other.text}"
    return replace(line, text=text, right=other.right, top=max(line.top, other.top), bold=bold, cells=cells)


def _cells(text_page: pypdfium2.PdfTextPage, start: int, content: str, gap: float) -> tuple[Cell, ...]:
    """The parts of a line that begins at an index, between gaps at least that wide."""
    found: list[Cell] = []
    begin = 0
    left = text_page.get_charbox(start, loose=True)[0]
    for space in _SPACE.finditer(content + " "):
        right = text_page.get_charbox(start + space.start() - 1, loose=True)[2]
        after = text_page.get_charbox(start + space.end(), loose=True)[0] if space.end() < len(content) else math.inf
        if after - right > gap:
            found.append(Cell(" ".join(content[begin : space.start()].split()), left, right))
            begin, left = space.end(), after
    return tuple(found)


def _every_character(text_page: pypdfium2.PdfTextPage) -> str:
    from pypdfium2 import raw

    codes = (raw.FPDFText_GetUnicode(text_page, index) for index in range(text_page.count_chars()))
    return "".join(chr(code) for code in codes).replace("\x02", _HYPHEN)


def _is_bold(text_page: pypdfium2.PdfTextPage, index: int) -> bool:
    """By the font's name: the weight that pdfium reports is missing for the standard fonts."""
    import ctypes

    from pypdfium2 import raw

    name = ctypes.create_string_buffer(128)
    raw.FPDFText_GetFontInfo(text_page, index, name, len(name), None)
    return any(mark in name.value.lower() for mark in (b"bold", b"black", b"heavy"))


def _joined(pages: list[tuple[str, bool]], hyphens: Hyphens) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Page texts and what stands between them; a sentence that runs over the page's end stays in one line."""
    texts = [text for text, _ in pages]
    joins: list[str] = []
    for index in range(len(pages) - 1):
        following = texts[index + 1]
        if not (pages[index][1] and following):
            joins.append("\n\n")
            continue
        texts[index], rest = hyphens.join(texts[index], following)
        joins.append(" " if rest.startswith(" ") else "")
    return tuple(texts), tuple(joins)


def _largest_line(pages: list[list[Line]]) -> str | None:
    """The first page's line in the largest type, when it stands out."""
    first = next((page for page in pages if page), [])
    sizes = sorted(line.size for line in first)
    if not sizes or sizes[-1] < 1.15 * sizes[len(sizes) // 2]:
        return None
    large = dropwhile(lambda line: line.size < sizes[-1] - 0.1, first)
    return " ".join(line.text for line in takewhile(lambda line: line.size > sizes[-1] - 0.1, large))


def _date(written: str) -> str | None:
    """ISO form of a PDF date: D:20190425084400+02'00'."""
    match = _DATE.match(written)
    if match is None:
        return None
    year, month, day, hour, minute = match.groups()
    date = "-".join(part for part in (year, month, day) if part)
    return f"{date}T{hour}:{minute}" if hour and minute and day else date
