"""What routes are given: the wired service, the request's access, the collection it names."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, TypeVar, TypeVarTuple

from anyio import CapacityLimiter, to_thread
from fastapi import Depends, Request
from starlette.exceptions import HTTPException

from rag_service.api.auth import Access
from rag_service.api.metrics import Metrics
from rag_service.api.ports import Asker, Library, Retriever
from rag_service.errors import Overloaded
from rag_service.settings import Settings

T = TypeVar("T")
Arguments = TypeVarTuple("Arguments")


@dataclass(frozen=True, slots=True)
class Wiring:
    """The parts of the service, what counts their work, and the threads that blocking calls run in."""

    settings: Settings
    asker: Asker
    retriever: Retriever
    library: Library
    metrics: Metrics
    threads: CapacityLimiter
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the server waits no longer for what is open."""

    async def blocking(self, function: Callable[[*Arguments], T], *arguments: *Arguments) -> T:
        """Run a blocking call in a thread, at most so many at once; Overloaded when none is free in time."""
        caller, patience = object(), self.settings.answer.timeout
        try:
            async with asyncio.timeout(patience):
                await self.threads.acquire_on_behalf_of(caller)
        except TimeoutError as error:
            raise Overloaded.after(patience, "request") from error
        try:
            return await to_thread.run_sync(function, *arguments, limiter=CapacityLimiter(1))
        finally:
            self.threads.release_on_behalf_of(caller)

    def collection(self, named: str | None) -> str:
        """The collection a request means."""
        return named or self.settings.collection


def _wiring(request: Request) -> Wiring:
    wiring: Wiring = request.app.state.wiring
    return wiring


def _access(request: Request) -> Access:
    access: Access = request.state.access
    return access


def _json_body(request: Request) -> None:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        raise HTTPException(415, f"Send the request body as application/json, not as {kind or 'nothing named'}.")


WiringDep = Annotated[Wiring, Depends(_wiring)]
AccessDep = Annotated[Access, Depends(_access)]
JsonBody = Depends(_json_body)
