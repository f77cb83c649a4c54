"""Chunks of a source text along sentence and paragraph boundaries, sized in the embedder's tokens."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from rag_service.models import Chunk
from rag_service.text.sentences import is_row, split_sentences

TokenSpans = Callable[[str], NDArray[np.int32]]

_BLOCK = 20_000
_WIDEST = 40  # characters that a chunk may hold for each token of its limit: white space and unknown signs cost none
_CLAUSE = re.compile(r"[,;:)\u2013\u2014\u3001\uff0c\uff1b]\s*$")
_SPACE = re.compile(r"\s*")
_FINAL = re.compile(r"[.!?\u2026\u3002\uff01\uff1f\u0964\u061f:;,]\W*$")
_HEADING_CHARACTERS = 120


class Break(IntEnum):
    """How well a text may be cut after a unit; lower is better."""

    PARAGRAPH = 0
    SENTENCE = 1
    CLAUSE = 2
    HEADING = 3


_COST = {Break.PARAGRAPH: 0.0, Break.SENTENCE: 0.25, Break.CLAUSE: 0.5, Break.HEADING: 1.0}


@dataclass(frozen=True, slots=True)
class _Unit:
    """What is never cut: a sentence, or a piece of one that is longer than a chunk."""

    start: int
    end: int
    first: int  # index of its first token
    last: int  # index after its last token
    after: Break


def cut(text: str, language: str, token_spans: TokenSpans, max_tokens: int, overlap_tokens: int) -> list[Chunk]:
    """Chunks in order: they cover every character that is not white space, and none exceeds `max_tokens`.

    Nor has any more than 40 characters for each of these.

    Neighbours share as many whole sentences as fit in `overlap_tokens`, and none holds another. A cut
    prefers the end of a paragraph to the end of a sentence, never follows a heading if there is a choice,
    and leaves chunks of similar size. `token_spans` gives an array of shape (t, 2) of code-point offsets.
    """
    tokens = _TokenIndex(text, token_spans)
    units = list(_units(text, language, tokens, max_tokens))
    chunks: list[Chunk] = []
    first = least = 0  # the chunk begins at one unit and ends at the other or behind it
    while first < len(units):
        last = _choose_end(units, first, least, max_tokens, overlap_tokens)
        while (count := tokens.count(units[first].start, units[last].end)) > max_tokens and first < last:
            first, last = (first, last - 1) if last > least else (first + 1, last)
        start, end = units[first].start, units[last].end
        chunks.append(Chunk(len(chunks), start, end, text[start:end], count))
        if last + 1 == len(units):
            break
        first, least = _overlap_start(units, first, last, max_tokens, overlap_tokens), last + 1
    return chunks


class _TokenIndex:
    """Token offsets of a whole text, computed block by block so that memory stays bounded."""

    def __init__(self, text: str, token_spans: TokenSpans) -> None:
        self._text = text
        self._token_spans = token_spans
        starts = [
            np.asarray(token_spans(text[begin:end]), dtype=np.int64).reshape(-1, 2)[:, 0] + begin
            for begin, end in _blocks(text)
        ]
        self.starts: list[int] = np.maximum.accumulate(np.concatenate(starts)).tolist() if starts else []

    def at(self, position: int) -> int:
        """Number of tokens that start before a position."""
        return bisect_left(self.starts, position)

    def count(self, start: int, end: int) -> int:
        """Tokens of a span; counted anew where it begins or ends inside a word, which changes them."""
        if self._inside_word(start) or self._inside_word(end):
            return len(self._token_spans(self._text[start:end]))
        return self.at(end) - self.at(start)

    def _inside_word(self, position: int) -> bool:
        if not 0 < position < len(self._text):
            return False
        return not (self._text[position - 1].isspace() or self._text[position].isspace())


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Spans of about _BLOCK characters that end at white space where there is some."""
    begin = 0
    while begin < len(text):
        end = min(begin + _BLOCK, len(text))
        while end < len(text) and end > begin + _BLOCK // 2 and not text[end].isspace():
            end -= 1
        yield begin, end
        begin = end


def _units(text: str, language: str, tokens: _TokenIndex, max_tokens: int) -> Iterator[_Unit]:
    spans = split_sentences(text, language)
    for index, (start, end) in enumerate(spans):
        after = _break_after(text, spans, index)
        if end - start <= _WIDEST * max_tokens and tokens.count(start, end) <= max_tokens:
            yield _Unit(start, end, tokens.at(start), tokens.at(end), after)
            continue
        for begin, stop in _pieces(text, start, end, tokens, max_tokens):
            kind = after if stop == end else Break.CLAUSE
            yield _Unit(begin, stop, tokens.at(begin), tokens.at(stop), kind)


