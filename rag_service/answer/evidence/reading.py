"""What the reader finds in the best passages, by sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag_service.answer.evidence.candidates import Candidate
from rag_service.models import Passage
from rag_service.ports import Evidence, Reader, Reading
from rag_service.retrieve.fusion import unsquash

MOST = 3  # passages read; the rest count as the worst sentence of those
WINDOW = 600  # characters of a passage after the first that are read, about a paragraph
BEHIND = 3.0  # log odds that a passage may have less than the best one and still be read
_NOTHING = -20.0
_LONGEST = 24  # tokens of an answer
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Found:
    """Log odds of an answer in each candidate (n,), of the best one anywhere, and the passages' best own logit."""

    sentences: Floats
    best: float
    answerable: float


def read(evidence: Evidence, candidates: Sequence[Candidate], matches: Floats, reader: Reader) -> Found:
    """Read the likeliest passages for the question, the first of them whole, of the others what surrounds the best.

    ``matches`` (n,) tells how well each candidate matches the question; sentences that are not read count as the worst.
    """
    chosen = likeliest(evidence.passages)
    parts = [slice(None), *(_part(evidence.passages[index], index, candidates, matches) for index in chosen[1:])]
    texts = [evidence.passages[index].text[part] for index, part in zip(chosen, parts, strict=True)]
    readings = reader.read(evidence.question, texts)
    found = {index: (part.start or 0, one) for index, part, one in zip(chosen, parts, readings, strict=True)}
    odds = np.full(len(candidates), np.nan, np.float32)
    for row, item in enumerate(candidates):
        if item.passage in found:
            start, reading = found[item.passage]
            start += evidence.passages[item.passage].start
            odds[row] = _odds(reading, item.start - start, item.end - start)
    worst = np.nanmin(odds) if not np.isnan(odds).all() else _NOTHING
    return Found(
        np.where(np.isnan(odds), worst, odds).astype(np.float32),
        max((_best_span(reading) for reading in readings), default=_NOTHING),
        max((reading.answerable for reading in readings), default=_NOTHING),
    )


def _part(passage: Passage, index: int, candidates: Sequence[Candidate], matches: Floats) -> slice:
    """What to read of a passage's text: its best match with neighbours, ``WINDOW`` at most; all without candidates."""
    rows = [row for row, item in enumerate(candidates) if item.passage == index]
    if not rows:
        return slice(None)
    first = last = max(rows, key=lambda row: matches[row])
    while True:
        beside = [row for row in (first - 1, last + 1) if rows[0] <= row <= rows[-1]]
        fit = [row for row in beside if candidates[max(row, last)].end - candidates[min(row, first)].start <= WINDOW]
        if not fit:
            return slice(candidates[first].start - passage.start, candidates[last].end - passage.start)
        better = max(fit, key=lambda row: matches[row])
        first, last = min(first, better), max(last, better)


def likeliest(passages: Sequence[Passage]) -> list[int]:
    """Which passages are worth reading, in their order: the first, and those that are not far behind the best.

    How many differs from question to question: one where the search is sure, ``MOST`` where it is not.
    """
    odds = [unsquash(passage.score) for passage in passages]
    least = max(odds, default=0.0) - BEHIND
    return [index for index, own in enumerate(odds) if index == 0 or own >= least][:MOST]


def _odds(reading: Reading, start: int, end: int) -> float:
    """Log odds that an answer begins and ends within ``[start, end)`` of the passage; NaN where nothing was read."""
    inside = (reading.spans[:, 0] >= start) & (reading.spans[:, 0] < end)
    if not inside.any():
        return float("nan")
    return float(np.logaddexp.reduce(reading.start[inside]) + np.logaddexp.reduce(reading.end[inside]))


def _best_span(reading: Reading) -> float:
    """Log odds of the likeliest answer of at most ``_LONGEST`` tokens."""
    count = len(reading.start)
    best = [reading.start[: count - length] + reading.end[length:] for length in range(min(_LONGEST, count)) if count]
    return max((float(scores.max()) for scores in best if len(scores)), default=_NOTHING)
