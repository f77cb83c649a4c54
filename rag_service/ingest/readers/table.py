"""Tables as text that reads without its header row: one line a row, each value with its column's name."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, repeat

from rag_service.ingest.limits import Limits
from rag_service.ingest.readers.base import Extracted, UnreadableError, join_lines
from rag_service.ingest.readers.decode import decode

_FIELD_LIMIT = 10_000_000
LONGEST_NAME = 80  # characters of a column's name


def read(data: bytes, limits: Limits) -> Extracted:
    """A csv or tsv file; the delimiter is taken from the first lines."""
    text = decode(data)
    sample = text[:65_536]
    csv.field_size_limit(_FIELD_LIMIT)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(sample)))
    except csv.Error as error:
        raise UnreadableError(f"is not a well-formed table: {error}; export it again as CSV") from error
    return Extracted((join_lines(rows_as_text(rows), limits),))


def _delimiter(sample: str) -> str:
    lines = [line for line in sample.splitlines()[:20] if line.strip()]
    counts = {mark: [line.count(mark) for line in lines] for mark in "\t;,|"}
    return max(counts, key=lambda mark: (min(counts[mark], default=0), sum(counts[mark])))


def rows_as_text(rows: Iterable[Sequence[str]], *, header: bool | None = None) -> Iterator[str]:
    """Each row as 'column: value; column: value'; a table without a header row as its values.

    ``header`` says whether the first row names the columns; None where that is to be guessed.
    """
    filled = [[" ".join(cell.split()) for cell in row] for row in rows]
    filled = [row for row in filled if any(row)]
    if not filled:
        return
    if len(filled) == 1 or not (_is_header(filled) if header is None else header):
        yield from (" | ".join(cell for cell in row if cell) for row in filled)
        return
    yield from (labelled(filled[0], row) for row in filled[1:])


def labelled(header: Sequence[str], row: Sequence[str]) -> str:
    """A row with its columns' names: 'column: value; column: value'; what has no name or no value goes without."""
    named = zip(chain(header, repeat("")), row, strict=False)
    return "; ".join(f"{name}: {cell}" if name else cell for name, cell in named if cell)


def pairs_as_text(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows of two cells as 'name: value'; others, and those with a long name, as their values."""
    for row in rows:
        cells = [" ".join(cell.split()) for cell in row]
        if len(cells) == 2 and all(cells) and len(cells[0]) <= LONGEST_NAME:
            yield f"{cells[0].rstrip(' :')}: {cells[1]}"
        else:
            yield " | ".join(cell for cell in cells if cell)


def _is_header(rows: Sequence[Sequence[str]]) -> bool:
    header = [cell for cell in rows[0] if cell]
    width = max(len(row) for row in rows[:20])
    words = all(not cell[0].isdigit() and len(cell) <= LONGEST_NAME for cell in header)
    return words and len(header) == len(set(header)) and len(header) >= max(1, width - 1)
