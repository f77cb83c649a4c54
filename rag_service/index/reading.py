"""What retrieval and answering read from the catalog: live versions only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from rag_service.errors import UnknownDocument
from rag_service.index.database import Database, batches
from rag_service.index.facts import FactsReader
from rag_service.index.filters import condition
from rag_service.index.ids import id_of
from rag_service.index.schema import chunks, documents, duplicates, texts, versions
from rag_service.models import Page, Passage, SourceText


class LiveReader:
    """The catalog's read side (ports.LiveCatalog); safe to share between threads."""

    def __init__(self, database: Database, facts: FactsReader) -> None:
        self._database = database
        self._facts = facts

    def passages(self, collection: str, chunk_ids: Sequence[str]) -> dict[str, Passage]:
        """Passages of those chunks whose version is live, in the order asked for."""
        own = self._facts.identity(collection).id
        rows: dict[str, Any] = {}
        with self._database.read() as connection:
            for some in batches(chunk_ids):
                found = connection.execute(_PASSAGES, {"chunk_ids": some}).all()
                rows |= {row.chunk_id: row for row in found if row.collection_id == own}
            doubles = self._duplicates(connection, list(rows))
        return {
            chunk_id: _passage(rows[chunk_id], doubles.get(chunk_id, ())) for chunk_id in chunk_ids if chunk_id in rows
        }

    def matching_versions(self, collection: str, filters: Mapping[str, Any]) -> list[str]:
        """Live versions whose document matches the filters; InvalidFilter when they make no sense."""
        wanted = condition(filters)
        collection_id = self._facts.identity(collection).id
        with self._database.read() as connection:
            statement = (
                sa.select(versions.c.id)
                .join(documents, documents.c.id == versions.c.document_id)
                .where(versions.c.collection_id == collection_id, versions.c.state == "live", wanted)
                .order_by(versions.c.id)
            )
            return list(connection.scalars(statement))

    def source_text(self, version_id: str) -> SourceText:
        """A live version's stored source text; UnknownDocument when it is gone."""
        with self._database.read() as connection:
            row = connection.execute(_TEXT, {"version_id": version_id}).first()
        if row is None:
            raise UnknownDocument(f"Version {version_id} is no longer stored: its document was changed or deleted.")
        return SourceText(row.text, tuple(Page(*page) for page in row.pages))

    def count_chunks(self, collection: str) -> int:
        """Live chunks of a collection; UnknownCollection."""
        return self._facts.of(collection).chunks

    def languages(self, collection: str) -> tuple[str, ...]:
        """Languages of the live documents, most frequent first."""
        return self._facts.of(collection).languages

    def chunk_ids(self, version_ids: Sequence[str]) -> list[str]:
        """Chunks of those of the versions that are live."""
        found: list[str] = []
        with self._database.read() as connection:
            for some in batches(version_ids):
                statement = sa.select(versions.c.id, versions.c.chunks).where(
                    versions.c.id.in_(some), versions.c.state == "live"
                )
                for row in connection.execute(statement):
                    found.extend(id_of(row.id, ordinal) for ordinal in range(row.chunks))
        return found

    def _duplicates(self, connection: sa.Connection, chunk_ids: list[str]) -> dict[str, tuple[str, ...]]:
        """Sources of other live documents that print the same text."""
        found: dict[str, list[str]] = {}
        for some in batches(chunk_ids):
            for row in connection.execute(_DUPLICATES, {"chunk_ids": some}):
                found.setdefault(row.chunk_id, []).append(row.source)
        return {chunk_id: tuple(sources) for chunk_id, sources in found.items()}


_CHUNK_IDS: sa.BindParameter[list[str]] = sa.bindparam("chunk_ids", expanding=True)
_DUPLICATES = (
    sa.select(duplicates.c.chunk_id, documents.c.source)
    .join(versions, versions.c.id == duplicates.c.version_id)
    .join(documents, documents.c.id == versions.c.document_id)
    .where(duplicates.c.chunk_id.in_(_CHUNK_IDS), versions.c.state == "live")
    .order_by(documents.c.source)
)
_TEXT = (
    sa.select(texts.c.text, versions.c.pages)
    .join(versions, versions.c.id == texts.c.version_id)
    .where(versions.c.id == sa.bindparam("version_id"), versions.c.state == "live")
)
_PASSAGES = (
    sa.select(
        chunks.c.id.label("chunk_id"),
        chunks.c.start,
        chunks.c.end,
        chunks.c.text,
        documents.c.id.label("document_id"),
        documents.c.source,
        versions.c.id.label("version_id"),
        versions.c.title,
        versions.c.published,
        versions.c.language,
        versions.c.collection_id,  # compared afterwards: SQLite would begin with all versions of the collection
    )
    .join(versions, versions.c.id == chunks.c.version_id)
    .join(documents, documents.c.id == versions.c.document_id)
    .where(chunks.c.id.in_(_CHUNK_IDS), versions.c.state == "live")
)


def _passage(row: Any, doubles: tuple[str, ...]) -> Passage:
    return Passage(
        chunk_id=row.chunk_id,
        document_id=row.document_id,
        version_id=row.version_id,
        source=row.source,
        title=row.title,
        published=row.published,
        language=row.language,
        text=row.text,
        start=row.start,
        end=row.end,
        rank=0,
        score=0.0,
        duplicates=doubles,
    )
