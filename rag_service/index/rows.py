"""A new version of a document as rows of the catalog."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rag_service.index.dates import date_range
from rag_service.index.ids import id_of
from rag_service.models import Chunk, Document, MetadataValue

Row = dict[str, Any]
_SAID = ("sha256", "title", "published", "language", "media_type")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a document comes from: the ingested root (None for an upload) and its file's size and time."""

    root: str | None = None
    size: int | None = None
    mtime_ns: int | None = None


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A document cut into chunks, ready to be written; ``document_id`` None goes by collection and source."""

    document: Document
    chunks: tuple[Chunk, ...]
    origin: Origin
    document_id: str | None = None


def version(collection_id: str, document_id: str, version_id: str, new: NewVersion) -> Row:
    """A pending version."""
    document = new.document
    return {name: getattr(document, name) for name in _SAID} | {
        "id": version_id,
        "document_id": document_id,
        "collection_id": collection_id,
        "state": "pending",
        "published_from": first_second(document.published),
        "metadata": dict(document.metadata),
        "pages": [[page.number, page.start, page.end] for page in document.pages],
        "characters": len(document.text),
        "chunks": len(new.chunks),
        "created": int(time.time()),
    }


def chunks(version_id: str, items: Sequence[Chunk]) -> list[Row]:
    """Its chunks."""
    return [
        {
            "id": id_of(version_id, item.ordinal),
            "version_id": version_id,
            "ordinal": item.ordinal,
            "start": item.start,
            "end": item.end,
            "tokens": item.tokens,
            "text": item.text,
        }
        for item in items
    ]


def metadata(version_id: str, values: Mapping[str, MetadataValue]) -> list[Row]:
    """Its metadata, for filters."""
    return [
        {
            "version_id": version_id,
            "key": key,
            "text": value if isinstance(value, str) else None,
            "number": None if isinstance(value, str) else float(value),
        }
        for key, value in values.items()
    ]


def first_second(published: str | None) -> str | None:
    """The first second of a date, which ranges are compared with."""
    span = date_range(published) if published else None
    return span[0] if span else None
