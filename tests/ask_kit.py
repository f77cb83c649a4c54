"""An Asker over in-memory parts: scripted answerers, a catalog whose documents may be replaced."""

import asyncio
from types import SimpleNamespace

from rag_service.answer.ask import Answerers, Asker, Standalone
from rag_service.answer.events import Ask
from rag_service.errors import UnknownCollection, UnknownDocument
from rag_service.models import DraftStatement, Quote, SourceText, Turn, Warning
from rag_service.ports import Evidence, Finished
from rag_service.retrieve.types import Retrieval
from tests.fakes import TEXT, passage

GOOD = DraftStatement(TEXT[0:46], (Quote(passage(), 0, 46, 0.8),))
FALSE = DraftStatement("Erfunden.", (Quote(passage(text="Erfunden."), 0, 9, 0.8),))


class Catalog:
    def __init__(self, chunks: int = 1) -> None:
        self.chunks = chunks
        self.live: set[str] | None = None  # ids of versions; None where nothing is replaced

    def count_chunks(self, collection: str) -> int:
        if collection != "default":
            raise UnknownCollection(f"There is no collection named {collection!r}.")
        return self.chunks

    def passages(self, collection: str, chunk_ids: list[str]) -> dict[str, object]:
        return {name: passage() for name in chunk_ids if self.live is None or name.partition(":")[0] in self.live}

    def source_text(self, version_id: str) -> SourceText:
        if self.live is not None and version_id not in self.live:
            raise UnknownDocument(version_id)
        return SourceText(TEXT, ())


class Scripted:
    """An answerer that yields what it was given; an exception among the items is raised in its place."""

    def __init__(self, *items, name="extractive", model=None, delay=0.0) -> None:
        self.items, self.name, self.model, self.delay = items, name, model, delay
        self.closed = False

    async def draft(self, evidence: Evidence):
        try:
            for item in self.items:
                await asyncio.sleep(self.delay)
                if isinstance(item, BaseException):
                    raise item
                yield item
        finally:
            self.closed = True


class Listener:
    """Leaves questions as they are; answers what it was told to without documents."""

    def __init__(self, **replies: str) -> None:
        self.replies = replies

    def reply(self, question: str, history: tuple[Turn, ...]) -> str | None:
        return self.replies.get(question)

    async def standalone(self, question: str, history: tuple[Turn, ...], *, by_rule: bool) -> Standalone:
        return Standalone(" ".join([turn.content for turn in history] + [question]))


def asker(
    extractive=None,
    llm=None,
    *,
    passages=(passage(),),
    confidence=0.9,
    chunks=1,
    converse=Listener(),
    timeout=5.0,
    assess=None,
):
    def retrieve(collection, query, /, *, filters, top_k):
        evidence = Evidence(query, "de", None, tuple(passages), {})
        return Retrieval(evidence, (Warning("date", "April 2019"),), 1.0)

    return Asker(
        catalog=Catalog(chunks),
        retrieve=retrieve,
        converse=converse,
        assess=assess or (lambda evidence: SimpleNamespace(confidence=confidence)),
        threshold=0.5,
        answerers=Answerers(extractive or Scripted(GOOD, Finished()), llm, "auto"),
        timeout=timeout,
    )


async def events(one: Asker, ask: Ask):
    return [event async for event in one.stream(ask)]
