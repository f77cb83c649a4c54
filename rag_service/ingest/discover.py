"""Which files an ingest takes up: folders walked in order, links and ignored files left out, with reasons."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rag_service.ingest.ignore import IGNORE_FILE, Rules, ignored_by, rules_in
from rag_service.ingest.sources import printable, source_name

_LOCK = "~$"  # an Office program writes who has a file open into one that begins so, with the same suffix
_FILES_OF_WINDOWS = frozenset({"desktop.ini", "thumbs.db", "ehthumbs.db"})
_FOLDERS_OF_SERVERS = {  # names in lower case: shares do not tell cases apart
    **dict.fromkeys(("$recycle.bin", "#recycle", "@recycle"), "recycle bin"),
    **dict.fromkeys(("#snapshot", "~snapshot"), "older versions of the share"),
    **dict.fromkeys(("system volume information", "@eadir"), "folder of the file server"),
}


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to load and the source it is known by: its path below the ingested root, or its name."""

    path: Path
    source: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file left out without harm, and why."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A file or folder that cannot be taken up, and why, with the remedy."""

    source: str
    reason: str

    def __str__(self) -> str:
        return f"{printable(self.source)}: {self.reason}"


@dataclass(slots=True)
class Discovered:
    """Files in sorted order, files left out, and what could not be reached.

    ``apart`` is what is taken up only when it is named: hidden files and folders, files of other formats; folders
    end with a slash.
    """

    files: list[SourceFile] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    apart: list[SourceFile] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Folder:
    path: Path
    source: str
    rules: tuple[Rules, ...]


def discover(paths: Sequence[Path], suffixes: Collection[str], root: Path | None = None) -> Discovered:
    """Files named directly, whatever their suffix, and those below folders that have a known one.

    Hidden files and folders are passed over, and so is what a `.ragignore` (gitignore syntax) names, and what
    programs and file servers leave on a share for themselves. Links that lead out of the folder, run in circles
    or lead nowhere are problems, and so is the second of two files that would be stored under one source.
    With a ``root``, a folder around the paths, sources are paths below that, and what its own `.ragignore` and those
    in between leave out is a problem when it is named.
    """
    found = Discovered()
    for path in paths:
        before = len(found.files)
        if not os.path.lexists(path):
            found.problems.append(Problem(printable(path), "does not exist; check the path"))
        elif (folder := _around(path, root, found)) is None:
            continue
        elif path.is_dir():
            problems = len(found.problems)
            _walk(path, folder, suffixes, found)
            if len(found.files) == before and len(found.problems) == problems:
                found.problems.append(Problem(printable(path), "holds no file that can be ingested"))
        else:
            _take(path, folder.source + source_name(Path(path.name)), found)
    found.files = _distinct(found)
    return found


def _around(path: Path, root: Path | None, found: Discovered) -> _Folder | None:
    """The folder itself, or the one a file lies in, with the rules from above; None where these leave the path out."""
    folder = _Folder(path if root is None else root, "", ())
    for part in path.relative_to(root).parts if root is not None else ():
        inner = folder.path / part
        is_folder = inner.is_dir()
        source = folder.source + source_name(Path(part)) + "/" * is_folder
        try:
            rules = (*folder.rules, *_rules(folder, found))
        except OSError as error:
            found.problems.append(Problem(printable(path), f"{IGNORE_FILE} above it cannot be read: {error.strerror}"))
            return None
        if by := ignored_by(source, rules):
            reason = f"is left out by {printable(by)}; take it out there to ingest it"
            found.problems.append(Problem(printable(path), reason))
            return None
        folder = _Folder(inner, source, rules) if is_folder else _Folder(folder.path, folder.source, rules)
    return folder


