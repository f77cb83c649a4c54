"""The request and the events of one answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rag_service.errors import InvalidQuestion
from rag_service.models import Answer, AnswererName, Citation, Passage, Turn

MAX_QUESTION = 4000


@dataclass(frozen=True, slots=True)
class Ask:
    """One question with everything that shapes its answer."""

    question: str
    collection: str = "default"
    history: tuple[Turn, ...] = ()
    filters: Mapping[str, Any] | None = None
    top_k: int | None = None
    answerer: AnswererName = "auto"


@dataclass(frozen=True, slots=True)
class PassagesFound:
    """First event: the passages that the answer may rest on; it comes again when documents were replaced since."""

    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of the answer's text; all of them joined are the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class CitationMade:
    """A verified citation, right after the text that first uses it."""

    citation: Citation


@dataclass(frozen=True, slots=True)
class Done:
    """Last event: the whole answer."""

    answer: Answer


Event = PassagesFound | Delta | CitationMade | Done


def check_question(question: str) -> None:
    """InvalidQuestion unless there are 1 to 4000 characters with a letter or digit among them."""
    if not question.strip():
        raise InvalidQuestion("The question is empty.")
    if len(question) > MAX_QUESTION:
        raise InvalidQuestion(f"The question has {len(question)} characters; at most {MAX_QUESTION} are allowed.")
    if not any(character.isalnum() for character in question):
        raise InvalidQuestion("The question holds no word: it consists of punctuation or symbols only.")
