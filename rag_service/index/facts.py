"""What every search asks of its collection first: id, embedder, size and languages, read once per change."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from rag_service.errors import UnknownCollection
from rag_service.index.database import Database
from rag_service.index.schema import collections, versions


@dataclass(frozen=True, slots=True)
class Facts:
    """A collection's id, the identity of its embedder (None before the first document), and what is live in it.

    ``languages`` are those of its documents, most frequent first.
    """

    id: str
    embedder: str | None
    documents: int
    chunks: int
    languages: tuple[str, ...]


class FactsReader:
    """Facts by the collection's name, kept until the catalog changes; safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: dict[str, tuple[int, Facts]] = {}

    def of(self, name: str) -> Facts:
        """The facts of one collection; UnknownCollection."""
        changes = self._database.changes
        kept = self._kept.get(name)
        if kept is not None and kept[0] == changes:
            return kept[1]
        facts = self._read(name)
        if changes is not None:
            self._kept[name] = changes, facts
        return facts

    def _read(self, name: str) -> Facts:
        own = sa.select(collections.c.id, collections.c.fingerprint).where(collections.c.name == name)
        with self._database.read() as connection:
            row = connection.execute(own).first()
            if row is None:
                raise UnknownCollection(f"There is no collection named {name!r}.")
            counts = connection.execute(_COUNTS.where(versions.c.collection_id == row.id)).all()
        embedder = row.fingerprint["embedder"] if row.fingerprint else None
        return Facts(
            row.id,
            embedder,
            sum(each.documents for each in counts),
            sum(each.chunks for each in counts),
            tuple(each.language for each in counts),
        )


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
