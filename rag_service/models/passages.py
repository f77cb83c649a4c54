"""What is found for a question, and spans proposed as quotes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SearchMode = Literal["hybrid", "dense", "lexical"]


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

    @property
    def text(self) -> str:
        """What stands there, by the passage."""
        return self.passage.text[self.start - self.passage.start : self.end - self.passage.start]
