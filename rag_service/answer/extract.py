"""The extractive answerer: the one to three sentences of the passages that answer the question, quoted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from rag_service.answer.abstain import Assessment, EvidenceModel
from rag_service.answer.evidence import Candidate
from rag_service.models import DraftStatement, Quote
from rag_service.ports import Declined, DraftItem, Evidence, Finished

_GAP = 1.5


class ExtractiveAnswerer:
    """Quotes whole sentences; needs no model and never leaves the sources' wording."""

    name = "extractive"
    model: str | None = None

    def __init__(self, evidence_model: EvidenceModel, max_statements: int) -> None:
        self._model = evidence_model
        self._max_statements = max_statements

    async def draft(self, evidence: Evidence) -> AsyncIterator[DraftItem]:
        """Statements in reading order, or Declined when no passage holds a sentence."""
        assessment = await asyncio.to_thread(self._model.assess, evidence)
        chosen = choose(assessment, self._max_statements)
        if not chosen:
            yield Declined()
        for item, score in chosen:
            passage = evidence.passages[item.passage]
            yield DraftStatement(" ".join(item.text.split()), (Quote(passage, item.start, item.end, score),))
        yield Finished()


def choose(assessment: Assessment, limit: int) -> list[tuple[Candidate, float]]:
    """The best sentences that come near the best one, documents by their best sentence, sentences in their order."""
    candidates, scores = assessment.sentences.candidates, assessment.scores
    ranked = sorted(range(len(candidates)), key=lambda i: (-scores[i], i))[:limit]
    kept = [i for i in ranked if scores[i] > scores[ranked[0]] - _GAP]
    order = {candidates[i].passage: position for position, i in reversed(list(enumerate(kept)))}
    kept.sort(key=lambda i: (order[candidates[i].passage], candidates[i].start))
    return [(candidates[i], assessment.confidence) for i in kept]
