"""Hand-written fakes that implement the ports, with state to look at afterwards."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from rag_service.answer.events import Ask, CitationMade, Delta, Done, Event, PassagesFound, check_question
from rag_service.errors import (
    Conflict,
    RagError,
    Unauthorized,
    UnknownCollection,
    UnknownDocument,
    UnknownJob,
)
from rag_service.index.keys import ApiKey
from rag_service.models import (
    Abstention,
    Answer,
    Citation,
    Collection,
    DocumentPage,
    Job,
    JobDocument,
    Passage,
    SearchMode,
    SourceText,
    Statement,
    StoredDocument,
    Timings,
    Upload,
)
from rag_service.ports import Evidence
from rag_service.retrieve.types import Retrieval
from rag_service.settings import Settings

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


@dataclass
class FakeLibrary:
    """Documents in memory; a job takes ``steps`` looks to finish."""

    texts: dict[str, SourceText] = field(default_factory=dict)
    stored: dict[str, StoredDocument] = field(default_factory=dict)
    names: dict[str, int] = field(default_factory=lambda: {"default": 1_700_000_000})
    jobs: dict[str, list[Job]] = field(default_factory=dict)
    uploads: list[Upload] = field(default_factory=list)
    steps: int = 1
    block: float = 0.0

    def collections(self) -> list[Collection]:
        return [self._collection(name) for name in self.names]

    def create_collection(self, name: str) -> Collection:
        if name in self.names:
            raise Conflict(f"A collection named {name!r} exists already.")
        self.names[name] = 1_700_000_001
        return self._collection(name)

    def delete_collection(self, name: str) -> None:
        self._require(name)
        del self.names[name]
        self.stored = {key: item for key, item in self.stored.items() if item.collection != name}

    def documents(self, collection: str, limit: int, after: str | None) -> DocumentPage:
        self._require(collection)
        found = sorted(
            (item for item in self.stored.values() if item.collection == collection and item.source > (after or "")),
            key=lambda item: item.source,
        )
        return DocumentPage(tuple(found[:limit]), found[limit - 1].source if len(found) > limit else None)

    def document(self, document_id: str) -> StoredDocument:
        time.sleep(self.block)
        if document_id not in self.stored:
            raise UnknownDocument(f"There is no document with the id {document_id!r}.")
        return self.stored[document_id]

    def content(self, document_id: str) -> SourceText:
        self.document(document_id)
        return self.texts[document_id]

    def delete_document(self, document_id: str) -> StoredDocument:
        removed = self.document(document_id)
        del self.stored[document_id]
        return removed

    def submit(self, collection: str, uploads: Sequence[Upload]) -> Job:
        self.uploads.extend(uploads)
        self.names.setdefault(collection, 1_700_000_002)
        outcomes = [self._store(collection, upload) for upload in uploads]
        queued = Job(
            id=f"job_{len(self.jobs) + 1}",
            kind="upload",
            collection=collection,
            status="queued",
            done=0,
            total=len(uploads),
            documents=(),
            error=None,
            created=1,
            updated=1,
        )
        running = replace(queued, status="running", updated=2)
        done = replace(running, status="succeeded", done=len(uploads), documents=tuple(outcomes), updated=3)
        self.jobs[queued.id] = [*([running] * self.steps), done]
        return queued

    def job(self, job_id: str) -> Job:
        if job_id not in self.jobs:
            raise UnknownJob(f"There is no job with the id {job_id!r}.")
        states = self.jobs[job_id]
        return states.pop(0) if len(states) > 1 else states[0]

    def cancel(self, job_id: str) -> Job:
        job = self.job(job_id)
        if not job.finished:
            self.jobs[job_id] = [replace(job, status="cancelled")]
        return self.jobs[job_id][0]

    def put(self, collection: str, document_id: str, source: str, text: str) -> StoredDocument:
        """Store a document under an id of the test's choice."""
        self.names.setdefault(collection, 1_700_000_003)
        document = StoredDocument(
            id=document_id,
            version_id=f"ver_{document_id}",
            collection=collection,
            source=source,
            title=source.rpartition("/")[2],
            published="2019-04-25",
            language="de",
            media_type="text/plain",
            sha256="0" * 64,
            characters=len(text),
            chunks=1,
            metadata={"author": "Redaktion"},
            created=1,
            updated=2,
        )
        self.stored[document_id] = document
        self.texts[document_id] = SourceText(text, ())
        return document

    def _store(self, collection: str, upload: Upload) -> JobDocument:
        text = upload.text if upload.text is not None else (upload.data or b"").decode("utf-8", "replace")
        if not text:
            return JobDocument(upload.source, None, "failed", error=f"{upload.source}: the file is empty")
        for item in self.stored.values():
            if (item.collection, item.source) == (collection, upload.source):
                same = self.texts[item.id].text == text
                self.texts[item.id] = SourceText(text, ())
                return JobDocument(upload.source, item.id, "unchanged" if same else "updated", 1)
        stored = self.put(collection, f"doc_{len(self.stored) + 1}", upload.source, text)
        return JobDocument(upload.source, stored.id, "added", 1)

    def _require(self, name: str) -> None:
        if name not in self.names:
            raise UnknownCollection(f"There is no collection named {name!r}.")

    def _collection(self, name: str) -> Collection:
        count = sum(item.collection == name for item in self.stored.values())
        return Collection(f"col_{name}", name, count, count, self.names[name], None)


class FakeKeys:
    """API keys by their secret."""

    def __init__(self, **keys: ApiKey) -> None:
        self.keys = keys

    def add(self, secret: str, *collections: str, write: bool = False) -> None:
        """A key with that secret."""
        self.keys[secret] = ApiKey(f"key_{secret}", f"name of {secret}", collections, write, 1, None)

    def any_active(self) -> bool:
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
    closed: bool = False

    def close(self) -> None:
        self.closed = True
