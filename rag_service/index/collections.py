"""Collections in the catalog."""

from __future__ import annotations

import re
import secrets
import time
from contextlib import suppress
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from rag_service.errors import Conflict, InvalidInput, UnknownCollection
from rag_service.index.database import Clash, Database
from rag_service.index.facts import FactsReader, unknown_collection
from rag_service.index.schema import collections, versions
from rag_service.models import Collection, Fingerprint
from rag_service.models.collections import COLLECTION_NAME


def check_name(name: str) -> None:
    """InvalidInput for what can be no collection's name."""
    if not re.fullmatch(COLLECTION_NAME, name):
        raise InvalidInput(
            f"{name!r} cannot name a collection: use 1-63 letters, digits, '.', '_' or '-', a letter or digit first."
        )


class Collections:
    """Creates, lists and deletes collections, and keeps their fingerprints."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.facts = FactsReader(database)

    def id_of(self, name: str) -> str:
        """The id under which the stores keep a collection; UnknownCollection."""
        return self.facts.identity(name).id

    def all(self) -> list[Collection]:
        """Every collection with its live documents and chunks, by name."""
        with self._database.read() as connection:
            return [_collection(row) for row in connection.execute(_LISTED.order_by(collections.c.name))]

    def get(self, name: str) -> Collection:
        """One collection; UnknownCollection."""
        with self._database.find(unknown_collection(name)) as connection:
            row = connection.execute(_LISTED.where(collections.c.name == name)).first()
        if row is None:
            raise unknown_collection(name)
        return _collection(row)

    def create(self, name: str) -> Collection:
        """A new, empty collection; Conflict when the name is taken, InvalidInput when it is malformed."""
        check_name(name)
        row = {
            "id": f"col_{secrets.token_hex(8)}",
            "name": name,
            "state": "live",
            "created": int(time.time()),
        }
        try:
            with self._database.write() as connection:
                connection.execute(sa.insert(collections).values(row))
        except Clash as error:
            raise Conflict(f"A collection named {name!r} exists already.") from error
        return self.get(name)

    def ensure(self, name: str) -> Collection:
        """The collection of that name, created when there is none."""
        try:
            return self.get(name)
        except UnknownCollection:
            with suppress(Conflict):  # somebody else was faster
                return self.create(name)
        return self.get(name)

    def set_fingerprint(self, collection_id: str, fingerprint: Fingerprint) -> None:
        """Record what the collection is built with."""
        with self._database.write() as connection:
            statement = sa.update(collections).where(collections.c.id == collection_id)
            connection.execute(statement.values(fingerprint=asdict(fingerprint)))

    def mark_deleting(self, name: str) -> str:
        """Make a collection invisible at once and free its name; returns its id for the stores to forget."""
        collection_id = self.id_of(name)
        with self._database.write() as connection:
            statement = sa.update(collections).where(collections.c.id == collection_id)
            connection.execute(statement.values(state="deleting", name=f"!{collection_id}"))
        return collection_id

    def abandoned(self) -> list[str]:
        """Ids of collections whose deletion was begun, or whose building was not finished."""
        with self._database.read() as connection:
            return list(connection.scalars(sa.select(collections.c.id).where(collections.c.state != "live")))

    def purge(self, collection_id: str) -> None:
        """Remove a collection with everything the catalog knows of it."""
        with self._database.write() as connection:
            connection.execute(sa.delete(collections).where(collections.c.id == collection_id))


_LISTED = (
    sa.select(
        collections.c.id,
        collections.c.name,
        collections.c.created,
        collections.c.fingerprint,
        sa.func.count(versions.c.id).label("documents"),
        sa.func.coalesce(sa.func.sum(versions.c.chunks), 0).label("chunks"),
    )
    .outerjoin(versions, sa.and_(versions.c.collection_id == collections.c.id, versions.c.state == "live"))
    .where(collections.c.state == "live")
    .group_by(collections.c.id)
)


def _collection(row: Any) -> Collection:
    fingerprint = Fingerprint(**row.fingerprint) if row.fingerprint else None
    return Collection(row.id, row.name, int(row.documents), int(row.chunks), row.created, fingerprint)
