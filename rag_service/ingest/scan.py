"""Paths given by people as files below roots, so that the same file has the same source every time."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rag_service.ingest.plan import FoundFile, Problem, Scan, Scope
from rag_service.ingest.sources import printable

if TYPE_CHECKING:
    from rag_service.ingest.discover import Discovered

Discover = Callable[[Sequence[Path]], "Discovered"]


@dataclass(frozen=True, slots=True)
class _Place:
    root: str
    prefix: str  # source of the given folder below the root, with a slash behind it; empty for the root itself


def scan(paths: Sequence[Path], roots: Collection[str], discover: Discover) -> Scan:
    """What is below the paths; ``roots`` are folders that were ingested before.

    A path inside one of these belongs to it, so that ingesting a subfolder refreshes a part of the whole and
    makes no second copies.
    """
    files: dict[str, FoundFile] = {}
    problems: list[Problem] = []
    scopes: list[Scope] = []
    for given in paths:
        path = Path(os.path.abspath(given))  # noqa: PTH100  a link keeps its own name as root
        place = _place(path, roots)
        found = discover([path])
        itself = printable(path)
        if path.is_dir() and all(problem.source != itself for problem in found.problems):
            scopes.append(Scope(place.root, place.prefix))
        for item in found.files:
            file = FoundFile(item.path, place.prefix + item.source, place.root)
            files.setdefault(file.identity, file)
        for problem in found.problems:
            below = "" if problem.source == itself else place.prefix
            problems.append(Problem(below + problem.source, place.root, problem.reason))
    return Scan(tuple(files.values()), tuple(problems), tuple(scopes))


def _place(path: Path, roots: Collection[str]) -> _Place:
    """The outermost known root around a path, else the path itself or, for a file, its folder."""
    folder = path if path.is_dir() else path.parent
    around = [root for root in roots if folder.is_relative_to(root)]
    root = min(around, key=len) if around else str(folder)
    below = folder.relative_to(root).as_posix()
    return _Place(root, "" if below == "." else f"{below}/")
