"""Collections, and the work that changes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

JobStatus = Literal["queued", "running", "succeeded", "failed", "cancelled"]
Outcome = Literal["added", "updated", "unchanged", "deleted", "failed"]
StoreName = Literal["catalog", "vectors", "lexical", "tokens"]
Fault = Literal["orphan", "missing", "mismatched", "unreadable"]
Change = Literal["added", "changed", "moved", "removed", "unchanged", "failed"]


COLLECTION_NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,62}"  # a pattern


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Identity of the embedding model, its dimension and the chunking settings; an index never mixes two."""

    embedder: str
    dimension: int
    max_tokens: int
    overlap_tokens: int
    tokenizer: str | None = None  # digest of the embedder's own, None where the bundled one counts

    def __str__(self) -> str:
        counted = f" of tokenizer {self.tokenizer}" if self.tokenizer else ""
        chunks = f"chunks of {self.max_tokens}/{self.overlap_tokens} tokens{counted}"
        return f"{self.embedder} ({self.dimension} dimensions, {chunks})"


@dataclass(frozen=True, slots=True)
class Collection:
    """A named, isolated set of documents; ``fingerprint`` is None until the first document is stored."""

    id: str
    name: str
    documents: int
    chunks: int
    created: int
    fingerprint: Fingerprint | None


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """What a sync would do with one document; ``detail`` is the old source of a moved one, or why it failed."""

    source: str
    change: Change
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a sync would do with a collection, in the order of the sources."""

    collection: str
    changes: tuple[PlannedChange, ...]

    def count(self, change: Change) -> int:
        """How many documents the plan treats so."""
        return sum(item.change == change for item in self.changes)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a running job is; ``chunks`` grows while documents are read; ``seconds`` since it began."""

    documents_done: int
    documents_total: int
    chunks_done: int
    chunks_total: int
    seconds: float


@dataclass(frozen=True, slots=True)
class JobDocument:
    """What a job did with one document."""

    source: str
    document_id: str | None
    status: Outcome
    chunks: int = 0
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of work on a collection; ``done`` of ``total`` documents; ``error`` when all of it failed."""

    id: str
    kind: str
    collection: str
    status: JobStatus
    done: int
    total: int
    documents: tuple[JobDocument, ...]
    error: str | None
    created: int
    updated: int

    @property
    def finished(self) -> bool:
        """Whether nothing more will happen."""
        return self.status not in ("queued", "running")


@dataclass(frozen=True, slots=True)
class Finding:
    """A store that differs from the catalog: in one chunk, or as a whole when ``chunk_id`` is None.

    An orphan is in the store alone, a missing chunk in the catalog alone, a mismatched one differs; the
    catalog is at fault itself when a chunk is not what stands in the source text, or when other settings have
    built the collection.
    """

    store: StoreName
    kind: Fault
    collection: str
    chunk_id: str | None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Findings:
    """What doctor found among so many chunks; ``repaired`` when all of it was mended and checked again."""

    chunks: int
    items: tuple[Finding, ...]
    repaired: bool
