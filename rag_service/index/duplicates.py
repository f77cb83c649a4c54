"""Near-duplicates: chunks whose text another document of the collection prints too, as wire stories are.

Every version keeps a sample of its five-word shingles (about one in sixteen, chosen by hash value). A new
version that shares some with another is compared with it in full: a chunk counts as printed in the other
document when at least four fifths of its shingles stand there, wherever that document's own chunks begin.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import sqlalchemy as sa

from rag_service.index.database import Database, batches
from rag_service.index.schema import chunks, duplicates, shingles, texts, versions
from rag_service.index.versions import PendingVersion
from rag_service.text import shingles as hashing

_SHARE = 0.8
_SHARED_SAMPLES = 3
_CANDIDATES = 8


class Duplicates:
    """Links chunks to other versions that print their text."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def link(self, collection_id: str, items: Sequence[PendingVersion]) -> int:
        """Compare new versions with the collection, both ways, in one transaction; returns how many links were made."""
        links: list[dict[str, str]] = []
        with self._database.write() as connection:
            for item in items:
                links += _compare(connection, collection_id, item)
            if links:
                connection.execute(sa.insert(duplicates), links)
        return len(links)


def _compare(connection: sa.Connection, collection_id: str, item: PendingVersion) -> list[dict[str, str]]:
    """Links of one version and those that share text with it; its own sample is stored for later comparisons."""
    own = hashing.runs(item.content.document.text)
    whole = np.unique(own.hashes)
    sampled = hashing.sample(whole).tolist()
    if not sampled:
        return []
    others = _candidates(connection, collection_id, item.document_id, sampled)
    rows = [{"version_id": item.version_id, "hash": value} for value in sampled]
    connection.execute(sa.insert(shingles), rows)
    links: list[dict[str, str]] = []
    for other in others:
        text = connection.scalar(sa.select(texts.c.text).where(texts.c.version_id == other)) or ""
        found = hashing.runs(text)
        links += _links(connection, item.version_id, own, other, np.unique(found.hashes))
        links += _links(connection, other, found, item.version_id, whole)
    return links


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


def _links(
    connection: sa.Connection, version_id: str, own: hashing.Runs, other: str, whole: hashing.Hashes
) -> list[dict[str, str]]:
    """The version's chunks that stand in the other."""
    statement = sa.select(chunks.c.id, chunks.c.start, chunks.c.end).where(chunks.c.version_id == version_id)
    rows = connection.execute(statement.order_by(chunks.c.ordinal)).all()
    printed = hashing.printed_in(own, [(row.start, row.end) for row in rows], whole, _SHARE)
    return [{"chunk_id": rows[index].id, "version_id": other} for index in printed]
