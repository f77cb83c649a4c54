"""What a chat model adapter offers to the guard, and what it raises."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from rag_service.errors import ModelError
from rag_service.ports import ChatChunk

Messages = Sequence[Mapping[str, str]]
Schema = Mapping[str, Any]
FILTERED = "content_filter"  # how an endpoint ends a reply that it does not want to give
REFUSED = "refused"  # how a reply ends in which the model says that it will not answer


@dataclass(frozen=True, slots=True)
class Piece(ChatChunk):
    """A piece of a reply; the last one has ``finish``: ``stop``, ``length``, another reason, or ``cut``.

    ``thinking`` marks a sign of life of a model that thinks before it writes.
    """

    finish: str | None = None
    thinking: bool = False


def ending(before: str | None, now: str | None) -> str | None:
    """How a reply ends by all that was said of it: a refusal stays one."""
    return before if before == REFUSED else now or before


class StructureRefused(ModelError):
    """The endpoint does not take a JSON schema; the same request without one may succeed."""


class Backend(Protocol):
    """One attempt at a reply, without retries."""

    @property
    def name(self) -> str:
        """Model name."""

    @property
    def place(self) -> str:
        """Where it runs, for messages: a host or a class; never a key."""

    @property
    def structured(self) -> bool:
        """Whether a schema is worth sending."""

    @property
    def reserve(self) -> int:
        """Tokens that it may think, beside those of its reply."""

    def attempt(self, messages: Messages, max_tokens: int, schema: Schema | None) -> AsyncGenerator[Piece]:
        """The reply, piece by piece; raises Transient, StructureRefused or ModelError."""
