"""Answers as they come: server-sent events, and work that ends when its client leaves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import TypeVar

import structlog
from pydantic import BaseModel
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.requests import ClientDisconnect, Request
from starlette.types import Scope

from rag_service.answer.events import Ask, CitationMade, Delta, Done, Event, PassagesFound
from rag_service.api import problems
from rag_service.api.dependencies import Wiring
from rag_service.api.schemas.answers import AnswerBody, CitationBody, DeltaBody, PassagesBody
from rag_service.api.schemas.common import Problem
from rag_service.errors import RagError, Stopping
from rag_service.models import Answer

T = TypeVar("T")
STOP_SECONDS = 8.0  # how long a server that stops leaves open requests
log = structlog.get_logger("rag_service.api")


async def answer_events(wiring: Wiring, ask: Ask) -> AsyncIterator[Event]:
    """The events of one answer, counted; every interface's answer comes from here."""
    try:
        async with closed_after(until(wiring.stopping, wiring.asker.stream(ask))) as events:
            async for event in events:
                if isinstance(event, Done):
                    wiring.metrics.answered(event.answer)
                yield event
    except RagError as error:
        wiring.metrics.failed(error)
        raise


async def until(stopping: asyncio.Event, events: AsyncIterator[T]) -> AsyncIterator[T]:
    """The same events; Stopping, once that is set, when there is more to come."""
    over = asyncio.ensure_future(stopping.wait())
    async with closed_after(events):
        try:
            while True:
                step = asyncio.ensure_future(anext(events))
                try:
                    await asyncio.wait({step, over}, return_when=asyncio.FIRST_COMPLETED)
                    if not step.done():
                        raise Stopping
                    event = step.result()
                except StopAsyncIteration:
                    return
                finally:
                    step.cancel()
                    await asyncio.gather(step, return_exceptions=True)
                yield event
        finally:
            over.cancel()


@asynccontextmanager
async def closed_after(events: AsyncIterator[T]) -> AsyncIterator[AsyncIterator[T]]:
    """Close a stream when done with it, which is how its work is stopped."""
    try:
        yield events
    finally:
        close = getattr(events, "aclose", None)
        if close is not None:
            await close()


async def whole_answer(wiring: Wiring, request: Request, ask: Ask) -> Answer:
    """The answer collected from its events; ClientDisconnect stops the work."""
    return await unless_disconnected(request, _collect(answer_events(wiring, ask)))


async def _collect(events: AsyncIterator[Event]) -> Answer:
    async with closed_after(events):
        async for event in events:
            if isinstance(event, Done):
                return event.answer
    raise AssertionError("a stream of events ends with Done")


async def unless_disconnected(request: Request, work: Coroutine[None, None, T]) -> T:
    """The result of the work, which is cancelled with ClientDisconnect when the client leaves first."""
    task = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(_disconnected(request))
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise ClientDisconnect
        return task.result()
    finally:
        task.cancel()
        gone.cancel()
        await asyncio.gather(task, gone, return_exceptions=True)


async def _disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def begin(events: AsyncIterator[T]) -> AsyncIterator[T]:
    """The same events once the first has come, so that an error before it keeps its own status."""
    first = await anext(events)
    return _resume(first, events)


async def _resume(first: T, events: AsyncIterator[T]) -> AsyncIterator[T]:
    async with closed_after(events):
        yield first
        async for event in events:
            yield event


async def as_server_sent(scope: Scope, events: AsyncIterator[Event]) -> AsyncIterator[ServerSentEvent]:
    """Named events with JSON data: passages, delta, citation, done; or error, holding a problem."""
    try:
        async with closed_after(events):
            async for event in events:
                name, body = _named(event)
                yield sent(body.model_dump_json(), name)
    except Exception as error:
        yield failed(scope, error)


def failed(scope: Scope, error: Exception) -> ServerSentEvent:
    """The event that a stream ends with which cannot go on."""
    return sent(late_problem(scope, error).model_dump_json(exclude_none=True), "error")


def late_problem(scope: Scope, error: Exception) -> Problem:
    """The problem that a stream already begun ends with; what nobody raised on purpose is logged."""
    if isinstance(error, RagError):
        return problems.of_error(scope, error)
    log.error("unhandled error in a stream", exc_info=error)
    detail = f"The server failed to finish this answer. Its log has the cause under {problems.request_id(scope)}."
    return problems.problem(scope, 500, RagError.code, RagError.title, detail)


def _named(event: Event) -> tuple[str, BaseModel]:
    match event:
        case PassagesFound():
            return "passages", PassagesBody.of(event.passages)
        case Delta():
            return "delta", DeltaBody(text=event.text)
        case CitationMade():
            return "citation", CitationBody.of(event.citation)
        case Done():
            return "done", AnswerBody.of(event.answer)


def sent(data: str, event: str | None = None) -> ServerSentEvent:
    """One event of a stream, with the plain line feeds that clients split it by."""
    return ServerSentEvent(data=data, event=event, sep="\n")


def respond(events: AsyncIterator[ServerSentEvent]) -> EventSourceResponse:
    """A stream that ends its source when the client leaves; the source itself ends when the server stops."""
    return EventSourceResponse(events, sep="\n", shutdown_grace_period=STOP_SECONDS)
