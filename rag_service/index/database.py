"""The catalog's database: SQLite in WAL mode or PostgreSQL, the same code for both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, DataError, DBAPIError, IntegrityError, InterfaceError

from rag_service.errors import InvalidInput, NotFound, SettingsError, StoreError
from rag_service.index import schema
from rag_service.index.presence import Presence

_CONNECT_SECONDS = 5
_PARAMETERS = 900  # bound parameters a statement; SQLite's own limit may be as low as 999
Item = TypeVar("Item")


class Clash(StoreError):
    """A row is there already, or what it belongs to is not: somebody else has written meanwhile."""


class Database:
    """Connections to the catalog's database; safe to share between threads."""

    def __init__(self, url: str | URL) -> None:
        """Open the database and create its tables; StoreError when it fails.

        SettingsError for a malformed URL, or one whose driver is not installed.
        """
        try:
            self._url: URL = make_url(url)
            self._engine = _engine(self._url)
        except ArgumentError as error:
            raise SettingsError(f"RAG_CATALOG__URL is not a database URL: {error}") from error
        except ValueError as error:  # not told: it holds a part of the URL, which may be one of the password
            raise SettingsError("RAG_CATALOG__URL is not a database URL: its port is not a number.") from error
        except ImportError as error:
            raise SettingsError(
                f"RAG_CATALOG__URL ({self._url!r}) needs the Python module {error.name}, which is not installed. For "
                "PostgreSQL, begin it with postgresql+psycopg:// and run `.venv/bin/pip install '.[postgres]'`."
            ) from error
        self._writer = self._engine.execution_options(writes=True)
        self._changes = 0
        self.presence = Presence(self._url)
        try:
            self._create()
        except StoreError:
            self._engine.dispose()
            raise

    @property
    def changes(self) -> int | None:
        """A number that grows with every transaction; None where other processes may change documents, too.

        A SQLite catalog lies in a data directory, which has one owner.
        """
        return self._changes if self._url.get_backend_name() == "sqlite" else None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection for reading; it sees committed data only; StoreError when the disk or server fails.

        InvalidInput when the database cannot even be asked for such a value.
        """
        with self._explained("read"), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def find(self, unknown: NotFound) -> Iterator[Connection]:
        """A connection for reading what has one name; ``unknown`` when that name is none that a database can hold."""
        try:
            with self.read() as connection:
                yield connection
        except InvalidInput as error:
            raise unknown from error

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction: all of it or, after an exception, nothing; StoreError when the disk or server fails.

        InvalidInput when the database refuses a value.
        """
        try:
            with self._explained("written"), self._writer.begin() as connection:
                yield connection
        finally:
            self._changes += 1

    @contextmanager
    def arrive(self) -> Iterator[bool]:
        """Whether no other process is at the catalog, nor arrives while the block runs; StoreError."""
        with self._explained("read"), self.presence.arrive() as alone:
            yield alone

    def close(self) -> None:
        """Close all connections."""
        self.presence.close()
        self._engine.dispose()

    @contextmanager
    def _explained(self, done: str) -> Iterator[None]:
        try:
            yield
        except UnicodeEncodeError as error:
            raise InvalidInput(
                f"The catalog cannot take a value that holds lone surrogates: {error.reason}."
            ) from error
        except (DatabaseError, InterfaceError) as error:
            said = str(error.orig).partition("\n")[0]
            if _refused(error):
                raise InvalidInput(f"The catalog cannot take a value: {said}.") from error
            if isinstance(error, IntegrityError):
                raise Clash(f"The catalog {self._url!r} was changed by somebody else meanwhile: {said}.") from error
            failed = f"The catalog {self._url!r} cannot be {done}: {error.orig}"
            if type(error) is DatabaseError:  # SQLite's way to say that its file is damaged, or none of its own
                failed += ". Put a backup of it in its place."
            raise StoreError(failed) from error

    def _create(self) -> None:
        with self._explained("opened"), self._writer.begin() as connection:
            schema.metadata.create_all(connection)
            found = connection.scalar(sa.select(schema.facts.c.value).where(schema.facts.c.key == "schema"))
            if found is None:
                connection.execute(sa.insert(schema.facts).values(key="schema", value=schema.SCHEMA_VERSION))
            elif found != schema.SCHEMA_VERSION:
                raise StoreError(
                    f"The catalog {self._url!r} has schema {found}, this release needs {schema.SCHEMA_VERSION}: "
                    "ingest into a new data directory."
                )


def batches(items: Sequence[Item], size: int = _PARAMETERS) -> Iterator[Sequence[Item]]:
    """Slices small enough to be bound in one statement."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def insert(connection: Connection, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows, all in one go; there may be none."""
    if rows:
        connection.execute(sa.insert(table), rows)


def _refused(error: DBAPIError) -> bool:
    """Whether a value is to blame: NUL on PostgreSQL, or more than an index of its takes (a limit, class 54)."""
    return isinstance(error, DataError) or str(getattr(error.orig, "sqlstate", "")).startswith("54")


def _engine(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        bounded = {"connect_timeout": _CONNECT_SECONDS} if url.get_driver_name().startswith("psycopg") else {}
        return sa.create_engine(url, pool_pre_ping=True, connect_args=bounded)
    engine = sa.create_engine(url)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun below, so that writers lock at once
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
