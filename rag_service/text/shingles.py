"""Runs of words as hashes: how much of one text stands in another, whatever surrounds it."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_WORD = re.compile(r"\w+")
_LENGTH = 5
_FACTORS = np.array([pow(0x9E3779B97F4A7C15, power + 1, 1 << 64) for power in range(_LENGTH)], dtype=np.uint64)
_SAMPLED = np.uint64(16)
Hashes = NDArray[np.int64]
_NONE: Hashes = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class Runs:
    """Every run of five words of a text in order: hashes (n,), where they begin (n,) and where they end (n,)."""

    hashes: Hashes
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]


def runs(text: str) -> Runs:
    """All runs of five words with their code-point offsets; punctuation and case do not count."""
    found = [(match.group(), *match.span()) for match in _WORD.finditer(text)]
    if len(found) < _LENGTH:
        return Runs(_NONE, _NONE, _NONE)
    words, starts, ends = zip(*found, strict=True)
    return Runs(_mixed(words), np.array(starts[: 1 - _LENGTH], np.int64), np.array(ends[_LENGTH - 1 :], np.int64))


def shingles(text: str) -> Hashes:
    """Sorted hashes of all runs of five words, without repeats."""
    words = _WORD.findall(text)
    return np.unique(_mixed(words)) if len(words) >= _LENGTH else _NONE


def _mixed(words: Sequence[str]) -> Hashes:
    """One hash a run."""
    numbers = np.array([zlib.crc32(word.lower().encode("utf-8", "replace")) for word in words], np.uint64)
    mixed = (np.lib.stride_tricks.sliding_window_view(numbers, _LENGTH) * _FACTORS).sum(axis=1, dtype=np.uint64)
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    own: Hashes = (mixed ^ (mixed >> np.uint64(32))).view(np.int64)
    return own


def sample(hashes: Hashes) -> Hashes:
    """About one hash in sixteen; the same ones from every text, so that samples of two texts can be compared."""
    chosen: Hashes = hashes[hashes.view(np.uint64) % _SAMPLED == 0]
    return chosen


def containment(part: Hashes, whole: Hashes) -> float:
    """Share of ``part`` that also stands in ``whole``; 0 when ``part`` is empty."""
    return float(np.isin(part, whole, assume_unique=True).mean()) if len(part) else 0.0


def printed_in(own: Runs, spans: Sequence[tuple[int, int]], whole: Hashes, share: float) -> list[int]:
    """Indices of the spans of a text whose runs stand in ``whole`` to at least this share."""
    found = np.concatenate([[0], np.cumsum(np.isin(own.hashes, whole))])
    firsts = np.searchsorted(own.starts, [start for start, _ in spans])
    lasts = np.searchsorted(own.ends, [end for _, end in spans], side="right")
    counts = lasts - firsts
    shares = (found[np.maximum(lasts, firsts)] - found[firsts]) / np.maximum(counts, 1)
    return [index for index, part in enumerate(shares) if counts[index] > 0 and part >= share]
