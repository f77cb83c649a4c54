"""What every search asks of its collection first: id, embedder, size and languages, read once per change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import sqlalchemy as sa

from rag_service.errors import UnknownCollection
from rag_service.index.database import Database
from rag_service.index.schema import collections, versions

Kept = TypeVar("Kept")


@dataclass(frozen=True, slots=True)
class Identity:
    """A collection's id, and the identity of its embedder (None before the first document)."""

    id: str
    embedder: str | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is live in a collection; ``languages`` are those of its documents, most frequent first."""

    documents: int
    chunks: int
    languages: tuple[str, ...]


class FactsReader:
    """Facts by the collection's name, kept until the catalog changes; safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._identities = _Keeper(database, self._read_identity)
        self._facts = _Keeper(database, self._read)

    def identity(self, name: str) -> Identity:
        """Which collection it is; UnknownCollection. Spares the count where nothing can be kept."""
        return self._identities.of(name)

    def of(self, name: str) -> Facts:
        """What is live in one collection; UnknownCollection."""
        return self._facts.of(name)

    def _read_identity(self, name: str) -> Identity:
        with self._database.find(unknown_collection(name)) as connection:
            return _identity(connection, name)

    def _read(self, name: str) -> Facts:
        with self._database.find(unknown_collection(name)) as connection:
            own = _identity(connection, name).id
            counts = connection.execute(_COUNTS.where(versions.c.collection_id == own)).all()
        return Facts(
            sum(each.documents for each in counts),
            sum(each.chunks for each in counts),
            tuple(each.language for each in counts),
        )


class _Keeper(Generic[Kept]):
    """What was read by name, until the catalog changes; nothing where other processes may change it."""

    def __init__(self, database: Database, read: Callable[[str], Kept]) -> None:
        self._database = database
        self._read = read
        self._kept: dict[str, tuple[int, Kept]] = {}

    def of(self, name: str) -> Kept:
        changes = self._database.changes
        kept = self._kept.get(name)
        if kept is not None and kept[0] == changes:
            return kept[1]
        found = self._read(name)
        if changes is not None:
            self._kept[name] = changes, found
        return found


def unknown_collection(name: str) -> UnknownCollection:
    """The error that no collection has that name."""
    return UnknownCollection(f"There is no collection named {name!r}.")


def _identity(connection: sa.Connection, name: str) -> Identity:
    own = sa.select(collections.c.id, collections.c.fingerprint).where(collections.c.name == name)
    row = connection.execute(own).first()
    if row is None:
        raise unknown_collection(name)
    return Identity(row.id, row.fingerprint["embedder"] if row.fingerprint else None)


_COUNTS = (
    sa.select(
        versions.c.language,
        sa.func.count().label("documents"),
        sa.func.sum(versions.c.chunks).label("chunks"),
    )
    .where(versions.c.state == "live")
    .group_by(versions.c.language)
    .order_by(sa.func.count().desc(), versions.c.language)
)
