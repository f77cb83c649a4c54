"""What a look at the disk found, and where it stands, whichever of two nested roots it is looked at from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath

from rag_service.index.documents import Known
from rag_service.ingest.sources import root_folder, source_name


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file to be in step with; ``source`` is its path below ``root``, both as the catalog keeps them."""

    path: Path
    source: str
    root: str

    @property
    def place(self) -> str:
        """Where the file stands."""
        return _joined(self.root, self.source)


@dataclass(frozen=True, slots=True)
class Problem:
    """A file or folder that could not be looked at, by its path below ``root``, and why."""

    source: str
    root: str
    reason: str

    def hides(self, known: Known) -> bool:
        """Whether the document's file, or a folder it lies in, is what could not be looked at."""
        here, there = _joined(self.root, self.source), place(known)
        return there is not None and (there == here or there.startswith(f"{here}/"))


@dataclass(frozen=True, slots=True)
class Scope:
    """A folder that was listed in full: documents below ``prefix`` of ``root`` that are not there have vanished."""

    root: str
    prefix: str

    def covers(self, known: Known) -> bool:
        """Whether the document would have been found if its file were still there."""
        there = place(known)
        return there is not None and there.startswith(_joined(self.root, self.prefix))


@dataclass(frozen=True, slots=True)
class Scan:
    """What was found on disk; ``apart`` is there, too, but taken up only when it is named: folders end with a slash."""

    files: tuple[FoundFile, ...]
    problems: tuple[Problem, ...]
    scopes: tuple[Scope, ...]
    apart: tuple[FoundFile, ...] = ()


def place(known: Known) -> str | None:
    """Where a document's file stood; None for an upload."""
    return None if known.root is None else _joined(known.root, known.source)


def folders(place: str) -> Iterator[str]:
    """The folders around a place, each with a slash behind it."""
    return (f"{folder}/" for folder in PurePosixPath(place).parents)


def _joined(root: str, source: str) -> str:
    return f"{_as_source(root)}/{source}"


@lru_cache(maxsize=256)
def _as_source(root: str) -> str:
    """A root as it would stand in the source of a file that is looked at from further above."""
    return source_name(root_folder(root)).rstrip("/")
