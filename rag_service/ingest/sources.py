"""Paths as sources, and sources as people read them."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path


def source_name(relative: Path) -> str:
    """A relative path as a source: forward slashes, NFC, bytes that are no UTF-8 replaced."""
    text = os.fsencode(relative.as_posix()).decode("utf-8", "replace")
    return unicodedata.normalize("NFC", text)


def printable(path: Path | str) -> str:
    """A path on one line, fit for a message; two paths never look the same for bytes that are no UTF-8."""
    raw = os.fsencode(path) if isinstance(path, Path) else path.encode("utf-8", "surrogateescape")
    text = raw.decode("utf-8", "backslashreplace")
    return "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)
