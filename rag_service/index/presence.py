"""Processes that share a PostgreSQL catalog know of each other by advisory locks, which end with their connection."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

_KEY = 1_918_985_061  # of advisory locks, which are a database's own
_LOOK_AGAIN = 2.0  # seconds between two looks whether the connection still stands


class Presence:
    """One process at a catalog; a SQLite catalog lies in a data directory, whose owner is alone."""

    def __init__(self, url: URL) -> None:
        """Nothing is opened before the first use."""
        shared = url.get_backend_name() == "postgresql"
        self._engine = sa.create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT") if shared else None
        self._connection: Connection | None = None
        self._jobs: set[str] = set()
        self._lock = threading.Lock()
        self._looked = 0.0

    @contextmanager
    def arrive(self) -> Iterator[bool]:
        """Be known to others from here on; whether nobody else is there, nor arrives while the block runs."""
        if self._engine is None:
            yield True
            return
        with self._lock:
            self._connection = self._engine.connect()
            alone = bool(self._ask(sa.func.pg_try_advisory_lock(_KEY)))
            if not alone:
                self._ask(sa.func.pg_advisory_lock_shared(_KEY))  # once whoever cleans up has done so
        try:
            yield alone
        finally:
            if alone:
                with self._lock:
                    self._ask(sa.func.pg_advisory_lock_shared(_KEY))
                    self._ask(sa.func.pg_advisory_unlock(_KEY))

    def begin(self, job_id: str) -> None:
        """Let others know that a job is this process's own; anew for all of them when the connection was lost."""
        if self._connection is None or self._engine is None:
            return
        with self._lock:
            self._jobs.add(job_id)
            try:
                self._ask(_of_job("pg_advisory_lock_shared", job_id))
            except SQLAlchemyError:  # also of a connection that was lost before
                self._anew()

    def keep(self) -> None:
        """Be known again, with all jobs, if the connection was lost; asks once every few seconds."""
        if self._connection is None or time.monotonic() < self._looked + _LOOK_AGAIN:
            return
        with self._lock:
            self._looked = time.monotonic()
            try:
                self._ask(sa.literal(1))
            except SQLAlchemyError:
                self._anew()

    def end(self, job_id: str) -> None:
        """Let go of a job that has finished."""
        with self._lock:
            if job_id in self._jobs:
                self._jobs.remove(job_id)
                with suppress(SQLAlchemyError):  # gone with its connection
                    self._ask(_of_job("pg_advisory_unlock_shared", job_id))

    def forsaken(self, job_id: str) -> bool:
        """Whether no process is at work on an unfinished job; for one that has begun none of its own."""
        if self._connection is None:
            return True
        with self._lock:
            free = bool(self._ask(_of_job("pg_try_advisory_lock", job_id)))
            if free:
                self._ask(_of_job("pg_advisory_unlock", job_id))
            return free

    def close(self) -> None:
        """Leave."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            self._connection = None
            self._jobs.clear()

    def _anew(self) -> None:
        assert self._connection is not None and self._engine is not None
        self._connection.close()
        self._connection = self._engine.connect()
        self._ask(sa.func.pg_advisory_lock_shared(_KEY))
        for own in self._jobs:
            self._ask(_of_job("pg_advisory_lock_shared", own))

    def _ask(self, function: sa.ColumnElement[Any]) -> Any:
        assert self._connection is not None
        return self._connection.scalar(sa.select(function))


def _of_job(function: str, job_id: str) -> sa.ColumnElement[Any]:
    return getattr(sa.func, function)(_KEY, sa.func.hashtext(job_id))  # type: ignore[no-any-return]
