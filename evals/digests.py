"""Digests that tell one state from another: of a folder's files, and of the code that runs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

CODE, FITTED = (".py",), (".json", ".npz")


def files_digest(root: Path) -> str:
    """Digest of the paths and bytes of all files under a folder."""
    return _digest(root, root.rglob("*"))


def code_digest(root: Path, folders: Iterable[str] = (".",), endings: tuple[str, ...] = (*CODE, *FITTED)) -> str:
    """Digest of the code in some folders under a root, and of the weights and figures that were fitted for it."""
    return _digest(root, (path for name in folders for path in (root / name).rglob("*") if path.suffix in endings))


def _digest(root: Path, paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(paths):
        if path.is_file():
            digest.update(str(path.relative_to(root)).encode("utf-8", "surrogateescape") + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
