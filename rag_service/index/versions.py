"""Versions of documents in the catalog: written as pending, made live in one transaction, then purged.

A document has at most one live version at any time; the database itself refuses a second one. A pending or
retired version that is found when the catalog is opened for writing was left by a process that died: its
chunks are removed from the stores, then its rows.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from rag_service.errors import LoadError
from rag_service.index.database import Database, batches
from rag_service.index.dates import date_range
from rag_service.index.schema import chunks, collections, documents, texts, version_metadata, versions
from rag_service.models import Chunk, Document, MetadataValue


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


@dataclass(frozen=True, slots=True)
class PendingVersion:
    """A version the catalog knows but does not count yet."""

    document_id: str
    version_id: str
    content: NewVersion


@dataclass(frozen=True, slots=True)
class Leftover:
    """A version that is not live: pending or retired."""

    collection_id: str
    version_id: str
    chunks: int

    @property
    def chunk_ids(self) -> list[str]:
        """Ids of all its chunks."""
        return [chunk_id(self.version_id, ordinal) for ordinal in range(self.chunks)]


def chunk_id(version_id: str, ordinal: int) -> str:
    """The id of a version's chunk in every store."""
    return f"{version_id}:{ordinal}"


class Versions:
    """The write side of document versions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_pending(self, collection_id: str, items: Sequence[NewVersion]) -> list[PendingVersion]:
        """Write versions with source text, pages and chunks, not yet visible; all of them or none.

        LoadError when a text cannot be stored.
        """
        for item in items:
            _check_storable(item.document)
        with self._database.write() as connection:
            return [self._add(connection, collection_id, item) for item in items]

    def flip(self, pending: Sequence[PendingVersion]) -> list[Leftover]:
        """Make versions live and retire those they replace, in one transaction; returns the retired."""
        now = int(time.time())
        retired: list[Leftover] = []
        with self._database.write() as connection:
            for item in pending:
                old = sa.and_(versions.c.document_id == item.document_id, versions.c.state == "live")
                retired.extend(leftovers(connection, old))
                connection.execute(sa.update(versions).where(old).values(state="retired"))
                new = sa.update(versions).where(versions.c.id == item.version_id, versions.c.state == "pending")
                connection.execute(new.values(state="live"))
                origin = item.content.origin
                connection.execute(
                    sa.update(documents)
                    .where(documents.c.id == item.document_id)
                    .values(root=origin.root, size=origin.size, mtime_ns=origin.mtime_ns, updated=now)
                )
        return retired

    def leftovers(self) -> list[Leftover]:
        """Every version that is not live."""
        with self._database.read() as connection:
            return list(leftovers(connection, versions.c.state != "live"))

    def purge(self, version_ids: Sequence[str]) -> None:
        """Delete versions that are not live, and documents left without any; the stores have forgotten them."""
        with self._database.write() as connection:
            for some in batches(version_ids):
                dead = sa.and_(versions.c.id.in_(some), versions.c.state != "live")
                owners = list(connection.scalars(sa.select(versions.c.document_id).where(dead)))
                connection.execute(sa.delete(versions).where(dead))
                bare = sa.select(versions.c.id).where(versions.c.document_id == documents.c.id)
                connection.execute(sa.delete(documents).where(documents.c.id.in_(owners), ~bare.exists()))

    def live_texts(self, document_ids: Sequence[str]) -> dict[tuple[str, str], str]:
        """Chunk ids of live versions by document and text."""
        found: dict[tuple[str, str], str] = {}
        with self._database.read() as connection:
            for some in batches(document_ids):
                statement = (
                    sa.select(versions.c.document_id, chunks.c.text, chunks.c.id)
                    .join(versions, versions.c.id == chunks.c.version_id)
                    .where(versions.c.document_id.in_(some), versions.c.state == "live")
                )
                found |= {(row.document_id, row.text): row.id for row in connection.execute(statement)}
        return found

    def describe(
        self, version_id: str, title: str, published: str | None, metadata: Mapping[str, MetadataValue]
    ) -> None:
        """Change what is said about a version whose text stays the same."""
        with self._database.write() as connection:
            values = {"title": title, "published": published, "published_from": _first_second(published)}
            statement = sa.update(versions).where(versions.c.id == version_id)
            connection.execute(statement.values(**values, metadata=dict(metadata)))
            connection.execute(sa.delete(version_metadata).where(version_metadata.c.version_id == version_id))
            _insert(connection, version_metadata, _metadata_rows(version_id, metadata))

    def _add(self, connection: sa.Connection, collection_id: str, item: NewVersion) -> PendingVersion:
        document_id = item.document_id or self._document(connection, collection_id, item.document.source)
        version_id = _free_id(connection, versions, "ver", document_id, item.document.sha256)
        document = item.document
        row = {
            "id": version_id,
            "document_id": document_id,
            "collection_id": collection_id,
            "state": "pending",
            "published_from": _first_second(document.published),
            "metadata": dict(document.metadata),
            "pages": [[page.number, page.start, page.end] for page in document.pages],
            "characters": len(document.text),
            "chunks": len(item.chunks),
            "created": int(time.time()),
        }
        said = ("sha256", "title", "published", "language", "media_type")
        connection.execute(sa.insert(versions).values(row | {name: getattr(document, name) for name in said}))
        connection.execute(sa.insert(texts).values(version_id=version_id, text=document.text))
        _insert(connection, chunks, _chunk_rows(version_id, item.chunks))
        _insert(connection, version_metadata, _metadata_rows(version_id, document.metadata))
        return PendingVersion(document_id, version_id, item)

    def _document(self, connection: sa.Connection, collection_id: str, source: str) -> str:
        same = sa.and_(documents.c.collection_id == collection_id, documents.c.source == source)
        found = connection.scalar(sa.select(documents.c.id).where(same))
        if found is not None:
            return str(found)
        name = connection.scalar(sa.select(collections.c.name).where(collections.c.id == collection_id))
        document_id = _free_id(connection, documents, "doc", str(name), source)
        now = int(time.time())
        row = {
            "id": document_id,
            "collection_id": collection_id,
            "source": source,
            "created": now,
            "updated": now,
        }
        connection.execute(sa.insert(documents).values(row))
        return document_id


def _free_id(connection: sa.Connection, table: sa.Table, prefix: str, *parts: str) -> str:
    """An id that depends on the content alone unless that one is taken, so that a fresh ingest repeats itself."""
    attempt = 0
    while True:
        digest = hashlib.sha256("\0".join((*parts, str(attempt))).encode("utf-8", "surrogatepass")).hexdigest()
        candidate = f"{prefix}_{digest[:20]}"
        if connection.scalar(sa.select(table.c.id).where(table.c.id == candidate)) is None:
            return candidate
        attempt += 1


def leftovers(connection: sa.Connection, where: sa.ColumnElement[bool]) -> Iterator[Leftover]:
    """The versions that meet a condition."""
    for row in connection.execute(sa.select(versions.c.collection_id, versions.c.id, versions.c.chunks).where(where)):
        yield Leftover(row.collection_id, row.id, row.chunks)


def _insert(connection: sa.Connection, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(sa.insert(table), rows)


def _chunk_rows(version_id: str, items: Sequence[Chunk]) -> list[dict[str, Any]]:
    return [
        {
            "id": chunk_id(version_id, item.ordinal),
            "version_id": version_id,
            "ordinal": item.ordinal,
            "start": item.start,
            "end": item.end,
            "tokens": item.tokens,
            "text": item.text,
        }
        for item in items
    ]


def _metadata_rows(version_id: str, metadata: Mapping[str, MetadataValue]) -> list[dict[str, Any]]:
    return [
        {
            "version_id": version_id,
            "key": key,
            "text": value if isinstance(value, str) else None,
            "number": None if isinstance(value, str) else float(value),
        }
        for key, value in metadata.items()
    ]


def _first_second(published: str | None) -> str | None:
    span = date_range(published) if published else None
    return span[0] if span else None


def _check_storable(document: Document) -> None:
    """Databases store neither NUL nor lone surrogates."""
    said = (document.source, document.text, document.title, *map(str, document.metadata.values()))
    for value in said:
        if "\0" in value:
            raise LoadError(f"{document.source!r}: holds NUL characters.")
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise LoadError(f"{document.source!r}: holds a lone surrogate at character {error.start}.") from error
