"""From retrieved passages to relevance by rank, for documents and for gold evidence."""

from __future__ import annotations

from collections.abc import Sequence

from evals.cases.model import GoldEvidence
from evals.cases.resolve import find_quote
from evals.metrics import spans
from rag_service.models import Passage


def document_gains(passages: Sequence[Passage], relevant: frozenset[str]) -> list[int]:
    """How many relevant documents each rank adds, over the distinct documents in order of their first passage.

    A passage that stands for several documents with the same text has one rank and finds all of them that are relevant.
    """
    gains: list[int] = []
    seen: set[str] = set()
    for passage in passages:
        wanted = [name for name in (passage.source, *passage.duplicates) if name in relevant and name not in seen]
        if passage.source in seen and not wanted:
            continue
        gains.append(len(wanted))
        seen.update((passage.source, *wanted))
    return gains


def evidence_gains(passages: Sequence[Passage], evidence: Sequence[GoldEvidence]) -> tuple[list[int], int]:
    """How many gold evidence spans each passage adds, by rank, and how many there are.

    A span counts where it is held first: overlapping chunks that repeat one do not count twice, nor do the places at
    which a quote stands again. Evidence without a quote has no span.
    """
    gains: list[int] = []
    left = {(item.source, item.places): item for item in evidence if item.places}
    total = len(left)
    for passage in passages:
        held = [span for span, item in left.items() if holds(passage, item)]
        gains.append(len(held))
        for span in held:
            del left[span]
    return gains, total


def holds(passage: Passage, gold: GoldEvidence) -> bool:
    """Whether a passage covers a gold span, be it as the print of the same text in another document."""
    if passage.source == gold.source:
        return spans.holds(passage.start, passage.end, gold.places)
    return gold.source in passage.duplicates and (not gold.places or find_quote(gold.quote, passage.text) is not None)
