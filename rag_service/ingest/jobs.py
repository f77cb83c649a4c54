"""Jobs one at a time, in the order of their arrival: on the caller's thread or in the background."""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

from rag_service.errors import RagError, UnknownJob
from rag_service.index.jobs import Jobs
from rag_service.ingest.run import OnProgress, Run
from rag_service.ingest.write import Cancelled
from rag_service.models import Job, JobStatus

Work = Callable[[Run], None]
_POLL_SECONDS = 0.2
_SAVE_AGAIN_SECONDS = 1.0


class Worker:
    """Runs jobs; a background thread is started with the first one that is submitted."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs
        self._turn = threading.Lock()
        self._put_off: deque[Callable[[], None]] = deque()
        self._changed = threading.Condition()
        self._runs: dict[str, Run] = {}
        self._unsaved: dict[str, tuple[Run, Job]] = {}  # finished jobs that the catalog did not take
        self._queue: queue.Queue[tuple[Run, Work] | None] = queue.Queue()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._log = structlog.get_logger("rag_service.jobs")

    def run(self, kind: str, collection: str, work: Work, on_progress: OnProgress | None) -> Job:
        """Do a job on this thread and return it finished; RagError when all of it failed."""
        run = self._begin(kind, collection, 0, on_progress)
        return self._do(run, work)

    def submit(self, kind: str, collection: str, total: int, work: Work) -> Job:
        """Queue a job for the background thread."""
        run = self._begin(kind, collection, total, None)
        with self._changed:
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="jobs", daemon=True)
                self._thread.start()
        self._queue.put((run, work))
        return self.get(run.id)

    def get(self, job_id: str) -> Job:
        """The job as it stands, even while the catalog cannot be written; UnknownJob."""
        unsaved = self._unsaved.get(job_id)
        return unsaved[1] if unsaved else self._jobs.get(job_id)

    def wait(self, job_id: str, timeout: float | None) -> Job:
        """The job when it has finished, or as it stands after ``timeout`` seconds; UnknownJob."""
        until = None if timeout is None else time.monotonic() + timeout
        while True:
            job = self.get(job_id)
            left = _POLL_SECONDS if until is None else min(_POLL_SECONDS, until - time.monotonic())
            if job.finished or left <= 0:
                return job
            with self._changed:
                self._changed.wait(left)

    def events(self, job_id: str) -> Iterator[Job]:
        """The job whenever it has changed, the last time when it has finished; UnknownJob."""
        last: Job | None = None
        while last is None or not last.finished:
            job = self.get(job_id)
            if job != last:
                yield job
                last = job
            else:
                with self._changed:
                    self._changed.wait(_POLL_SECONDS)

    def cancel(self, job_id: str) -> Job:
        """Ask a job to end; UnknownJob."""
        run = self._runs.get(job_id)
        if run is not None:
            run.stop()
        return self.get(job_id)

    def call_off(self, collection: str) -> None:
        """Ask all jobs on a collection to end."""
        for run in list(self._runs.values()):
            if run.collection == collection:
                run.stop()

    def deleted(self, collection: str, source: str) -> None:
        """Tell all jobs on a collection that a document was deleted after they were asked for."""
        for run in list(self._runs.values()):
            if run.collection == collection:
                run.deleted.add(source)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nothing else runs meanwhile."""
        try:
            with self._turn:
                self._clear()
                yield
        finally:
            self._catch_up()

    def between_jobs(self, work: Callable[[], None]) -> None:
        """Do something while nothing else runs, without waiting for that: at once, or when what runs has ended.

        Its errors are raised when it is done at once, else logged.
        """
        if not self._turn.acquire(blocking=False):
            self._put_off.append(work)
        else:
            try:
                work()
            finally:
                self._turn.release()
        self._catch_up()

    def close(self) -> None:
        """Call off every job and wait for the running one to leave things whole."""
        self._closed = True
        for run in list(self._runs.values()):
            run.stop()
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join()
        self._save_again()

    def _begin(self, kind: str, collection: str, total: int, on_progress: OnProgress | None) -> Run:
        self._save_again()
        run = Run(self._jobs, self._jobs.create(kind, collection, total), on_progress)
        self._runs[run.id] = run
        return run

    def _do(self, run: Run, work: Work) -> Job:
        try:
            with self._turn:
                self._clear()
                if run.stopped():
                    raise Cancelled
                run.save("running")
                work(run)
            return self._finish(run, "failed" if run.failed else "succeeded")
        except Cancelled:
            return self._finish(run, "cancelled")
        except RagError as error:
            self._finish(run, "failed", str(error))
            raise
        except BaseException as error:
            self._finish(run, "cancelled" if isinstance(error, KeyboardInterrupt) else "failed", type(error).__name__)
            raise
        finally:
            del self._runs[run.id]
            with self._changed:
                self._changed.notify_all()
            self._catch_up()

    def _catch_up(self) -> None:
        """Do what was put off, unless somebody works again, who does it afterwards."""
        while self._put_off and self._turn.acquire(blocking=False):
            try:
                self._clear()
            finally:
                self._turn.release()

    def _clear(self) -> None:
        """Do what was put off; the turn is the caller's."""
        while self._put_off:
            try:
                self._put_off.popleft()()
            except RagError as error:  # whoever asked for it has gone, and whoever does it has work of its own
                self._log.warning("what was put off until no job ran has failed", error=str(error))
            except Exception:
                self._log.exception("what was put off until no job ran has failed")

    def _finish(self, run: Run, status: JobStatus, error: str | None = None) -> Job:
        """Save how a job ended; what the catalog does not take now is kept for readers, and saved later."""
        try:
            return run.save(status, error)
        except RagError as failure:
            job = run.state(status, error)
            self._unsaved[run.id] = run, job
            self._log.warning("a job's end is not saved yet", job=run.id, status=status, error=str(failure))
            return job

    def _save_again(self) -> None:
        for job_id, (run, job) in list(self._unsaved.items()):
            try:
                run.save(job.status, job.error)
            except UnknownJob:
                pass
            except RagError:
                continue
            except Exception:  # whatever else the catalog may raise: the thread that works must live on
                self._log.exception("the end of a job cannot be saved", job=job_id)
                continue
            del self._unsaved[job_id]

    def _next(self) -> tuple[Run, Work] | None:
        """What is queued next, once it is there; ends of jobs that are not saved yet are tried again meanwhile."""
        while True:
            try:
                return self._queue.get(timeout=_SAVE_AGAIN_SECONDS if self._unsaved else None)
            except queue.Empty:
                self._save_again()

    def _serve(self) -> None:
        while (item := self._next()) is not None:
            run, work = item
            try:
                self._do(run, work)
            except RagError as error:
                self._log.warning("job failed", job=run.id, collection=run.collection, error=str(error))
            except Exception:
                self._log.exception("job failed", job=run.id, collection=run.collection)
