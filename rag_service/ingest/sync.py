"""A plan carried out: withdrawn, renamed, loaded, embedded, live; one document at a time whole."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from rag_service.errors import LoadError, RagError, StoreError
from rag_service.index.documents import FileState
from rag_service.index.rows import NewVersion, Origin
from rag_service.index.stores import Stores
from rag_service.index.versions import Leftover
from rag_service.ingest.plan import Step, file_state
from rag_service.ingest.run import Run
from rag_service.ingest.write import Cancelled, Engine, Writer
from rag_service.models import Document, JobDocument, Outcome

_AHEAD = 4_000_000  # bytes of files that are loaded before they are needed
_SMALL = 10_000
Load = Callable[[Path, str], Document]


class Sync:
    """Carries out steps on one collection."""

    def __init__(self, stores: Stores, load: Load, workers: int) -> None:
        self._stores = stores
        self._load = load
        self._workers = workers

    def apply(self, collection_id: str, steps: Sequence[Step], engine: Callable[[], Engine], run: Run) -> None:
        """Bring the collection in line; what fails for one file is told to ``run`` and the rest goes on.

        ``engine`` is called only when something has to be embedded. Cancelled, StoreError, ModelError.
        """
        run.expect(len(steps))
        self._stores.catalog.jobs.forget_unchanged("ingest", run.collection)
        for step in steps:
            if step.change == "failed":
                run.finish(JobDocument(step.source, _known_id(step), "failed", error=step.detail))
        self._withdraw([step for step in steps if step.change == "removed"], run)
        self._settle(steps)
        run.finish(*(_settled(step) for step in steps if step.change in ("unchanged", "moved") and not step.reads))
        rest = [step for step in steps if step.reads]
        if rest:
            self._write(collection_id, rest, engine(), run)

    def _withdraw(self, steps: Sequence[Step], run: Run) -> None:
        ids = [step.known.document_id for step in steps if step.known]
        withdraw(self._stores, ids)
        for step in steps:
            run.finish(JobDocument(step.source, _known_id(step), "deleted"))

    def _settle(self, steps: Sequence[Step]) -> None:
        """Record new names, roots and times.

        The time of a file that has to be read is recorded with its new version: until then, one that has a new name
        or root counts as never read, so that it is tried again.
        """
        states: list[FileState] = []
        for step in steps:
            known = step.known
            if known is None or step.change not in ("unchanged", "moved", "changed"):
                continue
            before = FileState(known.document_id, known.source, known.root, known.size, known.mtime_ns)
            if not step.reads:
                now = FileState(known.document_id, step.source, step.root, step.size, step.mtime_ns)
            elif (step.source, step.root) != (known.source, known.root):
                now = FileState(known.document_id, step.source, step.root, None, None)
            else:
                continue
            if now != before:
                states.append(now)
        self._stores.catalog.documents.settle(states)

    def _write(self, collection_id: str, steps: Sequence[Step], engine: Engine, run: Run) -> None:
        known = {step.source: step for step in steps}
        threading.Thread(target=self._open_vectors, args=(collection_id,), daemon=True).start()

        def refused(document: Document, error: RagError) -> None:
            step = known[document.source]
            run.finish(JobDocument(step.source, _known_id(step), "failed", error=str(error)))

        writer = Writer(self._stores, engine, run.stopped, run.embedded, refused, run.deleted)
        for group in writer.write(collection_id, self._versions(steps, engine, run)):
            for item in group:
                source = item.content.document.source
                status: Outcome = "updated" if known[source].known else "added"
                run.finish(JobDocument(source, item.document_id, status, len(item.content.chunks)))

    def _open_vectors(self, collection_id: str) -> None:
        """Opening Chroma takes a second or two, which the first embeddings can hide."""
        with suppress(StoreError):  # told when the store is written
            self._stores.vectors.count(collection_id)

    def _versions(self, steps: Sequence[Step], engine: Engine, run: Run) -> Iterator[NewVersion]:
        """Load files ahead of the writer, in order; a file that fails is reported and left out."""
        waiting: deque[tuple[Step, Future[NewVersion]]] = deque()
        left = deque(steps)
        ahead = 0
        pool = ThreadPoolExecutor(self._workers, "load")
        try:
            while left or waiting:
                while left and (len(waiting) < self._workers or ahead + _weight(left[0]) <= _AHEAD):
                    step = left.popleft()
                    ahead += _weight(step)
                    waiting.append((step, pool.submit(self._version, step, engine)))
                step, future = waiting.popleft()
                ahead -= _weight(step)
                if run.stopped():
                    raise Cancelled
                try:
                    version = future.result()
                except LoadError as error:
                    run.finish(JobDocument(step.source, _known_id(step), "failed", error=str(error)))
                    continue
                run.found(len(version.chunks))
                yield version
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _version(self, step: Step, engine: Engine) -> NewVersion:
        assert step.path is not None
        document = self._load(step.path, step.source)
        try:
            size, mtime_ns = file_state(step.path)
            unmoved = size == step.size and step.mtime_ns in (None, mtime_ns)  # None: it was too young to tell
        except OSError:
            unmoved = False
        origin = Origin(step.root, step.size, step.mtime_ns) if unmoved else Origin(step.root)
        return NewVersion(document, tuple(engine.cut(document.text, document.language)), origin, _known_id(step))


def _weight(step: Step) -> int:
    """Bytes that loading a file may put in memory, and something for every file."""
    return _SMALL + (step.size or 0)


def withdraw(stores: Stores, document_ids: Sequence[str]) -> None:
    """Delete documents: invisible in one step, then out of every store."""
    if document_ids:
        retired: list[Leftover] = stores.catalog.documents.withdraw(document_ids)
        stores.remove(retired)


def _settled(step: Step) -> JobDocument:
    status: Outcome = "unchanged" if step.change == "unchanged" else "updated"
    return JobDocument(step.source, _known_id(step), status, step.known.chunks if step.known else 0)


def _known_id(step: Step) -> str | None:
    return step.known.document_id if step.known else None