def _walk(given: Path, start: _Folder, suffixes: Collection[str], found: Discovered) -> None:
    root = given.resolve()
    pending = [_Folder(root, start.source, start.rules)]
    while pending:
        folder = pending.pop()
        try:
            entries = sorted(os.scandir(folder.path), key=lambda entry: entry.name)
            rules = (*folder.rules, *_rules(folder, found))
        except OSError as error:
            name = printable(given) if folder.path == root else folder.source.rstrip("/")
            found.problems.append(Problem(name, f"cannot be read: {error.strerror}; check its permissions"))
            continue
        folders = []
        for entry in entries:
            source = folder.source + source_name(Path(entry.name))
            is_folder = entry.is_dir(follow_symlinks=False)
            if ignored_by(source + "/" * is_folder, rules):
                continue
            if entry.name.startswith("."):
                found.apart.append(SourceFile(Path(entry.path), source + "/" * is_folder))
            elif reason := _left_by_programs(entry.name, is_folder=is_folder):
                found.skipped.append(Skipped(source, reason))
            elif is_folder:
                folders.append(_Folder(Path(entry.path), f"{source}/", rules))
            elif _stays_inside(entry, source, root, found):
                _take_known(Path(entry.path), source, suffixes, found)
        pending.extend(reversed(folders))


def _left_by_programs(name: str, *, is_folder: bool) -> str | None:
    """What a file or folder is that nobody of the team has written, by its name; None where it may be a document."""
    if is_folder:
        return _FOLDERS_OF_SERVERS.get(name.lower())
    if name.startswith(_LOCK):
        return "lock file of an open document"
    return "file of Windows itself" if name.lower() in _FILES_OF_WINDOWS else None


def _rules(folder: _Folder, found: Discovered) -> tuple[Rules, ...]:
    """The folder's own rules, if it has any; OSError when they cannot be read."""
    try:
        own = rules_in(folder.path, folder.source)
    except ValueError as error:
        reason = f"is not in gitignore syntax: {error}; nothing is ignored by it"
        found.problems.append(Problem(f"{folder.source}{IGNORE_FILE}", reason))
        return ()
    return (own,) if own else ()


def _stays_inside(entry: os.DirEntry[str], source: str, root: Path, found: Discovered) -> bool:
    if not entry.is_symlink():
        return True
    try:
        target = Path(entry.path).resolve(strict=True)
    except (OSError, RuntimeError) as error:
        loop = isinstance(error, RuntimeError) or getattr(error, "errno", None) == 40
        reason = "is a link that runs in a circle" if loop else "is a link to nothing"
        found.problems.append(Problem(source, f"{reason}; remove it"))
        return False
    if not target.is_relative_to(root):
        reason = "is a link that leads out of the folder; ingest its target by its own path"
        found.problems.append(Problem(source, reason))
        return False
    if target.is_dir():
        if Path(entry.path).is_relative_to(target):
            found.problems.append(Problem(source, "is a link that runs in a circle; remove it"))
        else:
            found.skipped.append(Skipped(source, "link to a folder that is ingested anyway"))
            found.apart.append(SourceFile(Path(entry.path), f"{source}/"))
        return False
    return True


def _take_known(path: Path, source: str, suffixes: Collection[str], found: Discovered) -> None:
    if path.suffix.lower() in suffixes:
        _take(path, source, found)
    else:
        found.skipped.append(Skipped(source, f"unknown format {path.suffix}" if path.suffix else "no suffix"))
        found.apart.append(SourceFile(path, source))


def _take(path: Path, source: str, found: Discovered) -> None:
    try:
        regular = stat.S_ISREG(path.stat().st_mode)
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or "its link runs in a circle"
        found.problems.append(Problem(source, f"cannot be read: {reason}; check the path and its permissions"))
        return
    if regular:
        found.files.append(SourceFile(path, source))
    else:
        found.problems.append(Problem(source, "is no regular file; only files and folders can be ingested"))


def _distinct(found: Discovered) -> list[SourceFile]:
    """Each file once; where one source stands for two files, the second is a problem."""
    by_source: dict[str, SourceFile] = {}
    for file in found.files:
        other = by_source.setdefault(file.source, file)
        if other.path.resolve() != file.path.resolve():
            names = f"{printable(other.path)} and {printable(file.path)}"
            reason = f"stands for two files, {names}; rename one, or ingest a folder above both"
            found.problems.append(Problem(file.source, reason))
    return list(by_source.values())
