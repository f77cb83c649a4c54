"""A library of documents in memory, with state to look at afterwards."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from rag_service.errors import (
    Conflict,
    UnknownCollection,
    UnknownDocument,
    UnknownJob,
)
from rag_service.models import (
    Collection,
    DocumentPage,
    Job,
    JobDocument,
    SourceText,
    StoredDocument,
    Upload,
)


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
