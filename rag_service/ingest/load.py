"""One file to one Document: read within limits, extracted, normalised, described."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Self

from rag_service.errors import LoadError
from rag_service.ingest.assemble import assemble
from rag_service.ingest.limits import Limits
from rag_service.ingest.readers import PLAIN, Format, formats
from rag_service.ingest.readers.base import Extracted, UnreadableError
from rag_service.ingest.sandbox import Sandbox
from rag_service.ingest.sources import printable
from rag_service.models import Document

_INLINE_BYTES = 30_000  # of text that is read in this process: what is longer could hold it up
_LLAMA = "llama"


class Loader:
    """Loads files and uploads; risky formats are extracted in worker processes that end with it.

    `readers` maps a suffix (`.rtf`) to the dotted path of a LlamaIndex reader class, which then wins.
    Safe to share between threads: at most `workers` files are extracted at once.
    """

    def __init__(self, limits: Limits, readers: Mapping[str, str] | None = None, workers: int = 2) -> None:
        self._limits = limits
        self._readers = {_suffix(suffix): path for suffix, path in (readers or {}).items()}
        self._formats = formats()
        self._sandbox = Sandbox(limits, workers)

    @property
    def suffixes(self) -> frozenset[str]:
        """Suffixes that a folder walk takes up."""
        return frozenset(self._formats) | frozenset(self._readers)

    def load_file(self, path: Path, source: str) -> Document:
        """The file as a document; LoadError, on one line: source, reason and remedy."""
        return self.load_bytes(source, read_bytes(path, source, self._limits))

    def load_bytes(self, source: str, data: bytes) -> Document:
        """Uploaded bytes as a document; the source's suffix tells the format."""
        if len(data) > self._limits.max_file_bytes:
            raise LoadError(f"{printable(source)}: {_too_large(len(data), self._limits)}")
        suffix = _suffix(PurePosixPath(source).suffix)
        try:
            if not data.strip():
                raise UnreadableError("is empty; there is nothing to ingest")
            extracted = self._extract(suffix, data)
            return assemble(source, data_digest(data), self._format(suffix).media_type, extracted, self._limits)
        except UnreadableError as error:
            raise LoadError(f"{printable(source)}: {error}") from error

    def close(self) -> None:
        """End the worker processes."""
        self._sandbox.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _format(self, suffix: str) -> Format:
        return self._formats.get(suffix, PLAIN)

    def _extract(self, suffix: str, data: bytes) -> Extracted:
        if suffix in self._readers:
            return self._sandbox.extract(_LLAMA, suffix, data, self._readers[suffix])
        kind = self._format(suffix)
        if kind.isolated or len(data) > _INLINE_BYTES:
            return self._sandbox.extract(kind.module, suffix, data)
        return kind.reader()(data, self._limits)


def load_file(path: Path, source: str, limits: Limits) -> Document:
    """One file as a document, with workers of its own; use a Loader for more than one."""
    with Loader(limits, workers=1) as loader:
        return loader.load_file(path, source)


def data_digest(data: bytes) -> str:
    """Hex SHA-256 of a file's bytes."""
    return hashlib.sha256(data).hexdigest()


def read_bytes(path: Path, source: str, limits: Limits) -> bytes:
    """Bytes of a regular file; LoadError when it is none, too large, unreadable, or changing."""
    try:
        for _ in range(2):
            data = _read_stable(path, source, limits)
            if data is not None:
                return data
    except OSError as error:
        raise LoadError(
            f"{printable(source)}: cannot be read: {error.strerror}; check the path and its permissions"
        ) from error
    raise LoadError(f"{printable(source)}: changed while it was being read; ingest it again when its writer is done")


def _read_stable(path: Path, source: str, limits: Limits) -> bytes | None:
    """The bytes, or None when the file was not the same before and after."""
    if not stat.S_ISREG(path.stat().st_mode):  # opening a FIFO or a device would block or have effects
        raise LoadError(f"{printable(source)}: is no regular file; only files and folders can be ingested")
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(descriptor, "rb") as file:
        before = os.fstat(file.fileno())
        if not stat.S_ISREG(before.st_mode):
            raise LoadError(f"{printable(source)}: is no regular file; only files and folders can be ingested")
        if before.st_size > limits.max_file_bytes:
            raise LoadError(f"{printable(source)}: {_too_large(before.st_size, limits)}")
        data = file.read(limits.max_file_bytes + 1)
        after = os.fstat(file.fileno())
    same = (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns) and len(data) == before.st_size
    return data if same else None


def _too_large(size: int, limits: Limits) -> str:
    return (
        f"is {size / 1e6:.1f} MB, more than the {limits.max_file_bytes / 1e6:g} MB that ingest.max_file_mb "
        "allows; raise the setting or split the file"
    )


def _suffix(suffix: str) -> str:
    return suffix.lower() if suffix.startswith(".") or not suffix else f".{suffix.lower()}"
