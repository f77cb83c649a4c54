"""Near-duplicates: chunks whose text another document of the collection prints too, as wire stories are.

Every version keeps a sample of its five-word shingles (about one in sixteen, chosen by hash value). A new
version that shares some with another is compared with it in full: a chunk counts as printed in the other
document when at least four fifths of its shingles stand there, wherever that document's own chunks begin.
"""

from __future__ import annotations

import sqlalchemy as sa

from rag_service.index.database import Database, batches
from rag_service.index.schema import chunks, duplicates, shingles, texts, versions
from rag_service.text import shingles as hashing

_SHARE = 0.8
_SHARED_SAMPLES = 3
_CANDIDATES = 8


class Duplicates:
    """Links chunks to other versions that print their text."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def link(self, collection_id: str, document_id: str, version_id: str, text: str) -> int:
        """Compare a new version with the collection, both ways; returns how many links were made."""
        own = hashing.shingles(text)
        sampled = hashing.sample(own).tolist()
        with self._database.write() as connection:
            others = _candidates(connection, collection_id, document_id, sampled)
            if sampled:
                rows = [{"version_id": version_id, "hash": value} for value in sampled]
                connection.execute(sa.insert(shingles), rows)
            links: list[dict[str, str]] = []
            for other in others:
                other_text = connection.scalar(sa.select(texts.c.text).where(texts.c.version_id == other)) or ""
                whole = hashing.shingles(other_text)
                if own.size and whole.size:
                    links += _links(connection, version_id, other, whole)
                    links += _links(connection, other, version_id, own)
            if links:
                connection.execute(sa.insert(duplicates), links)
        return len(links)


def _candidates(connection: sa.Connection, collection_id: str, document_id: str, sampled: list[int]) -> list[str]:
    """Versions of other documents that share samples, the most first."""
    counts: dict[str, int] = {}
    for some in batches(sampled):
        statement = (
            sa.select(shingles.c.version_id, sa.func.count().label("shared"))
            .join(versions, versions.c.id == shingles.c.version_id)
            .where(
                shingles.c.hash.in_(some),
                versions.c.collection_id == collection_id,
                versions.c.document_id != document_id,
                versions.c.state != "retired",
            )
            .group_by(shingles.c.version_id)
        )
        for row in connection.execute(statement):
            counts[row.version_id] = counts.get(row.version_id, 0) + row.shared
    enough = min(_SHARED_SAMPLES, max(1, len(sampled) // 2))
    found = [version_id for version_id, shared in counts.items() if shared >= enough]
    return sorted(found, key=lambda version_id: (-counts[version_id], version_id))[:_CANDIDATES]


def _links(connection: sa.Connection, version_id: str, other: str, whole: hashing.Hashes) -> list[dict[str, str]]:
    statement = sa.select(chunks.c.id, chunks.c.text).where(chunks.c.version_id == version_id)
    rows = connection.execute(statement.order_by(chunks.c.ordinal)).all()
    printed = hashing.printed_in([row.text for row in rows], whole, _SHARE)
    return [{"chunk_id": rows[index].id, "version_id": other} for index in printed]
