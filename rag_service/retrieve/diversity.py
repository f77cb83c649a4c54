"""Ranked passages without repeats: the same text once, no document on every rank."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from rag_service.models import Passage


def collapse(ranked: Sequence[Passage]) -> list[Passage]:
    """Near-duplicates as one passage, the best ranked, which lists the other sources.

    ``Passage.duplicates`` must name the sources that print the same text.
    """
    kept: list[Passage] = []
    covered: set[str] = set()
    for passage in ranked:
        if passage.source in covered and passage.duplicates:
            continue
        covered.update(passage.duplicates)
        kept.append(passage)
    return kept


def diversify(ranked: Sequence[Passage], limit: int, max_per_document: int) -> list[Passage]:
    """The best ``limit`` passages with at most so many of one document; what is over fills up the end."""
    taken: list[Passage] = []
    over: list[Passage] = []
    counts: Counter[str] = Counter()
    for passage in ranked:
        if counts[passage.document_id] < max_per_document:
            counts[passage.document_id] += 1
            taken.append(passage)
        else:
            over.append(passage)
    chosen = [*taken, *over][:limit]
    return [replace(passage, rank=rank) for rank, passage in enumerate(chosen, start=1)]
