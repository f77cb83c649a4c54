"""The extractive answerer: the one to three sentences of the passages that answer the question, quoted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from rag_service.answer.abstain import Assessment, EvidenceModel
from rag_service.answer.candidates import Candidate
from rag_service.answer.select import Chosen, choose
from rag_service.models import DraftStatement, Quote
from rag_service.ports import Declined, DraftItem, Evidence, Finished


class ExtractiveAnswerer:
    """Quotes whole sentences; needs no model and never leaves the sources' wording."""

    name = "extractive"
    model: str | None = None

    def __init__(self, evidence_model: EvidenceModel, max_statements: int) -> None:
        self._evidence_model = evidence_model
        self._max_statements = max_statements

    async def draft(self, evidence: Evidence) -> AsyncIterator[DraftItem]:
        """Statements in reading order, or Declined when no passage holds a sentence."""
        chosen = await asyncio.to_thread(self._choose, evidence)
        if not chosen:
            yield Declined()
        for group in chosen:
            quotes = tuple(_quote(evidence, item, group.share) for item in (group.item, *group.same))
            yield DraftStatement(" ".join(group.item.text.split()), quotes)
        yield Finished()

    def _choose(self, evidence: Evidence) -> list[Chosen]:
        known = evidence.assessment
        assessment = known if isinstance(known, Assessment) else self._evidence_model.assess(evidence)
        return choose(evidence, assessment, self._max_statements)


def _quote(evidence: Evidence, item: Candidate, score: float) -> Quote:
    return Quote(evidence.passages[item.passage], item.start, item.end, min(score, 1.0))
