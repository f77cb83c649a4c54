"""Documents in the catalog: listed, read, moved, and withdrawn."""

from __future__ import annotations

import base64
import binascii
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from rag_service.errors import InvalidInput, UnknownDocument
from rag_service.index.database import Database, batches
from rag_service.index.schema import collections, documents, texts, versions
from rag_service.index.versions import Leftover, locked, turn
from rag_service.models import DocumentPage, Page, SourceText, StoredDocument


@dataclass(frozen=True, slots=True)
class Known:
    """What a sync compares a file with; ``root`` is None for an upload, ``mtime_ns`` when it cannot be trusted."""

    document_id: str
    version_id: str
    source: str
    root: str | None
    sha256: str
    size: int | None
    mtime_ns: int | None
    chunks: int


@dataclass(frozen=True, slots=True)
class FileState:
    """Where a document's file stands on disk, and its size and modification time."""

    document_id: str
    source: str
    root: str | None
    size: int | None
    mtime_ns: int | None


class Documents:
    """Live documents; ids stay the same for as long as a document lives, whatever its versions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, collection_id: str, limit: int, after: str | None) -> DocumentPage:
        """Up to ``limit`` documents by source, beginning behind the cursor; InvalidInput for a foreign cursor."""
        statement = _STORED.where(documents.c.collection_id == collection_id).order_by(documents.c.source)
        if after is not None:
            statement = statement.where(documents.c.source > _source_of(after))
        with self._database.read() as connection:
            rows = connection.execute(statement.limit(limit + 1)).all()
        items = tuple(_stored(row) for row in rows[:limit])
        return DocumentPage(items, _cursor(items[-1].source) if len(rows) > limit else None)

    def get(self, document_id: str) -> StoredDocument:
        """One live document; UnknownDocument."""
        unknown = _unknown(document_id)
        with self._database.find(unknown) as connection:
            row = connection.execute(_STORED.where(documents.c.id == document_id)).first()
        if row is None:
            raise unknown
        return _stored(row)

    def content(self, document_id: str) -> SourceText:
        """The source text of a document's live version; UnknownDocument."""
        statement = (
            sa.select(texts.c.text, versions.c.pages)
            .join(versions, versions.c.id == texts.c.version_id)
            .where(versions.c.document_id == document_id, versions.c.state == "live")
        )
        unknown = _unknown(document_id)
        with self._database.find(unknown) as connection:
            row = connection.execute(statement).first()
        if row is None:
            raise unknown
        return SourceText(row.text, tuple(Page(*page) for page in row.pages))

    def known(self, collection_id: str) -> dict[str, Known]:
        """Every live document of a collection by its source."""
        statement = (
            sa.select(documents, versions.c.id.label("version_id"), versions.c.sha256, versions.c.chunks)
            .join(versions, versions.c.document_id == documents.c.id)
            .where(documents.c.collection_id == collection_id, versions.c.state == "live")
        )
        with self._database.read() as connection:
            return {
                row.source: Known(
                    row.id,
                    row.version_id,
                    row.source,
                    row.root,
                    row.sha256,
                    row.size,
                    row.mtime_ns,
                    row.chunks,
                )
                for row in connection.execute(statement)
            }

    def settle(self, states: Sequence[FileState]) -> None:
        """Record where the files of unchanged and moved documents stand now; their versions stay as they are.

        All sources change in one step, so that two files which swapped their names do not collide.
        """
        if not states:
            return
        with self._database.write() as connection:
            current = self._sources(connection, [state.document_id for state in states])
            moved = [state for state in states if current.get(state.document_id, state.source) != state.source]
            for state in moved:
                parked = sa.update(documents).where(documents.c.id == state.document_id)
                connection.execute(parked.values(source=f"\n{state.document_id}", updated=int(time.time())))
            for state in states:
                statement = sa.update(documents).where(documents.c.id == state.document_id)
                connection.execute(
                    statement.values(source=state.source, root=state.root, size=state.size, mtime_ns=state.mtime_ns)
                )

    def withdraw(self, document_ids: Sequence[str]) -> list[Leftover]:
        """Retire the live versions of documents in one transaction, so that no reader sees them; returns these.

        Versions that are still being written are retired with them, and left for who writes them to remove.
        """
        retired: list[Leftover] = []
        with self._database.write() as connection:
            for some in batches(document_ids):
                rows = locked(connection, some)
                turn(connection, [row.id for row in rows if row.state in ("live", "pending")], "retired")
                live = [row for row in rows if row.state == "live"]
                retired.extend(Leftover(row.collection_id, row.id, row.chunks) for row in live)
        return retired

    def _sources(self, connection: sa.Connection, document_ids: list[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for some in batches(document_ids):
            rows = connection.execute(sa.select(documents.c.id, documents.c.source).where(documents.c.id.in_(some)))
            found |= {row.id: row.source for row in rows}
        return found


_STORED = (
    sa.select(
        documents.c.id,
        documents.c.source,
        documents.c.created,
        documents.c.updated,
        collections.c.name.label("collection"),
        versions.c.id.label("version_id"),
        versions.c.title,
        versions.c.published,
        versions.c.language,
        versions.c.media_type,
        versions.c.sha256,
        versions.c.characters,
        versions.c.chunks,
        versions.c.metadata,
    )
    .join(versions, versions.c.document_id == documents.c.id)
    .join(collections, collections.c.id == documents.c.collection_id)
    .where(versions.c.state == "live", collections.c.state == "live")
)


def _unknown(document_id: str) -> UnknownDocument:
    return UnknownDocument(f"There is no document with the id {document_id!r}.")


def _stored(row: Any) -> StoredDocument:
    return StoredDocument(**row._mapping)


def _cursor(source: str) -> str:
    return base64.urlsafe_b64encode(source.encode()).decode().rstrip("=")


def _source_of(cursor: str) -> str:
    foreign = InvalidInput(f"{cursor!r} is not a cursor that a listing returned.")
    try:
        source = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise foreign from error
    if "\0" in source:
        raise foreign
    return source
