"""One data directory has one owner: a file lock, and beside it a note of who holds it."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from rag_service.errors import DataDirectoryLocked, StoreError

_LOCK, _OWNER = "lock", "owner.json"
_MOMENT = 1.0  # seconds


@dataclass(frozen=True, slots=True)
class Owner:
    """The process that owns a data directory; ``url`` is where it serves, None when it does not."""

    pid: int
    command: str
    since: int
    url: str | None = None


class DataDirectory:
    """Ownership of a data directory from construction to ``release``; a killed process loses it by itself."""

    def __init__(self, folder: Path, command: str, wait: float = 0.0) -> None:
        """Take the directory, waiting up to ``wait`` seconds; DataDirectoryLocked names the process that has it.

        StoreError when the directory cannot be made or written.
        """
        from filelock import FileLock, Timeout

        self._folder = folder
        self._lock = FileLock(folder / _LOCK, thread_local=False)
        self._owner = Owner(os.getpid(), command, int(time.time()))
        with usable(folder):
            folder.mkdir(parents=True, exist_ok=True)
            try:
                self._lock.acquire(timeout=wait)
            except Timeout:
                self._take_or_tell()
            self._write(self._owner)

    def serve(self, url: str) -> None:
        """Tell other processes where this one serves, so that they can ask it."""
        self._owner = Owner(self._owner.pid, self._owner.command, self._owner.since, url)
        self._write(self._owner)

    def _take_or_tell(self) -> None:
        """Say who has the directory; one that is just taking it or giving it up has no note, so give it a moment."""
        from filelock import Timeout

        given_up = time.monotonic() + _MOMENT
        while (noted := _noted(self._folder)) is None and time.monotonic() < given_up:
            try:
                self._lock.acquire(timeout=0)
                return
            except Timeout:
                time.sleep(0.01)
        raise DataDirectoryLocked(_who(self._folder, noted), noted.url if noted else None)

    def release(self) -> None:
        """Give the directory up."""
        (self._folder / _OWNER).unlink(missing_ok=True)
        self._lock.release()

    def _write(self, owner: Owner) -> None:
        fresh = self._folder / f"{_OWNER}.new"
        fresh.write_text(json.dumps(asdict(owner)), encoding="utf-8")
        fresh.replace(self._folder / _OWNER)


@contextmanager
def usable(folder: Path) -> Iterator[None]:
    """StoreError naming the data directory when it cannot be made, read or written."""
    from filelock import Timeout

    try:
        yield
    except Timeout:  # an OSError, too: the directory is in use
        raise
    except OSError as error:
        raise StoreError(
            f"The data directory {folder} cannot be used: {error.strerror or error}; "
            "set RAG_DATA_DIR to a folder that this user may write"
        ) from error


def owner(folder: Path) -> Owner | None:
    """Who holds a data directory at this moment; None when nobody does."""
    from filelock import FileLock, Timeout

    if not (folder / _LOCK).exists():
        return None
    probe = FileLock(folder / _LOCK, thread_local=False)
    try:
        with usable(folder):
            probe.acquire(timeout=0)
    except Timeout:
        return _noted(folder) or Owner(0, "unknown", 0)
    probe.release()
    return None


def _noted(folder: Path) -> Owner | None:
    try:
        return Owner(**json.loads((folder / _OWNER).read_text(encoding="utf-8")))
    except (FileNotFoundError, json.JSONDecodeError, TypeError):
        return None


def _who(folder: Path, noted: Owner | None) -> str:
    if noted is None:
        return f"{folder} is in use by another process; try again when it has ended."
    if noted.url:
        return (
            f"{folder} is in use by process {noted.pid} ({noted.command}, serving {noted.url}); stop it first. "
            "Documents can also be handed to it while it runs: on its page, or by POST /v1/documents."
        )
    return f"{folder} is in use by process {noted.pid} ({noted.command}); try again when it has ended."
