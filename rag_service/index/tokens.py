"""Token vectors on disk, one file pair for each collection; derived, and rebuilt by doctor.

Blocks are read with pread, out of the page cache: a memory map would count every page ever touched as the
process's own memory.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from rag_service.errors import StoreError
from rag_service.index.ids import chunk_place, id_of
from rag_service.index.tokenfile import TokenFile
from rag_service.ports import TokenBlock

_CURRENT = "current"


class TokenVectors:
    """The token vectors of all collections in one folder; safe to share between threads.

    A collection's folder holds ``N.data`` and ``N.index``; the file ``current`` names N, which grows whenever
    the live blocks are copied together.
    """

    def __init__(self, folder: Path, compact_from: int = 64_000_000) -> None:
        """``compact_from`` is the number of dead bytes from which on a file may be rewritten."""
        self._folder = folder
        self._compact_from = compact_from
        self._files: dict[str, TokenFile] = {}
        self._lock = threading.RLock()

    def add(self, collection_id: str, blocks: Mapping[str, TokenBlock]) -> None:
        """Store blocks by chunk id; a block that is there already is replaced."""
        if blocks:
            with self._using(collection_id) as file:
                file.append({chunk_place(chunk_id): block for chunk_id, block in blocks.items()})

    def remove(self, collection_id: str, version_ids: Sequence[str]) -> None:
        """Forget versions; the file is rewritten when more of it is dead than alive."""
        if not self._exists(collection_id):
            return
        with self._using(collection_id) as file:
            known = [version_id for version_id in version_ids if version_id in file.places]
            if known:
                file.remove(known)
            if file.dead_bytes > max(file.live_bytes, self._compact_from):
                self._compact(collection_id, file)

    def blocks(self, collection_id: str, chunk_ids: Sequence[str]) -> dict[str, TokenBlock]:
        """Token vectors of those chunks that have them."""
        if not self._exists(collection_id):
            return {}
        with self._using(collection_id) as file:
            file.expect([chunk_place(chunk_id) for chunk_id in chunk_ids])
            found = ((chunk_id, file.read(*chunk_place(chunk_id))) for chunk_id in chunk_ids)
            return {chunk_id: block for chunk_id, block in found if block is not None}

    def chunk_ids(self, collection_id: str) -> set[str]:
        """Every stored chunk."""
        if not self._exists(collection_id):
            return set()
        with self._using(collection_id) as file:
            return {id_of(version_id, ordinal) for version_id, own in file.places.items() for ordinal in own}

    def count(self, collection_id: str) -> int:
        """Number of stored chunks."""
        if not self._exists(collection_id):
            return 0
        with self._using(collection_id) as file:
            return sum(len(own) for own in file.places.values())

    def damaged(self, collection_id: str) -> list[str]:
        """Chunks whose bytes are not those that were written."""
        if not self._exists(collection_id):
            return []
        with self._using(collection_id) as file:
            places = [(version_id, ordinal) for version_id, own in file.places.items() for ordinal in own]
            return [id_of(version_id, ordinal) for version_id, ordinal in places if not file.read(version_id, ordinal)]

    def collections(self) -> list[str]:
        """Ids of the collections that have token vectors."""
        return sorted(item.name for item in self._folder.iterdir()) if self._folder.is_dir() else []

    def drop(self, collection_id: str) -> None:
        """Forget a whole collection."""
        with self._lock:
            file = self._files.pop(collection_id, None)
            if file is not None:
                file.close()
            if self._exists(collection_id):
                shutil.rmtree(self._folder / collection_id)

    def close(self) -> None:
        """Close all files."""
        with self._lock:
            for file in self._files.values():
                file.close()
            self._files.clear()

    def _exists(self, collection_id: str) -> bool:
        return collection_id in self._files or (self._folder / collection_id).is_dir()

    @contextmanager
    def _using(self, collection_id: str) -> Iterator[TokenFile]:
        folder = self._folder / collection_id
        with self._lock:
            try:
                if collection_id not in self._files:
                    folder.mkdir(parents=True, exist_ok=True)
                    self._files[collection_id] = _open(folder, _generation(folder))
                yield self._files[collection_id]
            except OSError as error:
                raise StoreError(f"The token vectors in {folder} cannot be used: {error}") from error

    def _compact(self, collection_id: str, old: TokenFile) -> None:
        """Copy the live blocks into new files and switch to them; a crash leaves the old ones in place."""
        folder = self._folder / collection_id
        generation = _generation(folder)
        _delete(folder, generation + 1)
        new = _open(folder, generation + 1)
        for version_id, own in old.places.items():
            blocks = {(version_id, ordinal): old.read(version_id, ordinal) for ordinal in own}
            new.append({place: block for place, block in blocks.items() if block is not None})
        _replace(folder / _CURRENT, str(generation + 1))
        self._files[collection_id] = new
        old.close()
        _delete(folder, generation)


def _generation(folder: Path) -> int:
    try:
        return int((folder / _CURRENT).read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):
        return 0


def _open(folder: Path, generation: int) -> TokenFile:
    return TokenFile(folder / f"{generation}.data", folder / f"{generation}.index")


def _delete(folder: Path, generation: int) -> None:
    for suffix in ("data", "index"):
        (folder / f"{generation}.{suffix}").unlink(missing_ok=True)


def _replace(path: Path, text: str) -> None:
    """Write a small file so that a crash leaves either the old content or the new."""
    fresh = path.with_suffix(".new")
    with fresh.open("w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
