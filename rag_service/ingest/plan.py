"""What a sync has to do: files found now against documents known from before."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from rag_service.index.documents import Known
from rag_service.ingest.sources import printable
from rag_service.models import Change, Plan, PlannedChange

_SETTLED_NS = 2_000_000_000  # a file younger than this may change again without a new modification time


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file to be in step with; ``source`` is its path below ``root``, both as the catalog keeps them."""

    path: Path
    source: str
    root: str

    @property
    def identity(self) -> str:
        """Where the file stands, whichever of two nested roots it is looked at from."""
        return _identity(self.root, self.source)


@dataclass(frozen=True, slots=True)
class Problem:
    """A file or folder that could not be looked at, by its path below ``root``, and why."""

    source: str
    root: str
    reason: str

    def hides(self, known: Known) -> bool:
        """Whether the document's file, or a folder it lies in, is what could not be looked at."""
        path = PurePosixPath(known.source)
        return known.root == self.root and self.source in map(str, (path, *path.parents))


@dataclass(frozen=True, slots=True)
class Scope:
    """A folder that was listed in full: documents of ``root`` below ``prefix`` that are not there have vanished."""

    root: str
    prefix: str

    def covers(self, known: Known) -> bool:
        """Whether the document would have been found if its file were still there."""
        return known.root == self.root and known.source.startswith(self.prefix)


@dataclass(frozen=True, slots=True)
class Scan:
    """What was found on disk."""

    files: tuple[FoundFile, ...]
    problems: tuple[Problem, ...]
    scopes: tuple[Scope, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One document's part of a plan; ``size`` and ``mtime_ns`` are the file's, None when they cannot be trusted."""

    source: str
    change: Change
    path: Path | None = None
    root: str | None = None
    known: Known | None = None
    detail: str | None = None
    size: int | None = None
    mtime_ns: int | None = None


def compare(scan: Scan, known: Mapping[str, Known]) -> list[Step]:
    """The steps that bring documents in line with files, by source.

    A file is unchanged when size and modification time are those recorded, or its SHA-256 is. A new file with
    the content of a vanished one of the same root is that document moved. Documents that were ingested from
    another root, or lie below something that could not be read, never vanish. A root that is gone is followed to
    where most of its documents are found unchanged.
    """
    by_path = {_identity(item.root, item.source): item for item in known.values() if item.root is not None}
    steps = [Step(printable(item.source), "failed", detail=item.reason) for item in scan.problems]
    fresh: list[Step] = []
    met: set[str] = set()
    taken: dict[str, FoundFile] = {}
    for file in scan.files:
        other = taken.setdefault(file.source, file)
        if other is not file:
            steps.append(Step(file.source, "failed", detail=_clash(file, f"found in {other.root}")))
            continue
        own = known.get(file.source) or by_path.get(file.identity)
        if own is not None:
            met.add(own.document_id)
        step = _step(file, own)
        (fresh if step.change == "added" else steps).append(step)
    heirs = _heirs(steps, known)
    unmet = (item for item in known.values() if item.document_id not in met)
    placed = (replace(item, root=heirs[item.root]) if item.root in heirs else item for item in unmet)
    gone = [item for item in placed if _vanished(item, scan)]
    moved, added = _match(fresh, gone)
    removed = {item.document_id for item in gone} - {step.known.document_id for step in moved if step.known}
    steps += moved + added
    steps += [Step(item.source, "removed", known=item) for item in gone if item.document_id in removed]
    return sorted(steps, key=lambda step: step.source)


def as_plan(collection: str, steps: Iterable[Step]) -> Plan:
    """The steps as people and clients see them."""
    return Plan(collection, tuple(PlannedChange(step.source, step.change, step.detail) for step in steps))


def digest(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex; OSError when it cannot be read."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def file_state(path: Path) -> tuple[int, int | None]:
    """Size and modification time of a file; no time when it is too young to tell a later change by."""
    found = path.stat()
    settled = time.time_ns() - found.st_mtime_ns > _SETTLED_NS
    return found.st_size, found.st_mtime_ns if settled else None


def _step(file: FoundFile, known: Known | None) -> Step:
    step = Step(file.source, "added", file.path, file.root, known)
    try:
        size, mtime_ns = file_state(file.path)
        step = replace(step, size=size, mtime_ns=mtime_ns)
        if known is None:
            return step
        same = (size, mtime_ns) == (known.size, known.mtime_ns) and mtime_ns is not None
        same = same or digest(file.path) == known.sha256
    except OSError as error:
        return replace(step, change="failed", detail=f"cannot be read: {error.strerror}")
    if known.source != file.source:
        return replace(step, change="moved" if same else "changed", detail=known.source)
    if known.root == file.root or _took_its_place(file, known):
        return replace(step, change="unchanged" if same else "changed")
    if same and known.root is None:
        return replace(step, change="unchanged", root=None)
    where = f"ingested from {known.root}" if known.root is not None else "handed over by upload"
    return replace(step, change="failed", detail=_clash(file, where))


def _took_its_place(file: FoundFile, known: Known) -> bool:
    """Whether the known document's own file is this one, or gone together with its whole root."""
    return known.root is not None and (_identity(known.root, known.source) == file.identity or _is_gone(known.root))


def _is_gone(root: str) -> bool:
    """Whether a folder is certainly not there; one that may not be looked at may well be."""
    try:
        return not Path(root).exists()
    except OSError:
        return False


def _clash(file: FoundFile, where: str) -> str:
    return (
        f"the name is taken by a document {where}, this one is from {file.root}: "
        "ingest it into another collection, or ingest a folder that holds both"
    )


def _vanished(known: Known, scan: Scan) -> bool:
    if any(problem.hides(known) for problem in scan.problems):
        return False
    return any(scope.covers(known) for scope in scan.scopes)


def _heirs(steps: Iterable[Step], known: Mapping[str, Known]) -> dict[str | None, str]:
    """Roots that were moved: each that is gone, with the root under which most of its documents stand unchanged.

    Names alone prove nothing: every folder has its README.
    """
    held = Counter(item.root for item in known.values())
    same = ((step.known.root, step.root) for step in steps if step.change == "unchanged" and step.known)
    found = Counter((old, new) for old, new in same if old and new and old != new)
    return {old: new for (old, new), number in found.items() if 2 * number > held[old] and _is_gone(old)}


def _match(fresh: Sequence[Step], gone: Sequence[Known]) -> tuple[list[Step], list[Step]]:
    """New files that are vanished documents under another name, and the rest."""
    free = {(item.root, item.sha256): item for item in gone}
    sizes = {item.size for item in gone}
    moved, added = [], []
    for step in fresh:
        known = None
        if step.path is not None and (step.size in sizes or None in sizes):
            try:
                known = free.pop((step.root, digest(step.path)), None)
            except OSError as error:
                added.append(replace(step, change="failed", detail=f"cannot be read: {error.strerror}"))
                continue
        if known is None:
            added.append(step)
        else:
            moved.append(replace(step, change="moved", known=known, detail=known.source))
    return moved, added


def _identity(root: str, source: str) -> str:
    return f"{root.rstrip('/')}/{source}"
