"""Folders watched, and the collection brought in step whenever they have changed and come to rest."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from rag_service.errors import RagError
from rag_service.ingest.library import Library
from rag_service.ingest.run import OnProgress
from rag_service.models import Job

_LOOK_SECONDS = 0.5  # between two looks at whether a path is still the one that is watched


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
    stop = stop or threading.Event()
    changes = _changes(paths, quiet_seconds, stop)
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
        changed = next(changes, False)


def _changes(paths: Sequence[Path], quiet_seconds: float, stop: threading.Event) -> Iterator[bool]:
    """Whether anything changed, again and again, until ``stop`` is set.

    The system watches what stood at a path when watching began: not what has taken its place since, and nothing where
    there was nothing. So watching begins anew whenever a path is another, and then that counts as a change.
    """
    own = [Path(os.path.abspath(path)) for path in paths]  # noqa: PTH100  what is deleted is named by its absolute path
    while not stop.is_set():
        anew = True
        try:
            for changed, lost in _watched(own, quiet_seconds, stop):
                if anew or not lost:
                    yield changed or anew
                anew = False
                if lost:
                    break
        except FileNotFoundError:  # gone between two looks
            stop.wait(_LOOK_SECONDS)


def _watched(paths: Sequence[Path], quiet_seconds: float, stop: threading.Event) -> Iterator[tuple[bool, bool]]:
    """Whether anything changed, and whether a path is no longer what is watched."""
    import watchfiles

    began = [_identity(path) for path in paths]
    changes = watchfiles.watch(
        *(path for path, found in zip(paths, began, strict=True) if found),
        debounce=int(max(quiet_seconds * 10, 60) * 1000),
        step=int(quiet_seconds * 1000),
        stop_event=stop,
        rust_timeout=int(_LOOK_SECONDS * 1000),
        yield_on_timeout=True,
        raise_interrupt=True,
    )
    for found in changes:
        deleted = {path for kind, path in found if kind is watchfiles.Change.deleted}
        replaced = any(str(path) in deleted for path in paths)  # by what may have its number on the disk again
        yield bool(found), replaced or began != [_identity(path) for path in paths]


def _identity(path: Path) -> tuple[int, int] | None:
    """What stands at a path, links followed; None when there is nothing, or nothing that can be looked at."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
