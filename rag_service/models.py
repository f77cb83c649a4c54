"""The values that flow through the service: frozen, without I/O.

Offsets are code points of the source text, half open: ``text[start:end]``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

MetadataValue = str | int | float | bool
AbstentionReason = Literal[
    "empty_collection", "no_relevant_passage", "insufficient_evidence", "declined_by_model"
]
AnswererName = Literal["auto", "extractive", "llm"]
SearchMode = Literal["hybrid", "dense", "lexical"]
JobStatus = Literal["queued", "running", "succeeded", "failed", "cancelled"]
Outcome = Literal["added", "updated", "unchanged", "deleted", "failed"]
StoreName = Literal["catalog", "vectors", "lexical", "tokens"]
Fault = Literal["orphan", "missing", "mismatched", "unreadable"]
Change = Literal["added", "changed", "moved", "removed", "unchanged", "failed"]
Role = Literal["user", "assistant"]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a paginated document, as a span of its source text; numbers start at 1."""

    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Document:
    """One source file as extracted text plus metadata; not yet stored.

    ``source`` is the path relative to the ingested root with forward slashes; ``published`` is an
    ISO 8601 date as precise as known (``2019``, ``2019-04``, ``2019-04-23``, ``2019-04-23T08:44``);
    ``language`` an ISO 639-1 code, ``und`` when unknown; ``sha256`` the hex digest of the file's bytes.
    """

    source: str
    text: str
    sha256: str
    title: str
    language: str
    media_type: str
    published: str | None = None
    metadata: Mapping[str, MetadataValue] = field(default_factory=dict)
    pages: tuple[Page, ...] = ()


@dataclass(frozen=True, slots=True)
class Chunk:
    """A contiguous span of a document; ``text == document.text[start:end]``; ``tokens`` of the embedder."""

    ordinal: int
    start: int
    end: int
    text: str
    tokens: int


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document's live version as the catalog knows it; times are Unix seconds."""

    id: str
    version_id: str
    collection: str
    source: str
    title: str
    published: str | None
    language: str
    media_type: str
    sha256: str
    characters: int
    chunks: int
    metadata: Mapping[str, MetadataValue]
    created: int
    updated: int


@dataclass(frozen=True, slots=True)
class SourceText:
    """A version's stored source text and its pages: what citations are verified against."""

    text: str
    pages: tuple[Page, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk as retrieved for a question.

    ``score`` orders passages within one retrieval (higher is better); ``dense_score`` is cosine
    similarity, ``lexical_score`` BM25, ``late_score`` the mean best token cosine; None where that
    search did not return or score the chunk. ``duplicates`` are sources that print the same text.
    """

    chunk_id: str
    document_id: str
    version_id: str
    source: str
    title: str
    published: str | None
    language: str
    text: str
    start: int
    end: int
    rank: int
    score: float
    dense_score: float | None = None
    lexical_score: float | None = None
    late_score: float | None = None
    duplicates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Quote:
    """A proposed citation: the span ``[start, end)`` of a passage's document, with its evidence score."""

    passage: Passage
    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class DraftStatement:
    """One sentence from an answerer with the quotes it rests on, before verification."""

    text: str
    quotes: tuple[Quote, ...]
    supported: bool = True


@dataclass(frozen=True, slots=True)
class Citation:
    """A verified quote: it stands at ``[start, end)`` of the stored source text; lines and pages from 1."""

    number: int
    document_id: str
    version_id: str
    source: str
    title: str
    published: str | None
    quote: str
    start: int
    end: int
    start_line: int
    end_line: int
    start_page: int | None
    end_page: int | None
    score: float


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of an answer: ``answer[start:end] == text``; ``citations`` are citation numbers."""

    text: str
    start: int
    end: int
    citations: tuple[int, ...]
    supported: bool


@dataclass(frozen=True, slots=True)
class Abstention:
    """Declining to answer, with a typed reason and a message in the question's language."""

    reason: AbstentionReason
    message: str


@dataclass(frozen=True, slots=True)
class Warning:
    """Something the caller should know although the request succeeded."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class PromptInfo:
    """Which prompt file produced an answer."""

    name: str
    version: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens an LLM counted, and their cost when prices are configured."""

    prompt_tokens: int
    completion_tokens: int
    cost: float | None = None


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds spent."""

    retrieve_ms: float
    answer_ms: float
    total_ms: float


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a conversation before the question."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome of one question: an answer with statements and citations, or an abstention.

    ``confidence`` is the calibrated probability that the passages answer the question; None when
    nothing was retrieved.
    """

    id: str
    created: int
    collection: str
    question: str
    standalone_question: str
    answered: bool
    abstention: Abstention | None
    text: str
    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]
    passages: tuple[Passage, ...]
    answerer: str
    model: str | None
    prompt: PromptInfo | None
    usage: Usage | None
    timings: Timings
    confidence: float | None = None
    warnings: tuple[Warning, ...] = ()


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Identity of the embedding model, its dimension and the chunking settings; an index never mixes two."""

    embedder: str
    dimension: int
    max_tokens: int
    overlap_tokens: int

    def __str__(self) -> str:
        return f"{self.embedder} ({self.dimension} dimensions, chunks of {self.max_tokens}/{self.overlap_tokens} tokens)"


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
class DocumentPage:
    """Some documents of a collection in the order of their sources; ``next`` continues after the last."""

    items: tuple[StoredDocument, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Upload:
    """A document handed over rather than found in a folder: the bytes of a file, or text."""

    source: str
    data: bytes | None = None
    text: str | None = None
    metadata: Mapping[str, MetadataValue] = field(default_factory=dict)
    published: str | None = None


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
    catalog is at fault itself when a chunk is not what stands in the source text.
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
