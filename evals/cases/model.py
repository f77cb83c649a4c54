"""The cases of a dataset: frozen, without I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from rag_service.models import Turn

AnswerKind = Literal["text", "regex", "all"]
Needs = Literal["any", "all"]


@dataclass(frozen=True, slots=True)
class AcceptedAnswer:
    """One acceptable answer: words in a row, a regular expression, or parts that must all be there."""

    kind: AnswerKind
    value: str = ""
    parts: tuple[AcceptedAnswer, ...] = ()


@dataclass(frozen=True, slots=True)
class GoldEvidence:
    """A verbatim quote of a source, or without one the source as a whole.

    ``start`` and ``end`` are the quote's offsets once resolved, -1 before; ``also`` are those at which it stands again.
    """

    source: str
    quote: str = ""
    start: int = -1
    end: int = -1
    also: tuple[tuple[int, int], ...] = ()
    line: int = 0

    @property
    def places(self) -> tuple[tuple[int, int], ...]:
        """Every span of the quote; none where the source is meant as a whole."""
        return ((self.start, self.end), *self.also) if self.start < self.end else ()


@dataclass(frozen=True, slots=True)
class Case:
    """One question with what a right answer is.

    ``needs`` says whether one of the evidence spans is enough (``any``: they state the same fact) or all
    of them are needed. ``forbidden`` must not stand in the answer whatever else it says; ``reference`` is
    a whole gold answer for ROUGE-L and semantic similarity. ``line`` is where the case starts in its file.
    """

    id: str
    question: str
    answerable: bool = True
    answers: tuple[AcceptedAnswer, ...] = ()
    evidence: tuple[GoldEvidence, ...] = ()
    needs: Needs = "any"
    reference: str | None = None
    forbidden: tuple[AcceptedAnswer, ...] = ()
    history: tuple[Turn, ...] = ()
    filters: Mapping[str, Any] | None = None
    tags: tuple[str, ...] = ()
    line: int = 0

    @property
    def worded(self) -> bool:
        """Whether it says in words what is right, as a regular expression and a whole document do not."""
        told = any(option.kind != "regex" for option in self.answers) or any(item.quote for item in self.evidence)
        return told or self.reference is not None


@dataclass(frozen=True, slots=True)
class Dataset:
    """A named set of cases over a corpus folder; ``sha256`` identifies the cases, not the file's layout."""

    name: str
    description: str
    path: Path
    corpus: Path
    cases: tuple[Case, ...]
    sha256: str = field(default="")
