"""The extractive answerer: the one to three sentences of the passages that answer the question, quoted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

from rag_service.answer.abstain import Assessment, EvidenceModel
from rag_service.answer.candidates import Candidate
from rag_service.answer.parts import parts
from rag_service.answer.select import Chosen, choose
from rag_service.models import DraftStatement, Quote, Warning
from rag_service.ports import Declined, DraftItem, Evidence, Finished


class ExtractiveAnswerer:
    """Quotes whole sentences; needs no model and never leaves the sources' wording."""

    name = "extractive"
    model: str | None = None

    def __init__(self, evidence_model: EvidenceModel, max_statements: int) -> None:
        self._evidence_model = evidence_model
        self._max_statements = max_statements

    async def draft(self, evidence: Evidence) -> AsyncIterator[DraftItem]:
        """Statements in reading order, or Declined when no passage holds a sentence.

        A question for several things gets the answers to each; what is not answered is told in a warning.
        """
        statements, warnings = await asyncio.to_thread(self._answers, evidence)
        if not statements:
            yield Declined()
        for statement in statements:
            yield statement
        yield Finished(warnings=warnings)

    def _answers(self, evidence: Evidence) -> tuple[list[DraftStatement], tuple[Warning, ...]]:
        asked = parts(evidence.question)
        if len(asked) == 1 or len(asked) > self._max_statements:
            return _statements(evidence, self._choose(evidence, self._max_statements)), ()
        found: dict[tuple[str, int], DraftStatement] = {}
        missing: list[str] = []
        for question in asked:
            own = self._evidence_model.narrowed(evidence, question)
            own = replace(own, assessment=self._evidence_model.assess(own))
            if own.assessment is None or own.assessment.confidence < self._evidence_model.threshold:
                missing.append(question)
                continue
            for statement in _statements(own, self._choose(own, self._max_statements // len(asked))):
                quote = statement.quotes[0]
                found.setdefault((quote.passage.document_id, quote.start), statement)
        if not found:  # the whole is answered with more confidence than any part
            return _statements(evidence, self._choose(evidence, self._max_statements)), ()
        told = tuple(Warning("part_unanswered", f"The documents do not answer this part: {each}") for each in missing)
        return list(found.values()), told

    def _choose(self, evidence: Evidence, limit: int) -> list[Chosen]:
        known = evidence.assessment
        assessment = known if isinstance(known, Assessment) else self._evidence_model.assess(evidence)
        return choose(evidence, assessment, limit)


def _statements(evidence: Evidence, chosen: Sequence[Chosen]) -> list[DraftStatement]:
    return [
        DraftStatement(
            " ".join(group.item.text.split()),
            tuple(_quote(evidence, item, group.share) for item in (group.item, *group.same)),
        )
        for group in chosen
    ]


def _quote(evidence: Evidence, item: Candidate, score: float) -> Quote:
    return Quote(evidence.passages[item.passage], item.start, item.end, min(score, 1.0))
