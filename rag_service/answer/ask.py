"""One question to one stream of events: the only way an answer is made, whatever the interface."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any, ParamSpec, Protocol, TypeVar

from rag_service.answer.cite import CitationBook
from rag_service.answer.compose import Composer
from rag_service.answer.events import Ask, CitationMade, Delta, Done, Event, PassagesFound, check_question
from rag_service.answer.work import Work
from rag_service.errors import InvalidInput, ModelError, ModelTimeout, Overloaded
from rag_service.models import AbstentionReason, Answer, AnswererName, Turn, Usage, Warning, added
from rag_service.ports import Answerer, Assessed, Declined, DraftItem, Evidence, Finished, LiveCatalog
from rag_service.retrieve.types import Retrieval
from rag_service.text.questions import is_task

_ROUNDS = 3  # searches for one question whose documents are replaced while it is answered
P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Standalone:
    """A question that needs no history: as it is searched for, and where they differ, what in it is asked.

    ``message`` is what a model is shown where it is more than that, ``usage`` what it cost to find out.
    """

    question: str
    asked: str = ""
    message: str = ""
    warnings: tuple[Warning, ...] = ()
    usage: Usage | None = None


class Retrieve(Protocol):
    """Finds passages for a standalone question."""

    def __call__(
        self, collection: str, query: str, /, *, filters: Mapping[str, Any] | None, top_k: int | None
    ) -> Retrieval:
        """Blocking; runs in a thread."""


class Converse(Protocol):
    """Knows what needs no documents, and makes a question stand alone."""

    def reply(self, question: str, history: tuple[Turn, ...]) -> str | None:
        """What to say to a greeting, thanks or a client's own prompt; None for a question."""

    async def standalone(self, question: str, history: tuple[Turn, ...], *, by_rule: bool) -> Standalone:
        """The question as it reads without its history; ``by_rule``: no model is asked for it."""


@dataclass(frozen=True, slots=True)
class Answerers:
    """The answerers at hand; ``preferred`` serves requests that leave the choice open."""

    extractive: Answerer
    llm: Answerer | None
    preferred: AnswererName

    def choose(self, asked: AnswererName) -> tuple[Answerer, bool]:
        """The answerer, and whether the extractive one may step in for it; InvalidInput without a model."""
        name = self.preferred if asked == "auto" else asked
        if name == "extractive" or (name == "auto" and self.llm is None):
            return self.extractive, False
        if self.llm is None:
            raise InvalidInput(
                "answerer llm needs a model: set OPENAI_API_KEY or RAG_LLM__BASE_URL, or ask with answerer extractive."
            )
        return self.llm, name == "auto"


