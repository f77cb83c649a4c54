"""Processes that share a PostgreSQL catalog and a Chroma server leave each other's work alone."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from rag_service.errors import StoreError
from rag_service.index.chroma_place import ChromaServer
from rag_service.index.schema import jobs
from tests import catalog_kit, crash
from tests.library_kit import WordEncoder, open_library, write


@pytest.fixture
def shared(postgresql: str, chroma_server: ChromaServer) -> dict[str, Any]:
    """Where an empty catalog and the vectors are."""
    return {"catalog_url": catalog_kit.new_database(postgresql), "chroma": chroma_server}


def test_a_second_process_lets_an_ingest_go_on(tmp_path: Path, shared: dict[str, Any]) -> None:
    """It starts while the first embeds, sees its job run, and leaves what is not live yet to it."""
    write(tmp_path / "docs", a="Der Apfel fällt.", b="Die Birne reift.")
    begun, go_on = threading.Event(), threading.Event()

    def hold(texts: Sequence[str]) -> None:
        begun.set()
        assert go_on.wait(60)

    first, stores = open_library(tmp_path / "one", WordEncoder(hold), **shared)
    outcomes: list[str] = []
    thread = threading.Thread(target=lambda: outcomes.append(first.ingest("c", [tmp_path / "docs"]).status))
    thread.start()
    try:
        assert begun.wait(60)
        (pending,) = catalog_kit.pend(stores.catalog, catalog_kit.document("c.txt"))
        second, _ = open_library(tmp_path / "two", **shared)
        with stores.catalog.database.read() as connection:
            (job_id,) = connection.scalars(sa.select(jobs.c.id))
        assert not second.job(job_id).finished
        second.close()
        assert pending.version_id in {item.version_id for item in stores.catalog.versions.leftovers()}
    finally:
        go_on.set()
        thread.join(60)
    assert outcomes == ["succeeded"]
    first.close()
    third, stores = open_library(tmp_path / "two", **shared)  # alone now
    assert stores.catalog.versions.leftovers() == []
    assert [item.source for item in third.documents("c").items] == ["a.txt", "b.txt"]
    assert {item.store for item in third.doctor().items} <= {"tokens"}  # those stay where they were made
    third.close()


def begin_and_die(started: Connection, data: Path, shared: dict[str, Any]) -> None:
    """A process that is killed with a job half done."""
    _, stores = open_library(data, **shared)
    started.send(stores.catalog.jobs.create("ingest", "c", 1).id)
    os.kill(os.getpid(), signal.SIGKILL)


def test_the_job_of_a_dead_process_is_failed_while_another_lives(tmp_path: Path, shared: dict[str, Any]) -> None:
    living, stores = open_library(tmp_path / "one", **shared)
    own = stores.catalog.jobs.create("ingest", "c", 1)
    assert crash.killed(begin_and_die, tmp_path / "two", shared)
    second, _ = open_library(tmp_path / "two", **shared)
    with stores.catalog.database.read() as connection:
        found = dict(connection.execute(sa.select(jobs.c.id, jobs.c.status)).all())
    assert found.pop(own.id) == "queued"
    assert list(found.values()) == ["failed"]
    second.close()
    living.close()


def test_a_process_is_known_again_after_its_connections_were_cut(tmp_path: Path, shared: dict[str, Any]) -> None:
    living, stores = open_library(tmp_path / "one", **shared)
    earlier = stores.catalog.jobs.create("ingest", "c", 1)
    engine = sa.create_engine(shared["catalog_url"], isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
        connection.execute(sa.text(f"{others} AND pid <> pg_backend_pid()"))
    engine.dispose()
    later = stores.catalog.jobs.create("ingest", "c", 1)
    catalog_kit.pend(stores.catalog, catalog_kit.document("c.txt"), collection=living.create_collection("c").name)
    second, _ = open_library(tmp_path / "two", **shared)
    assert [second.job(item.id).status for item in (earlier, later)] == ["queued", "queued"]
    assert len(stores.catalog.versions.leftovers()) == 1
    second.close()
    living.close()


def test_a_server_that_is_away_is_an_error_that_says_so(tmp_path: Path, shared: dict[str, Any]) -> None:
    url = shared["catalog_url"]
    library, _ = open_library(tmp_path, **shared)
    library.create_collection("c")
    name = sa.make_url(url).database
    server = sa.create_engine(sa.make_url(url).set(database="postgres"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(sa.text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false"))
        connection.execute(sa.text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"))
        for call in (library.collections, lambda: library.create_collection("d"), lambda: library.job("job_1")):
            with pytest.raises(StoreError, match="The catalog .* cannot be (read|written): .*not currently accepting"):
                call()
        connection.execute(sa.text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true"))
    server.dispose()
    assert [item.name for item in library.collections()] == ["c"]
    library.close()


def test_a_process_whose_connection_was_cut_is_known_again(tmp_path: Path, shared: dict[str, Any]) -> None:
    first, stores = open_library(tmp_path / "one", **shared)
    running = stores.catalog.jobs.create("ingest", "c", 1)
    others = sa.text("select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()")
    for step in (lambda: stores.catalog.jobs.create("ingest", "c", 1), lambda: advance(stores, running, "running")):
        with stores.catalog.database.write() as connection:
            connection.execute(others)
        stores.catalog.database.presence._looked = 0.0
        step()
        second, _ = open_library(tmp_path / "two", **shared)
        assert stores.catalog.jobs.get(running.id).status in ("queued", "running")
        second.close()
    more = [running, stores.catalog.jobs.create("ingest", "c", 1)]
    with stores.catalog.database.write() as connection:
        connection.execute(others)
    for job in more:
        advance(stores, job, "succeeded")
        assert stores.catalog.jobs.get(job.id).status == "succeeded"
    assert not stores.catalog.jobs.create("ingest", "c", 1).finished
    first.close()


def advance(stores: Any, job: Any, status: Any) -> None:
    stores.catalog.jobs.advance(job.id, status=status, done=0, total=1, new=())
