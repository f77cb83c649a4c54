"""Ranked passages without repeats: the same text once, no document on every rank."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from rag_service.models import Passage
from rag_service.text.sentences import split_sentences
from rag_service.text.shingles import containment, shingles
from rag_service.text.versions import differ

_SAME = 0.6  # share of a passage's runs of five words


def collapse(ranked: Sequence[Passage]) -> list[Passage]:
    """Near-duplicates as one passage, the best ranked, which lists the other sources.

    ``Passage.duplicates`` names the sources that print the same text somewhere; a passage of one of them is left
    out only if most of its own text stands in the kept one, and nothing in it contradicts that: an older version of
    a rule is no repeat of the newer one.
    """
    kept: list[Passage] = []
    for passage in ranked:
        rivals = [other for other in kept if passage.source in other.duplicates]
        if not any(_repeats(passage, other) for other in rivals):
            kept.append(passage)
    return kept


def _repeats(passage: Passage, other: Passage) -> bool:
    if containment(shingles(passage.text), shingles(other.text)) < _SAME:
        return False
    own, others = (_sentences(each) for each in (passage, other))
    changed = [text for text in own if text not in others]
    return not any(differ(text, told, passage.language) for text in changed for told in others)


def _sentences(passage: Passage) -> list[str]:
    return [passage.text[start:end] for start, end in split_sentences(passage.text, passage.language)]


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
