"""Questions and queries on the wire."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from rag_service import models
from rag_service.answer.events import MAX_QUESTION, Ask
from rag_service.api.schemas.common import CollectionName, Filters, RequestBody

TopK = Annotated[int, Field(strict=True, ge=1, le=50, description="Passages to retrieve.", examples=[8])]


class HistoryTurn(RequestBody):
    """One message of the conversation before the question."""

    role: models.Role
    content: str = Field(max_length=100_000, examples=["Wann traf Kim in Wladiwostok ein?"])

    def turn(self) -> models.Turn:
        """The same as a value."""
        return models.Turn(self.role, self.content)


class AskRequest(RequestBody):
    """A question to the documents of one collection."""

    question: str = Field(min_length=1, max_length=MAX_QUESTION, examples=["Wann trafen sich Kim und Putin 2019?"])
    collection: CollectionName | None = Field(None, description="Where to look; the configured default when absent.")
    history: list[HistoryTurn] = Field(
        default_factory=list, max_length=10_000, description="Earlier turns, oldest first."
    )
    filters: Filters | None = None
    top_k: TopK | None = None
    answerer: models.AnswererName = Field(
        "auto", description="auto: llm when a model is configured, else extractive; extractive asks no model anything."
    )
    stream: bool = Field(
        False, strict=True, description="Answer as server-sent events: passages, delta, citation, done or error."
    )

    def ask(self, collection: str) -> Ask:
        """The same as the ask path takes it."""
        history = tuple(turn.turn() for turn in self.history)
        return Ask(self.question, collection, history, self.filters, self.top_k, self.answerer)


class SearchRequest(RequestBody):
    """A search for passages."""

    query: str = Field(min_length=1, max_length=MAX_QUESTION, examples=["Gipfel Wladiwostok April 2019"])
    collection: CollectionName | None = Field(None, description="Where to look; the configured default when absent.")
    filters: Filters | None = None
    top_k: TopK | None = None
    mode: models.SearchMode = Field("hybrid", description="hybrid fuses dense and lexical search.")
