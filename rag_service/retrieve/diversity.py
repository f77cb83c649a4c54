"""Ranked passages without repeats: the same text once, no document on every rank."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import replace
from functools import cache

from rag_service.models import Passage
from rag_service.text.sentences import sentence_spans
from rag_service.text.shingles import Hashes, containment, shingles
from rag_service.text.versions import differ

_SAME = 0.6  # share of a passage's runs of five words


def collapse(ranked: Sequence[Passage]) -> list[Passage]:
    """Near-duplicates as one passage, the best ranked, which lists the other sources.

    ``Passage.duplicates`` names the sources that print the same text somewhere; a passage of one of them is left
    out only if most of its own text stands in the kept one, and nothing in it contradicts that: an older version of
    a rule is no repeat of the newer one.
    """
    told = cache(_told)
    kept: list[Passage] = []
    for passage in ranked:
        rivals = [other for other in kept if passage.source in other.duplicates]
        if not any(_repeats(told(passage), told(other), passage.language) for other in rivals):
            kept.append(passage)
    return kept


def _told(passage: Passage) -> tuple[Hashes, frozenset[str]]:
    """A passage's runs of five words, and its sentences."""
    spans = sentence_spans(passage.text, passage.language)
    return shingles(passage.text), frozenset(passage.text[start:end] for start, end in spans)


def _repeats(told: tuple[Hashes, Set[str]], other: tuple[Hashes, Set[str]], language: str) -> bool:
    (own_runs, own), (runs, instead) = told, other
    if containment(own_runs, runs) < _SAME:
        return False
    return not any(differ(one, two, language) for one in own - instead for two in instead - own)


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
