"""The id of a chunk, the same in every store: its version and its place in it."""

from __future__ import annotations


def id_of(version_id: str, ordinal: int) -> str:
    """The id of a version's chunk."""
    return f"{version_id}:{ordinal}"


def chunk_place(chunk_id: str) -> tuple[str, int]:
    """The version and the ordinal that an id names."""
    version_id, _, ordinal = chunk_id.rpartition(":")
    return version_id, int(ordinal)


def version_of(chunk_id: str) -> str:
    """The version that a chunk belongs to, whatever stands for its ordinal."""
    return chunk_id.rpartition(":")[0]
