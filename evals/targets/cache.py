"""Where evaluation keeps indexes: a folder named by all that goes into an index, so that none is stale."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import shutil
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rag_service

if TYPE_CHECKING:
    from filelock import FileLock

INDEXING_PACKAGES = ("text", "ingest", "embed", "index")
KEPT_SECONDS = 14 * 24 * 3600.0


def default_cache() -> Path:
    """The user's cache folder for evaluation."""
    root = os.environ.get("XDG_CACHE_HOME")
    return (Path(root) if root else Path.home() / ".cache") / "rag-service" / "evals"


def index_dir(cache: Path, corpus: str, settings: Mapping[str, Any]) -> Path:
    """The data directory for a corpus (its digest) under settings; created and marked as used now."""
    parts = {"corpus": corpus, "settings": settings, "code": _code_digest()}
    name = hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()[:20]
    folder = cache / name
    folder.mkdir(parents=True, exist_ok=True)
    os.utime(folder)
    return folder


def claim(folder: Path) -> tuple[Path, FileLock]:
    """Take a place in an index folder that no other evaluation holds; the lock is held until released."""
    from filelock import FileLock, Timeout

    for number in itertools.count():
        place = folder / str(number)
        place.mkdir(exist_ok=True)
        # thread_local would keep another thread from releasing it
        lock = FileLock(place / "lock", thread_local=False)
        try:
            lock.acquire(blocking=False)
        except Timeout:
            continue
        return place, lock
    raise AssertionError("counting does not end")


def files_digest(root: Path) -> str:
    """Digest of the paths and bytes of all files under a folder."""
    return _digest((str(path.relative_to(root)), path) for path in sorted(root.rglob("*")) if path.is_file())


def drop_unused(cache: Path) -> None:
    """Delete indexes that no evaluation used for two weeks."""
    for folder in cache.iterdir() if cache.is_dir() else ():
        if folder.is_dir() and time.time() - folder.stat().st_mtime > KEPT_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)


def _code_digest() -> str:
    """Digest of the code that makes an index: a changed chunker must not meet yesterday's chunks."""
    root = Path(rag_service.__file__).parent
    files = (path for name in INDEXING_PACKAGES for path in sorted((root / name).rglob("*.py")))
    return _digest((str(path.relative_to(root)), path) for path in files)


def _digest(files: Iterable[tuple[str, Path]]) -> str:
    digest = hashlib.sha256()
    for name, path in files:
        digest.update(name.encode("utf-8", "surrogateescape") + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
