"""Everything the catalog says must be in the stores: what doctor checks them against and mends them from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from rag_service.index.database import Database, batches
from rag_service.index.lexical import LexicalRow
from rag_service.index.schema import chunks, texts, versions


@dataclass(frozen=True, slots=True)
class LiveChunk:
    """A chunk of a live version."""

    chunk_id: str
    version_id: str
    document_id: str
    start: int
    end: int
    text: str
    title: str
    language: str

    @property
    def lexical(self) -> LexicalRow:
        """The chunk as the lexical index takes it."""
        return LexicalRow(self.chunk_id, self.version_id, self.text, self.title, self.language)


class Inventory:
    """The catalog's chunks in full, and whether the catalog agrees with itself."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def versions(self, collection_id: str) -> dict[str, int]:
        """Live versions and how many chunks each must have."""
        statement = sa.select(versions.c.id, versions.c.chunks)
        live = sa.and_(versions.c.collection_id == collection_id, versions.c.state == "live")
        with self._database.read() as connection:
            return {row.id: row.chunks for row in connection.execute(statement.where(live).order_by(versions.c.id))}

    def chunks(self, version_ids: Sequence[str]) -> Iterator[LiveChunk]:
        """The chunks of live versions, version by version."""
        for some in batches(version_ids, 100):
            with self._database.read() as connection:
                rows = connection.execute(_CHUNKS.where(versions.c.id.in_(some))).all()
            yield from (LiveChunk(*row) for row in rows)

    def text(self, version_id: str) -> str:
        """A version's source text; empty when it is lost."""
        with self._database.read() as connection:
            return connection.scalar(sa.select(texts.c.text).where(texts.c.version_id == version_id)) or ""


_CHUNKS = (
    sa.select(
        chunks.c.id,
        versions.c.id,
        versions.c.document_id,
        chunks.c.start,
        chunks.c.end,
        chunks.c.text,
        versions.c.title,
        versions.c.language,
    )
    .join(versions, versions.c.id == chunks.c.version_id)
    .where(versions.c.state == "live")
    .order_by(versions.c.id, chunks.c.ordinal)
)
