"""Tables as text that reads without its header row: one line a row, each value with its column's name."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice, repeat

from rag_service.ingest.limits import Limits
from rag_service.ingest.readers.base import Extracted, UnreadableError, join_lines
from rag_service.ingest.readers.decode import decode
from rag_service.ingest.readers.table_header import LONGEST_NAME, SAMPLE, Header, columns, find_header, is_number

_FIELD_LIMIT = 10_000_000
_MOST_TABLES = 100  # below one another: rows that are parted more often are one table's
_SEPARATOR = re.compile(r'"?sep=([^\w\s"]|\t)"?\s*\n', re.IGNORECASE)


def read(data: bytes, limits: Limits) -> Extracted:
    """A csv or tsv file; the delimiter is the one that Excel's own first line names, or taken from the first lines."""
    text = decode(data)
    named = _SEPARATOR.match(text)
    if named:
        text = text[named.end() :]
    csv.field_size_limit(_FIELD_LIMIT)
    mark = named[1] if named else _delimiter(text[:65_536])
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=mark))
    except csv.Error as error:
        raise UnreadableError(f"is not a well-formed table: {error}; export it again as CSV") from error
    return Extracted((join_lines(rows_as_text(rows), limits),))


def _delimiter(sample: str) -> str:
    """The mark that most lines hold; a title above the table holds none."""
    lines = [line for line in sample.splitlines()[:20] if line.strip()]
    counts = {mark: [line.count(mark) for line in lines] for mark in "\t;,|"}
    return max(counts, key=lambda mark: (sum(map(bool, counts[mark])), min(counts[mark], default=0), sum(counts[mark])))


def rows_as_text(rows: Iterable[Sequence[str]], *, header: bool | None = None) -> Iterator[str]:
    """Each row as 'column: value; column: value'; titles as lines of their own, rows without names as their values.

    ``header`` says whether the first row below the titles names the columns; None where that is to be guessed.
    A row of empty cells parts what stands above it from notes and further tables below.
    """
    parts = _parts(rows)
    if sum(map(len, parts)) == 1:
        yield values(parts[0][0])
        return
    lone = all(_filled(row) == 1 for part in parts for row in part)
    names: Sequence[str] = ()
    above = 1  # cells of the widest row so far
    for at, part in enumerate(parts):
        found = None
        if header and not names:
            found = _stated(part, lone)
        elif header is not False and at < _MOST_TABLES:
            anew = bool(names) or 1 < len(columns(part)) <= above
            found = find_header(_ahead(parts, at), len(part), anew=anew)
        above = max(above, *map(_filled, part))
        if found:
            yield from _unnamed(part[: found.first])
            names, told = found.names, part[found.first : found.end]
            part = [row for row in part[found.end :] if row not in told]  # they may be repeated for print
        if not names:
            yield from _unnamed(part)
            continue
        notes = not (found or lone or any(_filled(row) > 1 for row in part))
        yield from (row[0] if notes and row[0] else labelled(names, row) for row in part)


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
            yield "".join(cells) if _filled(cells) == 1 else values(cells)


def values(row: Sequence[str]) -> str:
    """A row without names; an empty cell keeps its place, which tells the columns of those behind it."""
    end = max((at for at, cell in enumerate(row, start=1) if cell), default=0)
    return " | ".join(row[:end])


def _parts(rows: Iterable[Sequence[str]]) -> list[list[list[str]]]:
    """Filled rows between rows of empty cells, without columns that are empty in all."""
    parts: list[list[list[str]]] = [[]]
    for row in rows:
        cells = [" ".join(cell.split()) for cell in row]
        if any(cells):
            parts[-1].append(cells)
        elif cells and parts[-1]:  # a line of a csv file without any cell says nothing
            parts.append([])
    used = {column for part in parts for row in part for column, cell in enumerate(row) if cell}
    if len(used) <= max(used, default=-1):
        parts = [[[cell for column, cell in enumerate(row) if column in used] for row in part] for part in parts]
    return [part for part in parts if part]


def _ahead(parts: Sequence[Sequence[Sequence[str]]], at: int) -> Sequence[Sequence[str]]:
    """A part's rows; with those below it where it is only a title, a header, or pairs that may stand above a table."""
    part = parts[at]
    if len(columns(part)) > 2 and sum(_filled(row) > 1 for row in part) > 1:
        return part
    return list(islice(chain.from_iterable(parts[at : at + 2 * SAMPLE]), len(part) + SAMPLE))


def _stated(part: Sequence[Sequence[str]], lone: bool) -> Header | None:
    """The header of a table that is said to have one: its first row of more than one cell."""
    at = next((at for at, row in enumerate(part) if lone or _filled(row) > 1), None)
    return None if at is None else Header(tuple(part[at]), at, at + 1)


def _unnamed(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Titles, then rows of two columns as 'name: value', unless the first one counts; others as their values."""
    titles = next((at for at, row in enumerate(rows) if _filled(row) > 1), len(rows))
    yield from ("".join(row) for row in rows[:titles])
    rows = rows[titles:]
    held = columns(rows)
    pairs = [[row[column] if column < len(row) else "" for column in held] for row in rows]
    beside = len(held) == 2 and (held[0] == 0 or held[1] - held[0] == 1)
    if not beside or all(is_number(pair[0]) for pair in pairs if pair[0]):
        yield from map(values, rows)
    else:
        yield from pairs_as_text([pair if any(pair) else row for pair, row in zip(pairs, rows, strict=True)])


def _filled(row: Sequence[str]) -> int:
    return len(row) - row.count("")
