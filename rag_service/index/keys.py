"""API keys in the catalog: 256 random bits, shown once, stored as their SHA-256."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from rag_service.errors import InvalidInput, NotFound, Unauthorized
from rag_service.index.collections import check_name
from rag_service.index.database import Database
from rag_service.index.schema import api_keys

_PREFIX = "rag_"


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What a key may do: ``collections`` it reaches (all when empty), and whether it may write."""

    id: str
    name: str
    collections: tuple[str, ...]
    write: bool
    created: int
    revoked: int | None


class Keys:
    """Creates, lists, revokes and checks API keys."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, name: str, collections: Sequence[str] = (), *, write: bool = False) -> tuple[ApiKey, str]:
        """A new key and its secret, which is not kept and cannot be shown again.

        The collections need not be there yet. InvalidInput without a name, or for what can be no collection's name.
        """
        if not name.strip():
            raise InvalidInput("A key needs a name that tells later whose it is.")
        for collection in collections:
            check_name(collection)
        secret = _PREFIX + secrets.token_urlsafe(32)
        key = ApiKey(f"key_{secrets.token_hex(8)}", name, tuple(collections), write, int(time.time()), None)
        row = {
            "id": key.id,
            "name": name,
            "hash": _hash(secret),
            "collections": list(collections),
            "write": int(write),
            "created": key.created,
        }
        with self._database.write() as connection:
            connection.execute(sa.insert(api_keys).values(row))
        return key, secret

    def all(self) -> list[ApiKey]:
        """Every key, revoked ones too, oldest first."""
        with self._database.read() as connection:
            rows = connection.execute(sa.select(api_keys).order_by(api_keys.c.created, api_keys.c.id))
            return [_key(row) for row in rows]

    def any_active(self) -> bool:
        """Whether there is a key that works."""
        statement = sa.select(api_keys.c.id).where(api_keys.c.revoked.is_(None)).limit(1)
        with self._database.read() as connection:
            return connection.scalar(statement) is not None

    def revoke(self, key_id: str) -> None:
        """Make a key useless from now on; NotFound when there is no such key."""
        with self._database.write() as connection:
            statement = sa.update(api_keys).where(api_keys.c.id == key_id, api_keys.c.revoked.is_(None))
            changed = connection.execute(statement.values(revoked=int(time.time()))).rowcount
        if not changed:
            raise NotFound(f"There is no active API key with the id {key_id!r}.")

    def check(self, secret: str) -> ApiKey:
        """The key that a secret belongs to; Unauthorized when it is unknown or revoked."""
        statement = sa.select(api_keys).where(api_keys.c.hash == _hash(secret), api_keys.c.revoked.is_(None))
        with self._database.read() as connection:
            row = connection.execute(statement).first()
        if row is None:
            raise Unauthorized("The API key is unknown or revoked.")
        return _key(row)


def _hash(secret: str) -> str:
    """Unsalted on purpose: 256 random bits cannot be guessed, and the hash is looked up by an index."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _key(row: Any) -> ApiKey:
    return ApiKey(row.id, row.name, tuple(row.collections), bool(row.write), row.created, row.revoked)
