"""One job while it runs: counted, told to whoever watches, kept in the catalog."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace

from rag_service.index.jobs import Jobs
from rag_service.models import Job, JobDocument, JobStatus, Progress

_SAVE_SECONDS = 0.5
OnProgress = Callable[[Progress], None]


class Run:
    """What a running job reports to; stopped and told of embedded chunks from any thread, all else by one."""

    def __init__(self, jobs: Jobs, job: Job, on_progress: OnProgress | None = None) -> None:
        self.id = job.id
        self.collection = job.collection
        self.deleted: set[str] = set()  # sources of documents that were deleted after the job was asked for
        self._jobs = jobs
        self._job = job
        self._on_progress = on_progress
        self._stop = threading.Event()
        self._telling = threading.Lock()
        self._began = self._saved = time.monotonic()
        self._total = job.total
        self._done = self._chunks_done = self._chunks_total = 0
        self._documents: list[JobDocument] = []
        self._saved_documents = 0
        self._failed = False

    @property
    def failed(self) -> bool:
        """Whether any document failed."""
        return self._failed

    def stop(self) -> None:
        """Ask the job to end at the next opportunity."""
        self._stop.set()

    def stopped(self) -> bool:
        """Whether the job was asked to end."""
        return self._stop.is_set()

    def expect(self, documents: int) -> None:
        """How many documents there are to see to."""
        self._total = documents
        self._report()

    def found(self, chunks: int) -> None:
        """A document was cut into that many chunks."""
        self._chunks_total += chunks
        self._report()

    def embedded(self, chunks: int) -> None:
        """That many chunks have been embedded."""
        with self._telling:
            self._chunks_done += chunks
            self._tell()

    def finish(self, *documents: JobDocument) -> None:
        """What came of documents."""
        self._done += len(documents)
        self._failed = self._failed or any(item.status == "failed" for item in documents)
        self._documents.extend(documents)
        self._report()

    def save(self, status: JobStatus, error: str | None = None) -> Job:
        """Write the state to the catalog and return the job."""
        self._write(status, error)
        return self._jobs.get(self.id)

    def state(self, status: JobStatus, error: str | None = None) -> Job:
        """The job as it would be saved, when the catalog cannot be written."""
        documents, now = tuple(self._documents), int(time.time())
        return replace(
            self._job, status=status, done=self._done, total=self._total, documents=documents, error=error, updated=now
        )

    def _report(self) -> None:
        if time.monotonic() - self._saved > _SAVE_SECONDS:
            self._write("running")
        with self._telling:
            self._tell()

    def _tell(self) -> None:
        if self._on_progress is not None:
            seconds = time.monotonic() - self._began
            self._on_progress(Progress(self._done, self._total, self._chunks_done, self._chunks_total, seconds))

    def _write(self, status: JobStatus, error: str | None = None) -> None:
        new = self._documents[self._saved_documents :]
        self._jobs.advance(self.id, status=status, done=self._done, total=self._total, new=new, error=error)
        self._saved_documents += len(new)
        self._saved = time.monotonic()
