"""Bounds on what one file may cost."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes, characters, seconds and pages that one file may take; beyond them it is refused.

    `max_archive_bytes` is what a zip-based file (docx, pptx, xlsx, epub) may unpack to,
    `max_archive_ratio` how often its packed size; `max_memory_bytes` bounds the extracting process.
    """

    max_file_bytes: int = 100_000_000
    max_characters: int = 20_000_000
    timeout: float = 120.0
    max_pages: int = 5_000
    max_archive_bytes: int = 500_000_000
    max_archive_ratio: float = 200.0
    max_memory_bytes: int = 2_000_000_000
