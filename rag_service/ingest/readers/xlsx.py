"""Spreadsheets: one page a sheet, rows with their columns' names."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import chain, islice
from typing import Any

from rag_service.ingest.limits import Limits
from rag_service.ingest.readers.base import Extracted, UnreadableError, join_lines
from rag_service.ingest.readers.office import core_metadata
from rag_service.ingest.readers.table import rows_as_text
from rag_service.ingest.readers.table_header import SAMPLE, names_columns
from rag_service.ingest.readers.xlsx_numbers import number_text, span_text
from rag_service.ingest.readers.zipped import open_zip


def read(data: bytes, limits: Limits) -> Extracted:
    """Visible sheets in order, each headed by its name; formulas as last computed, numbers as they are shown."""
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    open_zip(data, limits)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except (KeyError, ValueError, InvalidFileException, zipfile.BadZipFile) as error:
        raise UnreadableError(f"is not a spreadsheet: {error}; save it again as .xlsx") from error
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    pages = tuple(_page(sheet.title, join_lines(_lines(sheet, limits), limits)) for sheet in sheets)
    extracted = core_metadata(book.properties, pages, None, paginated=True)
    book.close()
    return extracted


def _page(title: str, text: str) -> str:
    return f"{title}\n\n{text}" if text else ""


def _lines(sheet: Any, limits: Limits) -> Iterator[str]:
    rows = _rows(sheet, limits)
    first = list(islice(rows, SAMPLE))
    at = _bold_header(first)
    texts = (cells for cells, _ in chain(first, rows))
    above = list(islice(texts, at or 0))
    return chain(rows_as_text(above, header=False), rows_as_text(texts, header=None if at is None else True))


def _rows(sheet: Any, limits: Limits) -> Iterator[tuple[list[str], Sequence[Any]]]:
    """Texts of each row's cells, and the cells; a row without text as an empty one."""
    sheet.reset_dimensions()  # those that the file states are wrong in some programs' exports
    total = 0
    for row in sheet.iter_rows():
        cells = [_text(cell) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        total += sum(map(len, cells))
        if total > limits.max_characters:
            raise UnreadableError(f"holds more than max_characters ({limits.max_characters}); split it")
        yield cells or [""], row


def _bold_header(rows: Sequence[tuple[list[str], Sequence[Any]]]) -> int | None:
    """The row of names that is alone in bold; narrower ones may stand above."""
    filled = [(at, texts, row) for at, (texts, row) in enumerate(rows) if any(texts)]
    widest = 1
    for place, (at, texts, row) in enumerate(filled[:-1]):
        below = filled[place + 1 :]
        if len(texts) - texts.count("") > widest and _is_bold(row):
            named = not _is_bold(below[0][2]) and names_columns(texts, [other for _, other, _ in below])
            return at if named else None
        widest = max(widest, len(texts) - texts.count(""))
    return None


def _is_bold(row: Sequence[Any]) -> bool:
    try:
        return all(cell.font.bold for cell in row if cell.value is not None)
    except IndexError:  # as in `_format`
        return False


def _text(cell: Any) -> str:
    """The cell's value as it is shown; dates as 2019-04-25."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, (datetime, date)):
        return value.isoformat().replace("T", " ")
    if isinstance(value, timedelta):
        return span_text(value, _format(cell))
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return number_text(value, _format(cell))
    return str(value)


def _format(cell: Any) -> str:
    try:
        return str(cell.number_format)
    except IndexError:  # some programs name a style that they did not write
        return "General"
