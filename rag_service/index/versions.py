"""Versions of documents in the catalog: written as pending, made live in one transaction, then purged.

A document has at most one live version at any time; the database itself refuses a second one. A pending or
retired version that is found when the catalog is opened for writing was left by a process that died: its
chunks are removed from the stores, then its rows.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from rag_service.errors import LoadError
from rag_service.index import rows
from rag_service.index.database import Clash, Database, batches, insert
from rag_service.index.ids import id_of
from rag_service.index.rows import NewVersion
from rag_service.index.schema import chunks, collections, documents, texts, version_metadata, versions
from rag_service.models import Document, MetadataValue


@dataclass(frozen=True, slots=True)
class PendingVersion:
    """A version the catalog knows but does not count yet."""

    document_id: str
    version_id: str
    content: NewVersion


@dataclass(frozen=True, slots=True)
class Flipped:
    """Ids of the versions that became live, and the versions that these replaced."""

    live: frozenset[str]
    retired: list[Leftover]


@dataclass(frozen=True, slots=True)
class Leftover:
    """A version that is not live: pending or retired."""

    collection_id: str
    version_id: str
    chunks: int

    @property
    def chunk_ids(self) -> list[str]:
        """Ids of all its chunks."""
        return [id_of(self.version_id, ordinal) for ordinal in range(self.chunks)]


class Versions:
    """The write side of document versions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_pending(self, collection_id: str, items: Sequence[NewVersion]) -> list[PendingVersion]:
        """Write versions with source text, pages and chunks, not yet visible; all of them or none.

        LoadError when a text cannot be stored.
        """
        for item in items:
            check_storable(item.document)
        try:
            return self._add(collection_id, items)
        except Clash:  # another process has just written documents of the same names: now they are known
            return self._add(collection_id, items)

    def _add(self, collection_id: str, items: Sequence[NewVersion]) -> list[PendingVersion]:
        with self._database.write() as connection:
            owners = _owners(connection, collection_id, items)
            keys = [(own, item.document.sha256) for own, item in zip(owners, items, strict=True)]
            ids = _free_ids(connection, versions, "ver", keys)
            pending = [PendingVersion(*row) for row in zip(owners, ids, items, strict=True)]
            insert(
                connection,
                versions,
                [rows.version(collection_id, *row) for row in zip(owners, ids, items, strict=True)],
            )
            said = [(item.version_id, item.content) for item in pending]
            insert(connection, texts, [{"version_id": own, "text": new.document.text} for own, new in said])
            insert(connection, chunks, [row for own, new in said for row in rows.chunks(own, new.chunks)])
            described = [row for own, new in said for row in rows.metadata(own, new.document.metadata)]
            insert(connection, version_metadata, described)
        return pending

    def flip(self, pending: Sequence[PendingVersion]) -> Flipped:
        """Make versions live and retire those they replace, in one transaction.

        A version whose document was withdrawn since it was written is pending no more, and does not become live.
        """
        live: set[str] = set()
        retired: list[Leftover] = []
        with self._database.write() as connection:
            for some in batches(pending):
                rows = locked(connection, [item.document_id for item in some])
                waiting = {row.id: row.document_id for row in rows if row.state == "pending"}
                new = {item.version_id for item in some if item.version_id in waiting}
                owners = {waiting[version_id] for version_id in new}
                old = [row for row in rows if row.state == "live" and row.document_id in owners]
                turn(connection, [row.id for row in old], "retired")
                turn(connection, list(new), "live")
                retired.extend(Leftover(row.collection_id, row.id, row.chunks) for row in old)
                live |= new
            self._settle(connection, [item for item in pending if item.version_id in live])
        return Flipped(frozenset(live), retired)

    def _settle(self, connection: sa.Connection, items: Sequence[PendingVersion]) -> None:
        """Record where the documents of new live versions come from."""
        now = int(time.time())
        origins = [asdict(item.content.origin) | {"own": item.document_id, "updated": now} for item in items]
        if origins:
            connection.execute(sa.update(documents).where(documents.c.id == sa.bindparam("own")), origins)

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

    def describe(self, version_id: str, published: str | None, metadata: Mapping[str, MetadataValue]) -> None:
        """Change what is said about a version whose text and title, which are indexed, stay the same."""
        with self._database.write() as connection:
            values = {"published": published, "published_from": rows.first_second(published)}
            statement = sa.update(versions).where(versions.c.id == version_id)
            connection.execute(statement.values(**values, metadata=dict(metadata)))
            connection.execute(sa.delete(version_metadata).where(version_metadata.c.version_id == version_id))
            insert(connection, version_metadata, rows.metadata(version_id, metadata))


