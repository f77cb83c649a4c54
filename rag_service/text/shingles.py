"""Runs of words as hashes: how much of one text stands in another, whatever surrounds it."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_WORD = re.compile(r"\w+")
_LENGTH = 5
_FACTORS = np.array([pow(0x9E3779B97F4A7C15, power + 1, 1 << 64) for power in range(_LENGTH)], dtype=np.uint64)
_SAMPLED = np.uint64(16)
Hashes = NDArray[np.int64]


def shingles(text: str) -> Hashes:
    """Sorted hashes of all runs of five words, without repeats; punctuation and case do not count."""
    words = np.array([zlib.crc32(word.lower().encode("utf-8", "replace")) for word in _WORD.findall(text)], np.uint64)
    if len(words) < _LENGTH:
        return np.empty(0, np.int64)
    runs = np.lib.stride_tricks.sliding_window_view(words, _LENGTH)
    mixed = (runs * _FACTORS).sum(axis=1, dtype=np.uint64)
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    return np.unique(mixed ^ (mixed >> np.uint64(32))).view(np.int64)


def sample(hashes: Hashes) -> Hashes:
    """About one hash in sixteen; the same ones from every text, so that samples of two texts can be compared."""
    chosen: Hashes = hashes[hashes.view(np.uint64) % _SAMPLED == 0]
    return chosen


def containment(part: Hashes, whole: Hashes) -> float:
    """Share of ``part`` that also stands in ``whole``; 0 when ``part`` is empty."""
    return float(np.isin(part, whole, assume_unique=True).mean()) if len(part) else 0.0


def printed_in(texts: Sequence[str], whole: Hashes, share: float) -> list[int]:
    """Indices of the texts of which at least this share stands in ``whole``."""
    return [index for index, text in enumerate(texts) if containment(shingles(text), whole) >= share]
