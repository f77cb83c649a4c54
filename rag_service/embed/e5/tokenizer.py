"""SentencePiece's Unigram segmentation over the bundled vocabulary, with offsets into the original text.

With 250,002 pieces the `tokenizers` library takes 0.65 s to set up, which the first question of every process
would pay. No piece spans a word's boundary, so here each word is segmented on its own and remembered: as fast on
running text, and ready in a fifth of the time. Token ids are tested against that library.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from rag_service.embed.e5.weights import Vocabulary

_SPACE = 0x20
_SPACES = (0x20, 0x0A, 0x0D, 0x09)
_WORD_START = "\u2581"
_REPLACEMENT = 0xFFFD
_UNKNOWN_PENALTY = 10.0
_REMEMBERED_WORDS = 1 << 16
_LONGEST_REMEMBERED = 64
_STRETCH = 1 << 16
_CODE_POINTS = 0x110000


@dataclass(frozen=True, slots=True)
class Tokens:
    """Token ids (t,) and their spans (t, 2) in code points of the text they come from."""

    ids: NDArray[np.int32]
    spans: NDArray[np.int32]


class Tokenizer:
    """Segments text into the pieces that are likeliest together; safe to share between threads."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.begin = vocabulary.begin
        self.end = vocabulary.end
        self._unknown = vocabulary.unknown
        self._pieces = dict(zip(vocabulary.pieces, range(len(vocabulary.pieces)), strict=True))
        for special in (vocabulary.begin, vocabulary.end, vocabulary.unknown):
            del self._pieces[vocabulary.pieces[special]]
        self._scores = vocabulary.scores
        self._longest = max(map(len, vocabulary.pieces))
        self._unknown_score = min(vocabulary.scores) - _UNKNOWN_PENALTY
        self._form_start, self._form_length, self._forms = _form_tables(vocabulary.normal_forms)
        self._segment_remembered = lru_cache(_REMEMBERED_WORDS)(self._segment)

    def tokenize(self, text: str) -> Tokens:
        """Segment a text of any length, without special tokens, in time linear in its length."""
        ids: list[NDArray[np.int32]] = []
        spans: list[NDArray[np.int32]] = []
        codes = _code_points(text)
        for start, end in _stretches(codes):
            part = self._tokenize_stretch(codes[start:end])
            ids.append(part.ids)
            spans.append(part.spans + np.int32(start))
        if not ids:
            return Tokens(np.empty(0, np.int32), np.empty((0, 2), np.int32))
        return Tokens(np.concatenate(ids), np.concatenate(spans))

    def _tokenize_stretch(self, codes: NDArray[np.uint32]) -> Tokens:
        normal, origin = self._normalise(codes)
        ids: list[int] = []
        lengths: list[int] = []
        for word in filter(None, normal.tobytes().decode("utf-32-le").split(" ")):
            remembered = len(word) <= _LONGEST_REMEMBERED
            pieces, sizes = (self._segment_remembered if remembered else self._segment)(_WORD_START + word)
            ids += pieces
            lengths += sizes
        sizes_array = np.array(lengths, np.int32)
        ends = np.cumsum(sizes_array, dtype=np.int32)
        starts = ends - sizes_array
        padded = np.concatenate([[np.uint32(_SPACE)], normal])
        starts += (padded[starts] == _SPACE) & (ends > starts)
        return Tokens(np.array(ids, np.int32), _original_spans(starts - 1, ends - 1, origin))

    def _normalise(self, codes: NDArray[np.uint32]) -> tuple[NDArray[np.uint32], NDArray[np.int32]]:
        """Rewrite code points and collapse spaces; also give each result's position in the original."""
        lengths = self._form_length[codes]
        origin = np.repeat(np.arange(len(codes), dtype=np.int32), lengths)
        first = np.cumsum(lengths, dtype=np.int64) - lengths
        within = np.arange(len(origin)) - first[origin]
        normal = codes[origin]
        rewritten = self._form_start[normal] >= 0
        normal[rewritten] = self._forms[self._form_start[normal[rewritten]] + within[rewritten]]
        space = normal == _SPACE
        after_space = np.concatenate([[True], space[:-1]])[: len(space)]
        kept = ~(space & after_space)
        return normal[kept], origin[kept]

    def _segment(self, word: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Viterbi over one word; neighbouring unknown characters become one unknown token."""
        size = len(word)
        best = [0.0] + [float("-inf")] * size
        came: list[tuple[int, int]] = [(0, 0)] * (size + 1)
        pieces, scores, longest = self._pieces, self._scores, self._longest
        for start in range(size):
            base = best[start]
            for end in range(start + 1, min(start + longest, size) + 1):
                piece = pieces.get(word[start:end])
                if piece is not None and base + scores[piece] > best[end]:
                    best[end] = base + scores[piece]
                    came[end] = (start, piece)
            if base + self._unknown_score > best[start + 1]:
                best[start + 1] = base + self._unknown_score
                came[start + 1] = (start, self._unknown)
        return self._collect(came, size)

    def _collect(self, came: list[tuple[int, int]], end: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
        ids: list[int] = []
        lengths: list[int] = []
        while end > 0:
            start, piece = came[end]
            if piece == self._unknown and ids and ids[-1] == self._unknown:
                lengths[-1] += end - start
            else:
                ids.append(piece)
                lengths.append(end - start)
            end = start
        return tuple(reversed(ids)), tuple(reversed(lengths))


def _code_points(text: str) -> NDArray[np.uint32]:
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.uint32)
    codes[(codes >= 0xD800) & (codes <= 0xDFFF)] = _REPLACEMENT
    codes[codes == 0] = _SPACE
    return codes


def _stretches(codes: NDArray[np.uint32]) -> Iterator[tuple[int, int]]:
    """Cut a long text before spaces where it has them, so that memory stays bounded."""
    start = 0
    while len(codes) - start > _STRETCH:
        spaces = np.flatnonzero(np.isin(codes[start + 1 : start + _STRETCH], _SPACES))
        end = start + 1 + int(spaces[-1]) if len(spaces) else start + _STRETCH
        yield start, end
        start = end
    if start < len(codes):
        yield start, len(codes)


def _original_spans(starts: NDArray[np.int32], ends: NDArray[np.int32], origin: NDArray[np.int32]) -> NDArray[np.int32]:
    if not len(starts):
        return np.empty((0, 2), np.int32)
    first = origin[np.minimum(starts, len(origin) - 1)]
    last = np.where(ends > starts, origin[np.maximum(ends - 1, 0)] + 1, first)
    return np.stack([first, last], axis=1).astype(np.int32)


def _form_tables(
    forms: dict[int, str],
) -> tuple[NDArray[np.int32], NDArray[np.uint8], NDArray[np.uint32]]:
    start = np.full(_CODE_POINTS, -1, np.int32)
    length = np.ones(_CODE_POINTS, np.uint8)
    joined = "".join(forms.values())
    at = 0
    for code_point, form in forms.items():
        start[code_point], length[code_point] = at, len(form)
        at += len(form)
    return start, length, np.frombuffer(joined.encode("utf-32-le"), "<u4").astype(np.uint32)
