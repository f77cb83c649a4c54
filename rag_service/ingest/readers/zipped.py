"""Zip-based files are measured before any library unpacks them."""

from __future__ import annotations

import io
import zipfile

from rag_service.ingest.limits import Limits
from rag_service.ingest.readers.base import UnreadableError

_SMALL = 1_000_000
_MAX_ENTRIES = 20_000
_OLE = b"\xd0\xcf\x11\xe0"


def open_zip(data: bytes, limits: Limits) -> zipfile.ZipFile:
    """The archive, once its declared sizes are within the limits; zipfile enforces the declared sizes."""
    if data.startswith(_OLE):
        raise UnreadableError(
            "is password-protected or an old Office file; save it without a password in the current format"
        )
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise UnreadableError(f"is damaged: {error}; save it again with its program") from error
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > _MAX_ENTRIES:
        raise UnreadableError(f"holds {len(entries)} parts, more than {_MAX_ENTRIES}; it does not look like a document")
    if unpacked > limits.max_archive_bytes:
        raise UnreadableError(
            f"would unpack to {unpacked} bytes, more than max_archive_bytes ({limits.max_archive_bytes}); "
            "it looks like a zip bomb"
        )
    for entry in entries:
        ratio = entry.file_size / max(entry.compress_size, 1)
        if entry.file_size > _SMALL and ratio > limits.max_archive_ratio:
            raise UnreadableError(
                f"holds {entry.filename!r} packed {ratio:.0f} times, more than max_archive_ratio "
                f"({limits.max_archive_ratio:g}); it looks like a zip bomb"
            )
        if entry.flag_bits & 1:
            raise UnreadableError("is password-protected; save it without a password")
    return archive
