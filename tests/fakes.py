"""Hand-written fakes that implement the ports, with state to look at afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from rag_service.answer.events import Ask, CitationMade, Delta, Done, Event, PassagesFound, check_question
from rag_service.errors import (
    RagError,
    Unauthorized,
)
from rag_service.index.keys import ApiKey
from rag_service.models import (
    Abstention,
    Answer,
    Citation,
    Passage,
    SearchMode,
    Statement,
    Timings,
)
from rag_service.ports import Evidence
from rag_service.retrieve.types import Retrieval
from rag_service.settings import Settings
from tests.fake_library import FakeLibrary

TEXT = "Kim traf am 25. April 2019 in Wladiwostok ein. Putin empfing ihn dort. 🚂 Ende."
QUOTE = (0, 46)


def passage(text: str = TEXT, **changes: Any) -> Passage:
    """A passage of the document doc_1."""
    base = Passage(
        chunk_id="chk_1",
        document_id="doc_1",
        version_id="ver_1",
        source="notes/besuch.txt",
        title="Besuch",
        published="2019-04-25",
        language="de",
        text=text,
        start=0,
        end=len(text),
        rank=1,
        score=0.9,
        dense_score=0.88,
        lexical_score=12.5,
    )
    return replace(base, **changes)


def answer(ask: Ask, **changes: Any) -> Answer:
    """An answer of one statement with one citation into TEXT."""
    start, end = QUOTE
    sentence = TEXT[start:end]
    citation = Citation(
        1,
        "doc_1",
        "ver_1",
        "notes/besuch.txt",
        "Besuch",
        "2019-04-25",
        sentence,
        start,
        end,
        1,
        1,
        None,
        None,
        0.8,
    )
    base = Answer(
        id="ans_1",
        created=1_700_000_000,
        collection=ask.collection,
        question=ask.question,
        standalone_question=ask.question,
        answered=True,
        abstention=None,
        text=f"{sentence} [1]",
        statements=(Statement(sentence, 0, len(sentence), (1,), True),),
        citations=(citation,),
        passages=(passage(),),
        answerer="extractive",
        model=None,
        prompt=None,
        usage=None,
        timings=Timings(12.0, 30.0, 43.0),
        confidence=0.9,
    )
    return replace(base, **changes)


def abstention(ask: Ask) -> Answer:
    """The service declining, having looked at one passage."""
    message = "Die Dokumente enthalten keine Stelle, die diese Frage verlässlich beantwortet."
    why = Abstention("insufficient_evidence", message)
    return answer(ask, answered=False, abstention=why, text=message, statements=(), citations=(), confidence=0.1)


class FakeAsker:
    """Emits the events of a scripted answer; ``fail_after`` raises after so many of them.

    ``delay`` seconds pass before each event; ``asked`` and ``closed`` tell what happened.
    """

    def __init__(self, script: Callable[[Ask], Answer] = answer) -> None:
        self.script = script
        self.delay = 0.0
        self.error: BaseException | None = None
        self.fail_after = 0
        self.asked: list[Ask] = []
        self.closed = 0

    async def stream(self, ask: Ask) -> AsyncIterator[Event]:
        self.asked.append(ask)
        check_question(ask.question)
        result = self.script(ask)
        events: list[Event] = [PassagesFound(result.passages), Delta(result.text)]
        events += [CitationMade(citation) for citation in result.citations]
        try:
            for index, event in enumerate([*events, Done(result)]):
                if self.error is not None and index == self.fail_after:
                    raise self.error
                if self.delay:
                    await asyncio.sleep(self.delay)
                yield event
        finally:
            self.closed += 1


class FakeRetriever:
    """Finds the passages it was given; ``searched`` holds the calls."""

    def __init__(self, *passages: Passage) -> None:
        self.passages = passages or (passage(),)
        self.error: RagError | None = None
        self.searched: list[dict[str, Any]] = []

    def search(
        self,
        collection: str,
        query: str,
        *,
        filters: Mapping[str, Any] | None,
        top_k: int | None,
        mode: SearchMode,
    ) -> Retrieval:
        if self.error is not None:
            raise self.error
        self.searched.append(
            {"collection": collection, "query": query, "filters": filters, "top_k": top_k, "mode": mode}
        )
        return Retrieval(Evidence(query, "de", None, self.passages[:top_k], {}), (), 1.5)


class FakeKeys:
    """API keys by their secret."""

    def __init__(self, **keys: ApiKey) -> None:
        self.keys = keys
        self.asked: Callable[[], None] | None = None  # called first, as a catalog that is away would fail

    def add(self, secret: str, *collections: str, write: bool = False) -> None:
        """A key with that secret."""
        self.keys[secret] = ApiKey(f"key_{secret}", f"name of {secret}", collections, write, 1, None)

    def any_active(self) -> bool:
        if self.asked is not None:
            self.asked()
        return bool(self.keys)

    def check(self, secret: str) -> ApiKey:
        if secret not in self.keys:
            raise Unauthorized("The API key is unknown or revoked.")
        return self.keys[secret]


class FakeDirectory:
    """Remembers where the service is served."""

    url: str | None = None

    def serve(self, url: str) -> None:
        self.url = url


@dataclass
class FakeService:
    """The wired service with every part a fake."""

    settings: Settings = field(default_factory=Settings)
    asker: FakeAsker = field(default_factory=FakeAsker)
    retriever: FakeRetriever = field(default_factory=FakeRetriever)
    library: FakeLibrary = field(default_factory=FakeLibrary)
    keys: FakeKeys = field(default_factory=FakeKeys)
    directory: FakeDirectory = field(default_factory=FakeDirectory)
    stopped: bool = False
    closed: bool = False

    def stop(self) -> None:
        self.stopped = True

    def close(self) -> None:
        self.closed = True