def _owners(connection: sa.Connection, collection_id: str, items: Sequence[NewVersion]) -> list[str]:
    """The document of each version, by its source where it is not given; a new one where there is none."""
    found = {item.document.source: item.document_id for item in items if item.document_id is not None}
    wanted = [item.document.source for item in items if item.document_id is None]
    for some in batches(wanted):
        same = sa.and_(documents.c.collection_id == collection_id, documents.c.source.in_(some))
        known = connection.execute(sa.select(documents.c.id, documents.c.source).where(same))
        found |= {row.source: row.id for row in known}
    new = [source for source in dict.fromkeys(wanted) if source not in found]
    name = str(connection.scalar(sa.select(collections.c.name).where(collections.c.id == collection_id)))
    ids = _free_ids(connection, documents, "doc", [(name, source) for source in new])
    now = int(time.time())
    fresh = {"collection_id": collection_id, "created": now, "updated": now}
    insert(connection, documents, [{"id": own, "source": source} | fresh for own, source in zip(ids, new, strict=True)])
    found |= zip(new, ids, strict=True)
    return [found[item.document.source] for item in items]


def _free_ids(connection: sa.Connection, table: sa.Table, prefix: str, keys: Sequence[tuple[str, str]]) -> list[str]:
    """Ids that depend on the content alone unless one is taken, so that a fresh ingest repeats itself."""
    found: dict[int, str] = {}
    attempt = 0
    while len(found) < len(keys):
        tried = {index: _id(prefix, *key, str(attempt)) for index, key in enumerate(keys) if index not in found}
        taken = set(found.values())
        for some in batches(list(tried.values())):
            taken.update(connection.scalars(sa.select(table.c.id).where(table.c.id.in_(some))))
        for index, candidate in tried.items():
            if candidate not in taken:
                found[index] = candidate
                taken.add(candidate)
        attempt += 1
    return [found[index] for index in range(len(keys))]


def _id(prefix: str, *parts: str) -> str:
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
    return f"{prefix}_{digest[:20]}"


def locked(connection: sa.Connection, document_ids: Sequence[str]) -> Sequence[Any]:
    """All versions of documents, which nobody else changes before the transaction ends."""
    own = versions.c.document_id.in_(document_ids)
    said = (versions.c.id, versions.c.document_id, versions.c.collection_id, versions.c.state, versions.c.chunks)
    return connection.execute(sa.select(*said).where(own).order_by(versions.c.id).with_for_update()).all()


def turn(connection: sa.Connection, version_ids: Sequence[str], state: str) -> None:
    """Give versions another state."""
    for some in batches(version_ids):
        connection.execute(sa.update(versions).where(versions.c.id.in_(some)).values(state=state))


def leftovers(connection: sa.Connection, where: sa.ColumnElement[bool]) -> Iterator[Leftover]:
    """The versions that meet a condition."""
    for row in connection.execute(sa.select(versions.c.collection_id, versions.c.id, versions.c.chunks).where(where)):
        yield Leftover(row.collection_id, row.id, row.chunks)


def check_storable(document: Document) -> None:
    """LoadError for what no database stores: NUL and lone surrogates."""
    described = (str(part) for item in document.metadata.items() for part in item)
    said = (document.source, document.text, document.title, *described)
    for value in said:
        if "\0" in value:
            raise LoadError(f"{document.source!r}: holds NUL characters.")
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise LoadError(f"{document.source!r}: holds a lone surrogate at character {error.start}.") from error