def _break_after(text: str, spans: Sequence[tuple[int, int]], index: int) -> Break:
    start, end = spans[index]
    gap = text[end : spans[index + 1][0]] if index + 1 < len(spans) else "\n\n"
    if "\n" not in gap:
        return Break.SENTENCE
    alone = index == 0 or "\n" in text[spans[index - 1][1] : start]
    if alone and end - start <= _HEADING_CHARACTERS and _is_heading(text[start:end]):
        return Break.HEADING
    return Break.PARAGRAPH if gap.count("\n") > 1 else Break.SENTENCE


def _is_heading(line: str) -> bool:
    """Whether a line belongs to what follows: a heading, a question, what announces a list."""
    if line[-1] in "?\uff1f:":
        return True
    return line.startswith("#") or not (_FINAL.search(line) or line[0] in "-*+\u2022" or is_row(line))


def _pieces(text: str, start: int, end: int, tokens: _TokenIndex, limit: int) -> Iterator[tuple[int, int]]:
    """A too long sentence cut at clauses, else between words, else between tokens, else anywhere."""
    begin = start
    while begin < end:
        stop = _piece_end(text, begin, end, tokens, limit)
        while tokens.count(begin, stop) > limit and tokens.at(stop) - tokens.at(begin) > 1:
            excess = tokens.count(begin, stop) - limit
            stop = tokens.starts[max(tokens.at(begin) + 1, tokens.at(stop) - excess)]
        piece = text[begin:stop].rstrip()
        yield begin, begin + len(piece)
        begin = _SPACE.match(text, stop, end).end()  # type: ignore[union-attr]  # matches the empty string


def _piece_end(text: str, begin: int, end: int, tokens: _TokenIndex, limit: int) -> int:
    if end - begin > _WIDEST * limit:
        before = text[begin : begin + _WIDEST * limit].rsplit(None, 1)
        end = begin + (len(before[0]) if len(before) > 1 else _WIDEST * limit)
    first, last = tokens.at(begin), tokens.at(end)
    if first + limit >= last:
        return end
    candidates = [at for at in tokens.starts[first + limit // 2 : first + limit + 1] if at > begin]
    between_words = [at for at in candidates if text[at - 1].isspace()]
    clauses = [at for at in between_words if _CLAUSE.search(text[max(begin, at - 8) : at])]
    return (clauses or between_words or candidates or [end])[-1]


def _choose_end(units: Sequence[_Unit], first: int, least: int, max_tokens: int, overlap_tokens: int) -> int:
    """Index of the last unit of the chunk that starts at `first`: `least` or one behind it."""
    origin = units[first].first
    remaining = units[-1].last - origin
    farthest = units[first].start + _WIDEST * max_tokens
    if remaining <= max_tokens and units[-1].end <= farthest:
        return len(units) - 1
    fresh = max_tokens - overlap_tokens
    ideal = min(max_tokens, remaining / max(1, math.ceil(remaining / fresh)) + overlap_tokens)
    best, best_cost = least, math.inf
    for index in range(least, len(units)):
        size = units[index].last - origin
        if (size > max_tokens or units[index].end > farthest) and index > least:
            break
        cost = abs(size - ideal) / max_tokens + _COST[units[index].after]
        if cost <= best_cost:
            best, best_cost = index, cost
    return best


def _overlap_start(units: Sequence[_Unit], first: int, last: int, max_tokens: int, overlap_tokens: int) -> int:
    """Index of the next chunk's first unit: after `last`, less the whole sentences that the overlap holds."""
    room = min(overlap_tokens, max_tokens - (units[last + 1].last - units[last + 1].first))
    start = last + 1
    nearest = units[last + 1].end - _WIDEST * max_tokens
    while start - 1 > first and units[last].last - units[start - 1].first <= room:
        if units[start - 1].after is Break.CLAUSE or units[start - 1].start < nearest:
            break
        start -= 1
    return start


class Chunker:
    """Cuts documents with one setting, through this package's LlamaIndex node parser; safe to share between threads."""

    def __init__(self, token_spans: TokenSpans, max_tokens: int, overlap_tokens: int) -> None:
        """Import what the parser needs of LlamaIndex: here, so that no two threads do it at once."""
        from rag_service.ingest.llama_parts import parts_alone

        with parts_alone():
            from llama_index.core.schema import Document as LlamaDocument

            from rag_service.ingest.nodes import SentenceNodeParser

            self._document = LlamaDocument
            self._parser = SentenceNodeParser(
                token_spans=token_spans,
                max_tokens=max_tokens,
                overlap_tokens=overlap_tokens,
                include_prev_next_rel=False,  # nobody follows them, and each costs a digest of the text
            )

    def chunks(self, text: str, language: str) -> list[Chunk]:
        """Chunks of a source text as `cut` describes them."""
        nodes = self._parser.get_nodes_from_documents([self._document(text=text, metadata={"language": language})])
        return [self._parser.chunk(node) for node in nodes]
