"""Answers: statements, citations, abstentions, and what led to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rag_service.models.passages import Passage, Quote

AbstentionReason = Literal["empty_collection", "no_relevant_passage", "insufficient_evidence", "declined_by_model"]
AnswererName = Literal["auto", "extractive", "llm"]
Role = Literal["user", "assistant"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a conversation before the question."""

    role: Role
    content: str


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


def added(one: Usage | None, other: Usage | None) -> Usage | None:
    """What two requests used together; None where nothing was counted."""
    if one is None or other is None:
        return one or other
    cost = None if one.cost is None and other.cost is None else (one.cost or 0.0) + (other.cost or 0.0)
    return Usage(one.prompt_tokens + other.prompt_tokens, one.completion_tokens + other.completion_tokens, cost)


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds spent."""

    retrieve_ms: float
    answer_ms: float
    total_ms: float


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
