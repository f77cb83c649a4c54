"""Which file is which document, and which documents have lost theirs."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from rag_service.index.documents import Known
from rag_service.ingest.found import Scan, folders, place
from rag_service.ingest.sources import root_folder


def pairs(scan: Scan, known: Mapping[str, Known]) -> dict[str, Known]:
    """By its place, the document that a file is: the one from there, or one of its name whose root went away."""
    by_place = {place(item): item for item in known.values()}
    away = {root for root in {item.root for item in known.values()} if root is not None and is_gone(root)}
    found: dict[str, Known] = {}
    for file in (*scan.files, *scan.apart):
        named = known.get(file.source)
        if named is not None and (named.root in away or place(named) == file.place):
            found[file.place] = named
        elif at_place := by_place.get(file.place):
            found[file.place] = at_place
    return found


def vanished(known: Known, scan: Scan, apart: Collection[str]) -> str | None:
    """The root whose listing lacks the document's file; None when it was not looked for, as in places ``apart``."""
    there = place(known)
    if there is None or any(problem.hides(known) for problem in scan.problems):
        return None
    if any(folder in apart for folder in folders(there)):
        return None
    return next((scope.root for scope in scan.scopes if scope.covers(known)), None)


def is_gone(root: str) -> bool:
    """Whether a folder is certainly not there; one that may not be looked at may well be."""
    try:
        return not root_folder(root).exists()
    except OSError:
        return False
