"""A job's end reaches whoever waits for it, and the catalog as soon as that can be written."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rag_service.errors import StoreError
from rag_service.index.database import Database
from rag_service.index.jobs import Jobs
from rag_service.ingest.jobs import Worker
from rag_service.ingest.run import Run
from rag_service.models import JobDocument


class FailingJobs(Jobs):
    """Jobs in a catalog that at times cannot be written."""

    broken = False

    def advance(self, job_id: str, **state: Any) -> None:
        if self.broken:
            raise StoreError("The catalog cannot be written: database or disk is full")
        super().advance(job_id, **state)


@pytest.fixture
def jobs(tmp_path: Path) -> Iterator[FailingJobs]:
    """Stored jobs."""
    database = Database(f"sqlite:///{tmp_path / 'catalog.sqlite'}")
    yield FailingJobs(database)
    database.close()


def test_an_end_that_cannot_be_saved_is_told_and_saved_later(jobs: FailingJobs) -> None:
    worker = Worker(jobs)

    def work(run: Run) -> None:
        run.expect(2)
        run.finish(JobDocument("a.txt", "doc_1", "added", 3))
        jobs.broken = True
        raise StoreError("The vector store failed: disk full")

    job = worker.submit("upload", "c", 2, work)
    ended = worker.wait(job.id, 30)
    assert (ended.status, ended.error) == ("failed", "The vector store failed: disk full")
    assert (ended.done, ended.total, [item.source for item in ended.documents]) == (1, 2, ["a.txt"])
    assert [item.status for item in worker.events(job.id)] == ["failed"]
    assert jobs.get(job.id).status == "running"
    jobs.broken = False
    until = time.monotonic() + 30
    while not jobs.get(job.id).finished and time.monotonic() < until:
        time.sleep(0.05)
    assert (jobs.get(job.id).status, jobs.get(job.id).documents) == ("failed", ended.documents)
    worker.close()


def test_the_last_try_is_at_the_end(jobs: FailingJobs) -> None:
    worker = Worker(jobs)

    def work(run: Run) -> None:
        jobs.broken = True

    assert worker.run("ingest", "c", work, None).status == "succeeded"
    jobs.broken = False
    (stored,) = [worker.get(job_id) for job_id in worker._unsaved]
    worker.close()
    assert jobs.get(stored.id).status == "succeeded"
