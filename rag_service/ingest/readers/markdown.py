"""Markdown as plain text, line for line: line numbers stay those of the file, marks are gone."""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import TYPE_CHECKING

import lxml.html

from rag_service.ingest.limits import Limits
from rag_service.ingest.readers.base import Extracted
from rag_service.ingest.readers.decode import decode
from rag_service.ingest.readers.front_matter import split_front_matter
from rag_service.ingest.readers.hyphens import Hyphens, has_broken_words, mend_lines
from rag_service.ingest.readers.markdown_inline import inline_lines
from rag_service.ingest.readers.markup import prepare, visible_text
from rag_service.ingest.readers.table import labelled, pairs_as_text

if TYPE_CHECKING:
    from markdown_it.token import Token

_MAX_NESTING = 100  # what is nested deeper is left out; a list's level takes two
_BREAKS = re.compile(r"\r\n?|\n")
_TAG = re.compile(r"<[a-zA-Z]")
_COMMENT = re.compile(r"<!--.*?(?:-->|$)", re.DOTALL)
_MARKS = re.compile(r"[>#|]+ ?")
_MISSES = 50  # words that are looked for to the end of a block, but stand nowhere in it
_NEAR = 5_000  # characters in which the others are looked for


def read(data: bytes, limits: Limits) -> Extracted:
    """Text without front matter, emphasis, link targets, images, raw HTML and comments."""
    lines = _BREAKS.split(decode(data))
    front, used = split_front_matter(lines)
    lines[:used] = [""] * used
    rendered, heading = render(lines)
    return Extracted(
        ("\n".join(rendered),),
        title=front.title or heading,
        published=front.published,
        language=front.language,
        metadata=front.metadata,
    )


def render(lines: list[str]) -> tuple[list[str], str | None]:
    """Each source line as plain text, and the first top heading."""
    from markdown_it import MarkdownIt

    out = [""] * len(lines)
    heading: str | None = None
    table = _Table(out)
    hyphens = Hyphens(lines if has_broken_words(lines) else ())
    for token in (
        MarkdownIt("commonmark", {"html": True, "maxNesting": _MAX_NESTING}).enable("table").parse("\n".join(lines))
    ):
        if table.takes(token) or token.map is None:
            continue
        first, last = token.map
        if token.type == "inline":
            raw = token.content.split("\n")
            texts = mend_lines(inline_lines(token.children or []), hyphens, raw)
            if lines[first].lstrip().startswith("#") or _underlined(lines, last):
                heading = heading or " ".join(texts).strip() or None
            _place(out, lines, first, texts, raw)
        elif token.type in ("fence", "code_block"):
            start = first + (token.type == "fence")
            code = token.content.split("\n")[: max(0, last - start)]
            _place(out, lines, start, code, code)
        elif token.type == "html_block":
            _place(out, lines, first, _html_lines(token.content), [])
    return out, heading


class _Table:
    """The rows of the table that the tokens are within, each told with its columns' names where its line stands."""

    def __init__(self, out: list[str]) -> None:
        self._out = out
        self._header: list[str] = []
        self._cells: list[str] | None = None
        self._line = self._header_line = 0

    def takes(self, token: Token) -> bool:
        """Whether a token is a table's."""
        if token.type == "tr_open" and token.map is not None:
            self._cells, self._line = [], token.map[0]
        elif token.type == "tr_close":
            self._end_row()
        elif token.type == "table_close":
            self._header = []
        elif token.type == "inline" and self._cells is not None:
            self._cells.append(" ".join(" ".join(inline_lines(token.children or [])).split()))
        else:
            return False
        return True

    def _end_row(self) -> None:
        cells, self._cells = self._cells or [], None
        if self._header:
            named = any(self._header)
            self._out[self._line] = labelled(self._header, cells) if named else "".join(pairs_as_text([cells]))
            self._out[self._header_line] = ""
        else:
            self._header, self._header_line = cells, self._line
            self._out[self._line] = " | ".join(cell for cell in cells if cell)


def _underlined(lines: list[str], last: int) -> bool:
    return last - 1 < len(lines) and re.fullmatch(r"\s{0,3}=+\s*", lines[last - 1]) is not None


def _place(out: list[str], lines: list[str], first: int, texts: list[str], raw: list[str]) -> None:
    """Put rendered lines where their raw form stands, behind what precedes it: list marks, often a date's day."""
    for offset, text in enumerate(texts[: len(out) - first]):
        row = first + offset
        own = raw[offset].strip() if offset < len(raw) else ""
        before = _MARKS.sub("", lines[row][: max(0, lines[row].find(own))]) if own else ""
        out[row] = before + text.strip() if before.strip() else text.rstrip()


def _html_lines(markup: str) -> list[str]:
    """Visible text of raw HTML, each line where its last word stands in the source."""
    rows = markup.split("\n")
    out = [""] * len(rows)
    told = _COMMENT.sub("", markup).strip()
    if not _TAG.search(told) and (not told or told.startswith("<")):
        return out
    root = lxml.html.fragment_fromstring(markup, create_parent="div")
    prepare(root)
    lines = [line for line in visible_text(root).split("\n") if line.strip()]
    placed: list[list[str]] = [[] for _ in rows]
    for row, line in zip(_rows_of([line.split()[-1] for line in lines], rows), lines, strict=True):
        placed[row].append(line.strip() if placed[row] else line.rstrip())
    return [" ".join(parts) for parts in placed]


def _rows_of(words: Iterable[str], rows: Iterable[str]) -> Iterator[int]:
    """The row of each word, behind the word before it; of one that stands nowhere, the row of that."""
    plain = [html.unescape(row) for row in rows]
    text, ends = "\n".join(plain), list(accumulate(len(row) + 1 for row in plain))
    row = at = missed = 0
    for word in words:
        found = text.find(word, at, len(text) if missed < _MISSES else at + _NEAR)
        if found < 0:
            missed += 1
        else:
            row, at = bisect_right(ends, found), found + len(word)
        yield row
