"""Tables as text that reads without its header row: one line a row, each value with its column's name."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from rag_service.ingest.limits import Limits
from rag_service.ingest.readers.base import Extracted, UnreadableError
from rag_service.ingest.readers.decode import decode

_FIELD_LIMIT = 10_000_000


def read(data: bytes, limits: Limits) -> Extracted:
    """A csv or tsv file; the delimiter is taken from the first lines."""
    text = decode(data)
    sample = text[:65_536]
    csv.field_size_limit(_FIELD_LIMIT)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(sample)))
    except csv.Error as error:
        raise UnreadableError(f"is not a well-formed table: {error}; export it again as CSV") from error
    return Extracted(("\n".join(rows_as_text(rows)),))


def _delimiter(sample: str) -> str:
    lines = [line for line in sample.splitlines()[:20] if line.strip()]
    counts = {mark: [line.count(mark) for line in lines] for mark in "\t;,|"}
    return max(counts, key=lambda mark: (min(counts[mark], default=0), sum(counts[mark])))


def rows_as_text(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Each row as 'column: value; column: value'; a table without a header row as its values."""
    filled = [[" ".join(cell.split()) for cell in row] for row in rows]
    filled = [row for row in filled if any(row)]
    if not filled:
        return
    header = filled[0]
    if not _is_header(filled):
        yield from (" | ".join(cell for cell in row if cell) for row in filled)
        return
    if len(filled) == 1:
        yield " | ".join(cell for cell in header if cell)
    for row in filled[1:]:
        names = [*header, *[""] * (len(row) - len(header))]
        yield "; ".join(f"{name}: {cell}" if name else cell for name, cell in zip(names, row, strict=False) if cell)


def _is_header(rows: Sequence[Sequence[str]]) -> bool:
    header = [cell for cell in rows[0] if cell]
    width = max(len(row) for row in rows[:20])
    words = all(not cell[0].isdigit() and len(cell) <= 80 for cell in header)
    return words and len(header) == len(set(header)) and len(header) >= max(1, width - 1)
