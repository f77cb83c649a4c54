"""Paths given by people as files below roots, so that the same file has the same source every time."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from rag_service.ingest.found import FoundFile, Problem, Scan, Scope
from rag_service.ingest.sources import printable, root_folder, root_name, source_name

if TYPE_CHECKING:
    from rag_service.ingest.discover import Discovered


class Discover(Protocol):
    """Finds the files below paths; sources are paths below ``root``, whose `.ragignore` counts, if it is given."""

    def __call__(self, paths: Sequence[Path], root: Path | None = None) -> Discovered: ...


@dataclass(frozen=True, slots=True)
class _Place:
    folder: Path
    prefix: str  # source of the given folder below the root, with a slash behind it; empty for the root itself


def scan(paths: Sequence[Path], roots: Collection[str], discover: Discover) -> Scan:
    """What is below the paths; ``roots`` are folders that were ingested before.

    A path inside one of these, or inside another of the paths, belongs to it, so that ingesting a subfolder
    refreshes a part of the whole and makes no second copies.
    """
    files: dict[str, FoundFile] = {}
    apart: dict[str, FoundFile] = {}
    problems: list[Problem] = []
    scopes: list[Scope] = []
    given = [Path(os.path.abspath(path)) for path in paths]  # noqa: PTH100  a link keeps its own name as root
    folders = {root_folder(root) for root in roots} | {_folder(path) for path in given if os.path.lexists(path)}
    for path in given:
        place = _place(path, folders)
        root = root_name(place.folder)
        found = discover([path], root=place.folder)
        itself = printable(path)
        if path.is_dir() and all(problem.source != itself for problem in found.problems):
            scopes.append(Scope(root, place.prefix))
        for mine, theirs in ((files, found.files), (apart, found.apart)):
            for item in theirs:
                file = FoundFile(item.path, item.source, root)
                mine.setdefault(file.place, file)
        problems.extend(Problem(problem.source, root, problem.reason) for problem in found.problems)
    return Scan(tuple(files.values()), tuple(problems), tuple(scopes), tuple(apart.values()))


def _folder(path: Path) -> Path:
    return path if path.is_dir() else path.parent


def _place(path: Path, roots: Collection[Path]) -> _Place:
    """The outermost known root around a path, else the path itself or, for a file, its folder."""
    folder = _folder(path)
    around = [root for root in roots if folder.is_relative_to(root)]
    root = min(around, key=lambda each: len(each.parts), default=folder)
    below = source_name(folder.relative_to(root))
    return _Place(root, "" if below == "." else f"{below}/")
