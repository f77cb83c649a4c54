"""What the HTTP interface needs of the wired service, as Protocols; `bootstrap.Service` fulfils them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Protocol

from rag_service.answer.events import Ask, Event
from rag_service.api.auth import Keys
from rag_service.models import Collection, DocumentPage, Job, SearchMode, SourceText, StoredDocument, Upload
from rag_service.retrieve.types import Retrieval
from rag_service.settings import Settings


class Asker(Protocol):
    """Answers questions."""

    def stream(self, ask: Ask) -> AsyncIterator[Event]:
        """The events of one answer; closing the iterator stops the work."""


class Retriever(Protocol):
    """Finds passages; blocking."""

    def search(
        self,
        collection: str,
        query: str,
        *,
        filters: Mapping[str, Any] | None,
        top_k: int | None,
        mode: SearchMode,
    ) -> Retrieval:
        """The passages for a query."""


class Library(Protocol):
    """Documents, collections and jobs; every call blocks."""

    def collections(self) -> list[Collection]:
        """All collections."""

    def create_collection(self, name: str) -> Collection:
        """A new, empty collection; Conflict when the name is taken."""

    def delete_collection(self, name: str) -> None:
        """Remove a collection and its documents; UnknownCollection."""

    def documents(self, collection: str, limit: int, after: str | None) -> DocumentPage:
        """A page of a collection's documents."""

    def document(self, document_id: str) -> StoredDocument:
        """One document; UnknownDocument."""

    def content(self, document_id: str) -> SourceText:
        """Its source text; UnknownDocument."""

    def delete_document(self, document_id: str) -> StoredDocument:
        """Remove one document; UnknownDocument."""

    def submit(self, collection: str, uploads: Sequence[Upload]) -> Job:
        """Queue documents to be added or updated."""

    def job(self, job_id: str) -> Job:
        """One job as it stands; UnknownJob."""

    def cancel(self, job_id: str) -> Job:
        """Call a job off and return it as it stands; UnknownJob."""


class Directory(Protocol):
    """The data directory that this process owns."""

    def serve(self, url: str) -> None:
        """Tell other processes where this one serves."""


class Service(Protocol):
    """Everything the HTTP interface calls."""

    @property
    def asker(self) -> Asker:
        """Answers questions."""

    @property
    def retriever(self) -> Retriever:
        """Finds passages."""

    @property
    def library(self) -> Library:
        """Documents, collections and jobs."""

    @property
    def keys(self) -> Keys:
        """API keys."""

    @property
    def directory(self) -> Directory:
        """The data directory."""

    @property
    def settings(self) -> Settings:
        """How the service is configured."""

    def stop(self) -> None:
        """Wait no longer for what fails and would be tried again."""

    def close(self) -> None:
        """Call off what is running and give everything up."""
