"""What a sync has to do: files found now against documents known from before."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from rag_service.index.documents import Known
from rag_service.ingest.found import FoundFile, Scan, place
from rag_service.ingest.pairs import is_gone, pairs, vanished
from rag_service.ingest.sources import printable
from rag_service.models import Change, Plan, PlannedChange

_SETTLED_NS = 2_000_000_000  # a file younger than this may change again without a new modification time


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

    @property
    def reads(self) -> bool:
        """Whether the file has to be read: it is new or changed, or its name is, which may tell format, title, date."""
        if self.change == "moved" and self.known is not None:
            return PurePosixPath(self.source).name != PurePosixPath(self.known.source).name
        return self.change in ("added", "changed")


def compare(scan: Scan, known: Mapping[str, Known]) -> list[Step]:
    """The steps that bring documents in line with files, by source.

    A file is unchanged when size and modification time are those recorded, or its SHA-256 is. A new file with
    the content of a vanished one is that document moved. Documents whose place was not listed, or could not be
    read, never vanish. A root that is gone is followed to where most of its documents are found unchanged.
    """
    steps = [Step(printable(item.source), "failed", detail=item.reason) for item in scan.problems]
    own = pairs(scan, known)
    files, clashes = _distinct(scan, own)
    placed = [_step(file, own[file.place]) for file in files if file.place in own]
    heirs = _heirs(placed, known)
    met = {item.document_id for item in own.values()}
    unmet = [item for item in known.values() if item.document_id not in met]
    gone = _gone(unmet, heirs, scan)
    placed, held = _settled(placed, known, gone)
    new = [_step(file, known[file.source] if file.source in held else None) for file in files if file.place not in own]
    moved, added = _match([step for step in new if step.change == "added"], gone.values())
    steps += clashes + placed + [step for step in new if step.change != "added"] + moved + added
    kept = {step.known.source for step in moved if step.known}
    steps += [Step(source, "removed", known=item) for source, (item, _) in gone.items() if source not in kept]
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


def _distinct(scan: Scan, own: Mapping[str, Known]) -> tuple[list[FoundFile], list[Step]]:
    """The files to compare, one of each name, rather the one that has the name already; and failures of the others."""

    def claim(file: FoundFile) -> int:
        item = own.get(file.place)
        return 2 if item is None else int(item.source != file.source)

    taken: dict[str, FoundFile] = {}
    clashes = []
    for file in sorted((*scan.files, *(file for file in scan.apart if file.place in own)), key=claim):
        other = taken.setdefault(file.source, file)
        if other is not file:
            clashes.append(Step(file.source, "failed", detail=_clash(file.root, f"found in {other.root}")))
    return list(taken.values()), clashes


def _step(file: FoundFile, known: Known | None) -> Step:
    """What is to be done about a file, given the document it is, or the one that keeps its name."""
    step = Step(file.source, "added", file.path, file.root, known)
    try:
        size, mtime_ns = file_state(file.path)
        step = replace(step, size=size, mtime_ns=mtime_ns)
        if known is None:
            return step
        same = (size, mtime_ns) == (known.size, known.mtime_ns) and mtime_ns is not None
        same = same or (_was_read(known) and digest(file.path) == known.sha256)
    except OSError as error:
        return replace(step, change="failed", detail=f"cannot be read: {error.strerror}")
    if known.source != file.source:
        return replace(step, change="moved" if same else "changed", detail=known.source)
    if known.root == file.root or _took_its_place(file, known):
        return replace(step, change="unchanged" if same else "changed")
    if same and known.root is None:
        return replace(step, change="unchanged", root=None)
    return replace(step, change="failed", detail=_clash(file.root, _holder(known)))


def _was_read(known: Known) -> bool:
    """Whether the document was read since its file got the name it has."""
    return known.root is None or known.size is not None


def _took_its_place(file: FoundFile, known: Known) -> bool:
    """Whether the known document's own file is this one, or gone together with its whole root."""
    return known.root is not None and (place(known) == file.place or is_gone(known.root))


def _clash(root: str | None, where: str) -> str:
    return (
        f"the name is taken by a document {where}, this one is from {root}: "
        "ingest it into another collection, or ingest a folder that holds both"
    )


def _holder(known: Known) -> str:
    return f"ingested from {known.root}" if known.root is not None else "handed over by upload"


def _settled(
    placed: Sequence[Step], known: Mapping[str, Known], gone: Collection[str]
) -> tuple[list[Step], Collection[str]]:
    """The steps, failed where another document keeps the name that one would move to; and all names that are kept."""
    steps = list(placed)
    while True:
        left = {name for step in steps if (name := _name_left(step)) is not None}
        held = known.keys() - set(gone) - left
        stuck = [n for n, step in enumerate(steps) if _name_left(step) is not None and step.source in held]
        if not stuck:
            return steps, held
        for n in stuck:
            why = _clash(steps[n].root, _holder(known[steps[n].source]))
            steps[n] = replace(steps[n], change="failed", detail=why)


def _name_left(step: Step) -> str | None:
    """The name that a document gives up for another."""
    if step.known is None or step.change == "failed" or step.known.source == step.source:
        return None
    return step.known.source


def _heirs(steps: Iterable[Step], known: Mapping[str, Known]) -> dict[str | None, str]:
    """Roots that were moved: each that is gone, with the root under which most of its documents stand unchanged.

    Names alone prove nothing: every folder has its README.
    """
    held = Counter(item.root for item in known.values())
    same = ((step.known.root, step.root) for step in steps if step.change == "unchanged" and step.known)
    found = Counter((old, new) for old, new in same if old and new and old != new)
    return {old: new for (old, new), number in found.items() if 2 * number > held[old] and is_gone(old)}


def _gone(unmet: Iterable[Known], heirs: Mapping[str | None, str], scan: Scan) -> dict[str, tuple[Known, str]]:
    """By its source, each document that has vanished, and the root whose listing lacks it."""
    apart = {item.place for item in scan.apart}
    found = ((item, vanished(replace(item, root=heirs.get(item.root, item.root)), scan, apart)) for item in unmet)
    return {item.source: (item, root) for item, root in found if root is not None}


def _match(fresh: Sequence[Step], gone: Collection[tuple[Known, str]]) -> tuple[list[Step], list[Step]]:
    """New files that are documents vanished from the same root, under another name; and the rest."""
    free: dict[tuple[str | None, str], Known] = {(root, item.sha256): item for item, root in gone}
    sizes = {item.size for item, _ in gone}
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
