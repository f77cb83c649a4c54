"""Near-duplicates: chunks whose text another document of the collection prints too, as wire stories are.

Every version keeps a sample of its five-word shingles (about one in sixteen, chosen by hash value). A new
version that shares some with another is compared with it in full: a chunk counts as printed in the other
document when at least four fifths of its shingles stand there, wherever that document's own chunks begin.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import sqlalchemy as sa

from rag_service.index.database import Database, batches, insert
from rag_service.index.schema import chunks, duplicates, shingles, texts, versions
from rag_service.index.versions import PendingVersion
from rag_service.text import shingles as hashing

_SHARE = 0.8
_SHARED_SAMPLES = 3
_CANDIDATES = 8
Samples = Mapping[str, Sequence[int]]  # hashes by version


class Duplicates:
    """Links chunks to other versions that print their text."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def link(self, collection_id: str, items: Sequence[PendingVersion]) -> int:
        """Compare new versions with the collection and each other, both ways; returns how many links were made."""
        new = {item.version_id: hashing.runs(item.content.document.text) for item in items}
        samples = {name: hashing.sample(np.unique(own.hashes)).tolist() for name, own in new.items()}
        links: list[dict[str, str]] = []
        with self._database.write() as connection:
            rows = [{"version_id": name, "hash": value} for name, own in samples.items() for value in own]
            insert(connection, shingles, rows)
            for name, other in _pairs(connection, collection_id, samples):
                own, found = new[name], new.get(other) or _runs(connection, other)
                links += _links(connection, name, own, other, found) + _links(connection, other, found, name, own)
            insert(connection, duplicates, links)
        return len(links)


def _pairs(connection: sa.Connection, collection_id: str, samples: Samples) -> Iterator[tuple[str, str]]:
    """Each new version with those that share most samples with it; no pair comes twice."""
    shared = _shared(connection, samples)
    names = {*shared, *(other for own in shared.values() for other in own)}
    documents = _documents(connection, collection_id, sorted(names))
    done: set[frozenset[str]] = set()
    for name, counts in shared.items():
        others = [each for each in counts if each in documents and documents[each] != documents[name]]
        for other in sorted(others, key=lambda each: (-counts[each], each))[:_CANDIDATES]:
            pair = frozenset((name, other))
            if pair not in done:
                done.add(pair)
                yield name, other


def _shared(connection: sa.Connection, samples: Samples) -> dict[str, Counter[str]]:
    """For each new version how many samples it shares with which others, where these are enough to look closer."""
    printed: defaultdict[int, list[str]] = defaultdict(list)
    for some in batches(sorted({value for own in samples.values() for value in own})):
        statement = sa.select(shingles.c.hash, shingles.c.version_id).where(shingles.c.hash.in_(some))
        for value, name in connection.execute(statement):
            printed[value].append(name)
    found: dict[str, Counter[str]] = {}
    for name, own in samples.items():
        enough = min(_SHARED_SAMPLES, max(1, len(own) // 2))
        counts = Counter(other for value in own for other in printed[value])
        found[name] = Counter({other: count for other, count in counts.items() if count >= enough and other != name})
    return {name: counts for name, counts in found.items() if counts}


def _documents(connection: sa.Connection, collection_id: str, version_ids: Sequence[str]) -> dict[str, str]:
    """The document of each of the versions that are in the collection and not retired."""
    found: dict[str, str] = {}
    for some in batches(version_ids):
        own = sa.and_(versions.c.collection_id == collection_id, versions.c.state != "retired")
        statement = sa.select(versions.c.id, versions.c.document_id).where(versions.c.id.in_(some), own)
        found |= {row.id: row.document_id for row in connection.execute(statement)}
    return found


def _runs(connection: sa.Connection, version_id: str) -> hashing.Runs:
    return hashing.runs(connection.scalar(sa.select(texts.c.text).where(texts.c.version_id == version_id)) or "")


def _links(
    connection: sa.Connection, version_id: str, own: hashing.Runs, other: str, found: hashing.Runs
) -> list[dict[str, str]]:
    """The version's chunks that stand in the other."""
    statement = sa.select(chunks.c.id, chunks.c.start, chunks.c.end).where(chunks.c.version_id == version_id)
    rows = connection.execute(statement.order_by(chunks.c.ordinal)).all()
    printed = hashing.printed_in(own, [(row.start, row.end) for row in rows], found.hashes, _SHARE)
    return [{"chunk_id": rows[index].id, "version_id": other} for index in printed]
