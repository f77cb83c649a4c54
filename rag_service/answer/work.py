"""What is known so far about the answer to one question, and the answer made of it."""

from __future__ import annotations

import time
import uuid
from dataclasses import replace

from rag_service.answer.compose import Composer
from rag_service.answer.events import Ask, Event
from rag_service.answer.messages import abstention_message
from rag_service.models import Abstention, AbstentionReason, Answer, Passage, Timings, Usage, Warning, added
from rag_service.ports import Answerer, Finished
from rag_service.retrieve.types import Retrieval


class Work:
    """Gathers the parts of one answer and times them."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self.collection = ask.collection
        self._started = time.perf_counter()
        self._retrieve_ms = 0.0
        self._language = "und"
        self.standalone = ask.question
        self.passages: tuple[Passage, ...] = ()
        self.confidence: float | None = None
        self.warnings: tuple[Warning, ...] = ()
        self.declined = False
        self.finished = Finished()
        self.usage: Usage | None = None  # of making the question stand alone, and of rounds before the last
        self.declining: list[Event] | None = None  # what to say when the passages do not answer the question

    def seconds(self) -> float:
        """Seconds since the question arrived."""
        return time.perf_counter() - self._started

    def retrieved(self, retrieval: Retrieval) -> None:
        """Take over what retrieval found."""
        self.passages = retrieval.evidence.passages
        self._language = retrieval.evidence.language
        self.warnings += retrieval.warnings
        self._retrieve_ms = retrieval.milliseconds

    def again(self, warnings: tuple[Warning, ...]) -> None:
        """Begin anew behind the question that stands alone, with the warnings there were then."""
        self.usage = added(self.usage, self.finished.usage)
        self.finished, self.declined, self.confidence = Finished(), False, None
        self.warnings, self.declining = warnings, None

    def reply(self, text: str, answerer: Answerer) -> Answer:
        """An answer of text alone, without statements."""
        total = self.seconds() * 1000
        return Answer(
            id=f"ans_{uuid.uuid4().hex}",
            created=int(time.time()),
            collection=self._ask.collection,
            question=self._ask.question,
            standalone_question=self.standalone,
            answered=True,
            abstention=None,
            text=text,
            statements=(),
            citations=(),
            passages=self.passages,
            answerer=answerer.name,
            model=answerer.model,
            prompt=self.finished.prompt,
            usage=added(self.usage, self.finished.usage),
            timings=Timings(self._retrieve_ms, max(0.0, total - self._retrieve_ms), total),
            confidence=self.confidence,
            warnings=self.warnings,
        )

    def abstained(self, reason: AbstentionReason, answerer: Answerer) -> Answer:
        """An abstention, its message in the question's language."""
        abstention = Abstention(reason, abstention_message(reason, self._ask.question, self._language))
        return replace(self.reply(abstention.message, answerer), answered=False, abstention=abstention)

    def finish(self, composer: Composer, answerer: Answerer) -> Answer:
        """The composed answer with its statements and citations."""
        base = self.reply(composer.text, answerer)
        return replace(base, statements=tuple(composer.statements), citations=tuple(composer.book.citations))
