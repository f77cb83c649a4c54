"""Paths as sources and roots, and sources as people read them."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path
from urllib.parse import unquote_to_bytes

_URI = "file://"


def source_name(relative: Path) -> str:
    """A relative path as a source: forward slashes, NFC, bytes that are no UTF-8 replaced."""
    text = os.fsencode(relative.as_posix()).decode("utf-8", "replace")
    return unicodedata.normalize("NFC", text)


def root_name(folder: Path) -> str:
    """An absolute path as the catalog keeps roots: as it is, or as a `file:` URI where it is no UTF-8."""
    try:
        str(folder).encode()
    except UnicodeEncodeError:
        return folder.as_uri()
    return str(folder)


def root_folder(root: str) -> Path:
    """The folder that ``root_name`` gave this name."""
    if root.startswith(_URI):
        return Path(os.fsdecode(unquote_to_bytes(root.removeprefix(_URI))))
    return Path(root)


def printable(path: Path | str) -> str:
    """A path on one line, fit for a message; two paths never look the same for bytes that are no UTF-8."""
    raw = os.fsencode(path) if isinstance(path, Path) else path.encode("utf-8", "surrogateescape")
    text = raw.decode("utf-8", "backslashreplace")
    return "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)