class Asker:
    """Answers questions: converse, retrieve, weigh the evidence, answer, verify."""

    def __init__(
        self,
        *,
        catalog: LiveCatalog,
        retrieve: Retrieve,
        converse: Converse,
        assess: Callable[[Evidence], Assessed],
        threshold: float,
        answerers: Answerers,
        timeout: float,
    ) -> None:
        self._catalog = catalog
        self._retrieve = retrieve
        self._converse = converse
        self._assess = assess
        self._threshold = threshold
        self._answerers = answerers
        self._timeout = timeout

    async def answer(self, ask: Ask) -> Answer:
        """The whole answer; raises RagError."""
        async with aclosing(self.stream(ask)) as events:
            async for event in events:
                if isinstance(event, Done):
                    return event.answer
        raise AssertionError("a stream of events ends with Done")

    async def stream(self, ask: Ask) -> AsyncGenerator[Event]:
        """The events of one answer; closing the iterator stops the work; raises RagError."""
        work = Work(ask)
        answerer, optional = self._answerers.choose(ask.answerer)
        chunks = await self._in_turn(work, self._catalog.count_chunks, ask.collection)
        reply = self._converse.reply(ask.question, ask.history)
        if reply is not None:
            yield PassagesFound(())
            yield Delta(reply)
            yield Done(work.reply(reply, answerer))
            return
        check_question(ask.question)
        if not chunks:
            for event in _abstention(work, "empty_collection", answerer):
                yield event
            return
        by_rule = answerer.model is None
        standalone = await self._converse.standalone(ask.question, ask.history, by_rule=by_rule)
        work.standalone, work.usage = standalone.question, standalone.usage
        for _ in range(_ROUNDS):
            work.again(standalone.warnings)
            retrieval = await self._in_turn(
                work, self._retrieve, ask.collection, standalone.question, filters=ask.filters, top_k=ask.top_k
            )
            work.retrieved(retrieval)
            yield PassagesFound(work.passages)
            evidence = _focused(retrieval.evidence, standalone)
            async with aclosing(self._answered(work, evidence, answerer, optional)) as events:
                async for event in events:
                    yield event
            if work.declining is None or not await self._in_turn(work, self._outdated, work):
                break
        for event in work.declining or ():
            yield event

    def _outdated(self, work: Work) -> bool:
        """Whether passages were replaced or deleted since they were found, so that others may answer the question."""
        found = [passage.chunk_id for passage in work.passages]
        return len(self._catalog.passages(work.collection, found)) < len(found)

    async def _answered(
        self, work: Work, evidence: Evidence, answerer: Answerer, optional: bool
    ) -> AsyncGenerator[Event]:
        """The events of an answer, or none and ``work.declining``."""
        if not evidence.passages:
            work.declining = _abstention(work, "no_relevant_passage", answerer)
            return
        assessment = await self._in_turn(work, self._assess, evidence)
        evidence, work.confidence = replace(evidence, assessment=assessment), assessment.confidence
        unsure = work.confidence < self._threshold
        # Whether a summary or a translation can be given, no sentence tells: the model has to.
        if unsure and not (answerer.model and is_task(evidence.message or evidence.question)):
            work.declining = _abstention(work, "insufficient_evidence", answerer)
            return
        composer = Composer(CitationBook(self._catalog.source_text))
        try:
            async with aclosing(self._written(work, evidence, answerer, composer)) as events:
                async for event in events:
                    yield event
        except ModelError as error:
            work.usage = error.usage = added(work.usage, error.usage)
            if not optional or composer.text:
                raise
            work.warnings += (Warning("llm_unavailable", f"{error} The extractive answer is given instead."),)
            if unsure:
                work.declining = _abstention(work, "insufficient_evidence", answerer)
                return
            answerer, composer = self._answerers.extractive, Composer(CitationBook(self._catalog.source_text))
            async with aclosing(self._written(work, evidence, answerer, composer)) as events:
                async for event in events:
                    yield event
        work.warnings += composer.warnings()
        if composer.text:
            yield Done(work.finish(composer, answerer))
            return
        reason: AbstentionReason = "declined_by_model" if work.declined else "insufficient_evidence"
        work.declining = _abstention(work, reason, answerer)

    async def _written(
        self, work: Work, evidence: Evidence, answerer: Answerer, composer: Composer
    ) -> AsyncGenerator[Event]:
        """Deltas and citations of the statements that pass the check."""
        async with aclosing(self._drafted(work, answerer, evidence)) as items:
            async for item in items:
                if isinstance(item, Declined):
                    work.declined = answerer.model is not None
                elif isinstance(item, Finished):
                    work.finished = item
                    work.warnings += item.warnings
                else:
                    delta, citations = await self._in_turn(work, composer.add, item)
                    if delta:
                        yield Delta(delta)
                    for citation in citations:
                        yield CitationMade(citation)
                    if composer.book.gone and not composer.text:
                        return  # nothing is said yet: it is searched again

    async def _in_turn(self, work: Work, call: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """A blocking call in a thread, within what is left of the time; Overloaded when that is over before it."""
        limit = asyncio.timeout(max(self._timeout - work.seconds(), 0.0))
        try:
            async with limit:
                return await asyncio.to_thread(call, *arguments, **named)
        except TimeoutError as error:
            if not limit.expired():
                raise
            raise Overloaded.after(self._timeout, "question") from error

    async def _drafted(self, work: Work, answerer: Answerer, evidence: Evidence) -> AsyncGenerator[DraftItem]:
        """The answerer's items, each within what is left of the time for the whole question."""
        items = answerer.draft(evidence)
        try:
            while True:
                left = self._timeout - work.seconds()
                try:
                    yield await asyncio.wait_for(anext(items), max(left, 0.001))
                except StopAsyncIteration:
                    return
                except TimeoutError as error:
                    raise ModelTimeout(
                        f"No complete answer within {self._timeout:g} s (setting RAG_ANSWER__TIMEOUT)."
                    ) from error
        finally:
            close = getattr(items, "aclose", None)
            if close is not None:
                await close()


def _focused(evidence: Evidence, standalone: Standalone) -> Evidence:
    """The evidence for what is asked, found by all that was said."""
    if standalone.asked and standalone.asked != evidence.question:
        evidence = replace(evidence, question=standalone.asked, encoded=None)
    return replace(evidence, message=standalone.message)


def _abstention(work: Work, reason: AbstentionReason, answerer: Answerer) -> list[Event]:
    answer = work.abstained(reason, answerer)
    first: list[Event] = [PassagesFound(())] if reason == "empty_collection" else []
    return [*first, Delta(answer.text), Done(answer)]
