"""Folders watched, and the collection brought in step whenever they have changed and come to rest."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from rag_service.errors import RagError
from rag_service.ingest.library import Library
from rag_service.ingest.run import OnProgress
from rag_service.models import Job


def watch(
    library: Library,
    collection: str,
    paths: Sequence[Path],
    *,
    quiet_seconds: float,
    stop: threading.Event | None = None,
    on_progress: OnProgress | None = None,
) -> Iterator[Job | RagError]:
    """Ingest now and after every change, yielding each job that did something, or the error that stopped it.

    Changes are taken up once nothing has happened for ``quiet_seconds``. Ends when ``stop`` is set; files that
    fail are tried again when anything changes.
    """
    import watchfiles

    stop = stop or threading.Event()
    changes = watchfiles.watch(
        *(path for path in paths if path.exists()),
        debounce=int(max(quiet_seconds * 10, 60) * 1000),
        step=int(quiet_seconds * 1000),
        stop_event=stop,
        rust_timeout=500,
        yield_on_timeout=True,
        raise_interrupt=True,
    )
    next(changes, None)  # watching begins here, so that nothing is missed while the first ingest runs
    changed = True
    while not stop.is_set():
        if changed:
            try:
                job = library.ingest(collection, paths, on_progress)
            except RagError as error:
                yield error
            else:
                if any(item.status != "unchanged" for item in job.documents):
                    yield job
        changed = bool(next(changes, None))
