"""Documents, jobs and collections on the wire; offsets are code points, times Unix seconds."""

from __future__ import annotations

import math
import re
from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, Field

from rag_service import models
from rag_service.api.schemas.common import CollectionName, RequestBody, storable
from rag_service.api.uploads import check_source

MAX_CURSOR = 5462  # a source of 1024 characters has up to 4096 bytes, which take so many in base64
_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2})?)?)?)?")


def _iso_date(value: str) -> str:
    """A date as precise as known; its missing parts are filled in only to see whether the rest exists."""
    try:
        if not _DATE.fullmatch(value):
            raise ValueError(value)
        datetime.fromisoformat(value + "0001-01-01"[len(value) :] if len(value) < 10 else value)
    except ValueError as error:
        raise ValueError("must be an ISO 8601 date: 2019, 2019-04, 2019-04-25 or 2019-04-25T08:44") from error
    return value


def _finite(value: models.MetadataValue) -> models.MetadataValue:
    """Numbers that filters compare and JSON gives back: Python's parser knows NaN and Infinity, too."""
    try:
        if isinstance(value, str) or math.isfinite(value):
            return value
    except OverflowError:
        pass
    raise ValueError("must be a finite number in the range of a double")


class DocumentUpload(RequestBody):
    """A document given as text."""

    source: Annotated[str, AfterValidator(check_source)] = Field(
        min_length=1,
        max_length=1024,
        description="Its path within the collection, in NFC, of names of 255 characters at most.",
        examples=["notes/besuch.md"],
    )
    text: str = Field(min_length=1, examples=["Kim traf am 25. April 2019 in Wladiwostok ein."])
    metadata: Annotated[
        dict[Annotated[str, Field(max_length=200)], Annotated[models.MetadataValue, AfterValidator(_finite)]],
        AfterValidator(storable),
    ] = Field(default_factory=dict, max_length=100, examples=[{"author": "Redaktion"}])
    published: Annotated[str, AfterValidator(_iso_date)] | None = Field(
        None,
        description="ISO 8601, as precise as known; read from the text when absent.",
        examples=["2019-04-25"],
    )

    def upload(self) -> models.Upload:
        """The same as the library takes it."""
        return models.Upload(source=self.source, text=self.text, metadata=self.metadata, published=self.published)


class UploadQuery(RequestBody):
    """Where an upload goes."""

    collection: CollectionName | None = Field(None, description="The configured default when absent.")
    wait: bool = Field(False, description="Answer when the job has finished.")


class ListQuery(RequestBody):
    """Which documents to list."""

    collection: CollectionName | None = Field(None, description="The configured default when absent.")
    limit: int = Field(100, ge=1, le=1000)
    after: str | None = Field(None, max_length=MAX_CURSOR, description="`next` of the page before.")


class DocumentBody(BaseModel):
    """A stored document."""

    id: str
    object: Literal["document"] = "document"
    collection: str
    source: str
    title: str
    published: str | None = Field(description="ISO 8601, as precise as known.")
    language: str
    media_type: str
    sha256: str
    characters: int
    chunks: int
    metadata: dict[str, models.MetadataValue]
    created: int
    updated: int

    @classmethod
    def of(cls, document: models.StoredDocument) -> Self:
        """The wire form of a document."""
        return cls(
            id=document.id,
            collection=document.collection,
            source=document.source,
            title=document.title,
            published=document.published,
            language=document.language,
            media_type=document.media_type,
            sha256=document.sha256,
            characters=document.characters,
            chunks=document.chunks,
            metadata=dict(document.metadata),
            created=document.created,
            updated=document.updated,
        )


class DocumentList(BaseModel):
    """A page of documents; `next` is the `after` of the next page."""

    object: Literal["list"] = "list"
    data: list[DocumentBody]
    has_more: bool
    next: str | None

    @classmethod
    def of(cls, page: models.DocumentPage) -> Self:
        """The wire form of a page."""
        return cls(
            data=[DocumentBody.of(item) for item in page.items],
            has_more=page.next is not None,
            next=page.next,
        )


class PageBody(BaseModel):
    """A page of a paginated document."""

    number: int
    start_char_index: int
    end_char_index: int


class ContentBody(BaseModel):
    """A document's source text: what the offsets of citations and passages point into."""

    document_id: str
    text: str
    pages: list[PageBody]

    @classmethod
    def of(cls, document_id: str, content: models.SourceText) -> Self:
        """The wire form of a source text."""
        pages = [
            PageBody(number=page.number, start_char_index=page.start, end_char_index=page.end) for page in content.pages
        ]
        return cls(document_id=document_id, text=content.text, pages=pages)


class Deleted(BaseModel):
    """What was removed."""

    id: str
    object: Literal["document", "collection"]
    deleted: Literal[True] = True


class ProgressBody(BaseModel):
    """Documents finished, of how many."""

    done: int
    total: int


class JobDocumentBody(BaseModel):
    """What became of one document of a job."""

    source: str
    document_id: str | None
    status: models.Outcome
    chunks: int
    error: str | None


class JobBody(BaseModel):
    """Work on documents."""

    id: str
    object: Literal["job"] = "job"
    collection: str
    status: models.JobStatus
    progress: ProgressBody
    documents: list[JobDocumentBody]
    error: str | None = Field(description="Why all of it failed.")
    created: int
    updated: int

    @classmethod
    def of(cls, job: models.Job) -> Self:
        """The wire form of a job."""
        documents = [
            JobDocumentBody(
                source=item.source,
                document_id=item.document_id,
                status=item.status,
                chunks=item.chunks,
                error=item.error,
            )
            for item in job.documents
        ]
        progress = ProgressBody(done=job.done, total=job.total)
        return cls(
            id=job.id,
            collection=job.collection,
            status=job.status,
            progress=progress,
            documents=documents,
            error=job.error,
            created=job.created,
            updated=job.updated,
        )
