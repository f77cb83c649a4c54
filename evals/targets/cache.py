"""Where evaluation keeps indexes: a folder named by all that goes into an index, so that none is stale."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rag_service
from evals.digests import code_digest

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


def drop_unused(cache: Path) -> None:
    """Delete indexes that no evaluation used for two weeks."""
    for folder in cache.iterdir() if cache.is_dir() else ():
        if folder.is_dir() and time.time() - folder.stat().st_mtime > KEPT_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)


def _code_digest() -> str:
    """Digest of the code that makes an index: a changed chunker must not meet yesterday's chunks."""
    return code_digest(Path(rag_service.__file__).parent, INDEXING_PACKAGES)
