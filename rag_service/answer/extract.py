"""The extractive answerer: the one to three sentences of the passages that answer the question, quoted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

from rag_service.answer.conversation.parts import parts
from rag_service.answer.evidence.abstain import Assessment, EvidenceModel
from rag_service.answer.evidence.candidates import Candidate
from rag_service.answer.evidence.select import choose
from rag_service.answer.evidence.statements import Chosen
from rag_service.answer.markers import defuse_markers
from rag_service.models import DraftStatement, Quote, Warning
from rag_service.ports import Declined, DraftItem, Evidence, Finished

_VERSIONS = 2  # told of each part of a question, as an old version alone would pass for what is so


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
        if 1 < len(asked) <= self._max_statements:
            statements, missing = self._by_part(evidence, asked)
            if statements:  # if not, the whole is answered with more confidence than any part
                message = "The documents do not answer this part: {}"
                return statements, tuple(Warning("part_unanswered", message.format(each)) for each in missing)
        known = evidence.assessment
        assessment = known if isinstance(known, Assessment) else self._evidence_model.assess(evidence)
        return _statements(evidence, choose(evidence, assessment, self._max_statements)), ()

    def _by_part(self, evidence: Evidence, asked: Sequence[str]) -> tuple[list[DraftStatement], list[str]]:
        """Statements for the questions that have an answer, each statement once, and the questions that have none.

        Sources that disagree on one of them are both told, even where that makes more statements than are wanted.
        """
        found: dict[tuple[str, int, int], DraftStatement] = {}
        missing: list[str] = []
        for question in asked:
            own = self._evidence_model.narrowed(evidence, question)
            assessment = self._evidence_model.assess(own)
            if assessment.confidence < self._evidence_model.threshold:
                missing.append(question)
                continue
            room = self._max_statements // len(asked)
            for statement in _statements(own, choose(own, assessment, room, max(room, _VERSIONS))):
                quote = statement.quotes[0]
                found.setdefault((quote.passage.document_id, quote.start, quote.end), statement)
        return list(found.values()), missing


def _statements(evidence: Evidence, chosen: Sequence[Chosen]) -> list[DraftStatement]:
    return [
        DraftStatement(
            _plain(group.item.text),
            tuple(_quote(evidence, item, group.share) for item in (group.item, *group.same)),
        )
        for group in chosen
    ]


def _plain(text: str) -> str:
    """A source's words on one line; its own '[1]' would read as a marker of ours, and stands in round brackets."""
    return defuse_markers(" ".join(text.split()))


def _quote(evidence: Evidence, item: Candidate, score: float) -> Quote:
    return Quote(evidence.passages[item.passage], item.start, item.end, min(score, 1.0))
