"""Overlap of spans, in characters."""

from __future__ import annotations

from collections.abc import Sequence

Span = tuple[int, int]
HALF = 0.5


def shared(first_start: int, first_end: int, second_start: int, second_end: int) -> int:
    """Characters that two spans have in common."""
    return max(0, min(first_end, second_end) - max(first_start, second_start))


def overlaps(first_start: int, first_end: int, second_start: int, second_end: int) -> bool:
    """Whether two spans share at least half of the shorter one.

    A citation is a sentence and a gold quote may be a clause of it or two sentences around it; touching
    at a few characters says nothing.
    """
    shorter = min(first_end - first_start, second_end - second_start)
    common = shared(first_start, first_end, second_start, second_end)
    return shorter > 0 and common >= HALF * shorter


def covers(start: int, end: int, gold_start: int, gold_end: int) -> bool:
    """Whether a span holds at least half of a gold span."""
    common = shared(start, end, gold_start, gold_end)
    return gold_end > gold_start and common >= HALF * (gold_end - gold_start)


def cites(start: int, end: int, places: Sequence[Span]) -> bool:
    """Whether a citation meets gold evidence of its source: at any of its places, and anywhere where it has none."""
    return not places or any(overlaps(start, end, *place) for place in places)


def holds(start: int, end: int, places: Sequence[Span]) -> bool:
    """Whether a passage holds gold evidence of its source: at any of its places, and anyhow where it has none."""
    return not places or any(covers(start, end, *place) for place in places)
