"""A chat model with bounded time and concurrency, retries, a circuit breaker, and cost."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace

from rag_service.answer.models.backend import Backend, Messages, Piece, Schema
from rag_service.answer.models.breaker import CircuitBreaker
from rag_service.errors import ModelError, ModelRateLimited, ModelTimeout, ModelUnavailable
from rag_service.models import Usage
from rag_service.transient import Transient

FIRST_BACKOFF = 0.5
LONGEST_BACKOFF = 8.0


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds, counts, and prices per million tokens."""

    first_token_timeout: float = 30.0
    timeout: float = 90.0
    max_retries: int = 2
    max_concurrency: int = 256
    breaker_failures: int = 5
    breaker_seconds: float = 30.0
    price_prompt: float | None = None
    price_completion: float | None = None


class GuardedModel:
    """A ChatModel over one backend; raises ModelError and its kin, and nothing else of the backend's.

    A failure is retried only while nothing of the reply was handed on.
    """

    def __init__(self, backend: Backend, limits: Limits, jitter: Callable[[], float] = random.random) -> None:
        self._backend = backend
        self._limits = limits
        self._jitter = jitter
        self._breaker = CircuitBreaker(limits.breaker_failures, limits.breaker_seconds)
        self._slots: asyncio.Semaphore | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def name(self) -> str:
        """Model name."""
        return self._backend.name

    @property
    def structured(self) -> bool:
        """Whether a schema is worth sending."""
        return self._backend.structured

    @property
    def reserve(self) -> int:
        """Tokens that the model may think, beside those of its reply."""
        return self._backend.reserve

    async def stream(self, messages: Messages, max_tokens: int, schema: Schema | None = None) -> AsyncGenerator[Piece]:
        """The reply, piece by piece; StructureRefused when only the schema was in the way.

        Its time runs from when it has a place: the endpoint is not to blame for what was waited for one.
        """
        slots = self._concurrency()
        patience = min(self._limits.first_token_timeout, self._limits.timeout)
        try:
            async with asyncio.timeout(patience):
                await slots.acquire()
        except TimeoutError as error:
            raise ModelTimeout(
                f"No free place for a request to {self._backend.place} within {patience:g} s "
                f"(settings RAG_LLM__MAX_CONCURRENCY, RAG_LLM__FIRST_TOKEN_TIMEOUT)."
            ) from error
        deadline = time.monotonic() + self._limits.timeout
        try:
            async with aclosing(self._attempts(messages, max_tokens, schema, deadline)) as pieces:
                async for piece in pieces:
                    yield piece
        finally:
            slots.release()

    async def _attempts(
        self, messages: Messages, max_tokens: int, schema: Schema | None, deadline: float
    ) -> AsyncGenerator[Piece]:
        attempt = 0
        while True:
            started = False
            try:
                async with aclosing(self._one(messages, max_tokens, schema, deadline)) as pieces:
                    async for piece in pieces:
                        started = started or bool(piece.text)
                        yield piece
                return
            except Transient as failure:
                pause = self._pause(attempt, failure.retry_after)
                if started or attempt >= self._limits.max_retries or time.monotonic() + pause >= deadline:
                    raise failure.error from failure
            attempt += 1
            await asyncio.sleep(pause)

    def _pause(self, attempt: int, retry_after: float | None) -> float:
        """Exponential backoff with jitter, and never less than what the endpoint asked for."""
        backoff = min(LONGEST_BACKOFF, FIRST_BACKOFF * 2.0**attempt) * (0.5 + self._jitter() / 2)
        return max(backoff, retry_after or 0.0)

    async def _one(
        self, messages: Messages, max_tokens: int, schema: Schema | None, deadline: float
    ) -> AsyncGenerator[Piece]:
        """One attempt under the breaker's eye."""
        wait = self._breaker.wait()
        if wait > 0:
            raise ModelUnavailable(
                f"{self._backend.place} failed {self._limits.breaker_failures} times in a row; "
                f"it is tried again in {wait:.0f} s (setting RAG_LLM__BREAKER_SECONDS). Last: {self._breaker.cause}"
            )
        told = False
        try:
            async with aclosing(self._timed(messages, max_tokens, schema, deadline)) as pieces:
                async for piece in pieces:
                    if not told and piece.text:
                        told = True
                        self._breaker.succeeded()
                    yield self._priced(piece)
        except (Transient, ModelError) as failure:
            told = True
            error = failure.error if isinstance(failure, Transient) else failure
            passing = isinstance(failure, Transient) or isinstance(error, ModelTimeout | ModelUnavailable)
            if passing and not isinstance(error, ModelRateLimited):
                self._breaker.failed(str(error))
            else:  # what is wrong with one request says nothing of the next
                self._breaker.abandoned()
            raise
        finally:
            if not told:
                self._breaker.abandoned()

    async def _timed(
        self, messages: Messages, max_tokens: int, schema: Schema | None, deadline: float
    ) -> AsyncGenerator[Piece]:
        """One attempt with its time limits: until the first text, and until the end."""
        first_by = min(deadline, time.monotonic() + self._limits.first_token_timeout)
        started = False
        pieces = self._backend.attempt(messages, max_tokens, schema)
        try:
            while True:
                left = (deadline if started else first_by) - time.monotonic()
                try:
                    async with asyncio.timeout(max(left, 0.0)):
                        piece = await anext(pieces)
                except StopAsyncIteration:
                    return
                started = started or bool(piece.text) or piece.thinking
                yield piece
        except TimeoutError as error:
            raise self._late(started, deadline) from error
        finally:
            close = getattr(pieces, "aclose", None)
            if close is not None:
                await close()

    def _late(self, started: bool, deadline: float) -> ModelTimeout:
        if started or time.monotonic() >= deadline:
            return ModelTimeout(
                f"{self._backend.place} did not finish its reply within {self._limits.timeout:g} s "
                f"(setting RAG_LLM__TIMEOUT)."
            )
        return ModelTimeout(
            f"{self._backend.place} sent nothing within {self._limits.first_token_timeout:g} s "
            f"(setting RAG_LLM__FIRST_TOKEN_TIMEOUT)."
        )

    def _priced(self, piece: Piece) -> Piece:
        prompt, completion = self._limits.price_prompt, self._limits.price_completion
        if piece.usage is None or (prompt is None and completion is None):
            return piece
        usage = piece.usage
        cost = (usage.prompt_tokens * (prompt or 0.0) + usage.completion_tokens * (completion or 0.0)) / 1e6
        return replace(piece, usage=Usage(usage.prompt_tokens, usage.completion_tokens, cost))

    def _concurrency(self) -> asyncio.Semaphore:
        """The semaphore of the running loop: a command may run one loop after another."""
        loop = asyncio.get_running_loop()
        if self._slots is None or self._loop is not loop:
            self._slots, self._loop = asyncio.Semaphore(self._limits.max_concurrency), loop
        return self._slots
