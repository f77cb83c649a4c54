"""What happens around every request: its id, the guard, security headers, metrics, and the last catch."""

from __future__ import annotations

import asyncio
import re
import time
import uuid
from dataclasses import dataclass, field

import structlog
from anyio import CapacityLimiter, to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag_service.api import auth, problems
from rag_service.api.auth import Access, Keys
from rag_service.api.metrics import Metrics
from rag_service.errors import RagError, Stopping, StoreError, Unauthorized

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
_POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self'{styles}; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
KEY_STATE_SECONDS = 1.0
ALIVE_PATH = "/healthz"
READY_PATH = "/readyz"
ALIVE_SECONDS = 0.5  # how long it waits for the catalog, which may be away
JSON_BYTES = 8 * 1024 * 1024
UPLOAD_PATH = "/v1/documents"
CLIENT_CLOSED = 499
GRACE_SECONDS = 0.1  # for what watches by itself whether the server stops

log = structlog.get_logger("rag_service.api")


@dataclass(slots=True)
class Exchange:
    """What is known of one request's response while it is sent."""

    scope: Scope
    send: Send
    request_id: str
    status: int = 0
    started: float = field(default_factory=time.perf_counter)

    async def forward(self, message: Message) -> None:
        """Pass a message on, with the headers that every response carries."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["X-Request-ID"] = self.request_id
            styles = " 'unsafe-inline'" if self.scope["path"] == "/docs" else ""
            headers.setdefault("Content-Security-Policy", _POLICY.format(styles=styles))
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            if self.scope["path"].startswith("/v1/"):
                headers.setdefault("Cache-Control", "no-store")
        await self.send(message)

    @property
    def route(self) -> str:
        """The route's template; one name for everything that no route serves."""
        return getattr(self.scope.get("route"), "path", None) or "unmatched"


class RequestContext:
    """Outermost: gives every request an id, every response its headers, and every failure a problem."""

    def __init__(self, app: ASGIApp, metrics: Metrics, stopping: asyncio.Event) -> None:
        """Once ``stopping`` is set, requests whose response has not begun are broken off and told so."""
        self._app = app
        self._metrics = metrics
        self._stopping = stopping

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        exchange = Exchange(scope, send, request_id)
        self._metrics.opened()
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            breaking_off = asyncio.ensure_future(self._break_off(exchange, asyncio.current_task()))
            try:
                await self._app(scope, receive, exchange.forward)
            except asyncio.CancelledError:
                if not self._stopping.is_set():
                    raise
                if not exchange.status:  # else it ends here as it is, and uvicorn closes the connection
                    await _stopping(scope, receive, exchange)
            except ClientDisconnect:
                exchange.status = CLIENT_CLOSED
            except Exception:
                log.exception("unhandled error", method=scope["method"], path=scope["path"])
                if exchange.status:  # the response has begun: break it off, so that nobody takes it for whole
                    raise
                await _internal_error(scope, receive, exchange)
            finally:
                breaking_off.cancel()
                self._finish(exchange)

    async def _break_off(self, exchange: Exchange, work: asyncio.Task[None] | None) -> None:
        """Cancel the work on a request when the server stops waiting for it, unless its response has begun."""
        await self._stopping.wait()
        await asyncio.sleep(GRACE_SECONDS)
        if work is not None and not exchange.status:
            work.cancel()

    def _finish(self, exchange: Exchange) -> None:
        seconds = time.perf_counter() - exchange.started
        method = exchange.scope["method"]
        self._metrics.served(method, exchange.route, exchange.status or CLIENT_CLOSED, seconds)
        log.info(
            "request",
            method=method,
            path=exchange.scope["path"],
            status=exchange.status or CLIENT_CLOSED,
            milliseconds=round(seconds * 1000, 1),
        )


async def _stopping(scope: Scope, receive: Receive, exchange: Exchange) -> None:
    await problems.respond(scope, problems.of_error(scope, Stopping()))(scope, receive, exchange.forward)


async def _internal_error(scope: Scope, receive: Receive, exchange: Exchange) -> None:
    detail = f"The server failed to handle this request. Its log has the cause under {exchange.request_id}."
    body = problems.problem(scope, 500, RagError.code, RagError.title, detail)
    await problems.respond(scope, body)(scope, receive, exchange.forward)


class Guard:
    """Admits requests by key, or from this machine alone when no key is configured."""

    def __init__(self, app: ASGIApp, keys: Keys, origins: tuple[str, ...], open_door: bool) -> None:
        self._app = app
        self._keys = keys
        self._origins = origins
        self._open_door = open_door
        self._threads = CapacityLimiter(4)
        self._configured = False
        self._asked = float("-inf")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            scope.setdefault("state", {})["access"] = await self._admit(scope)
        except RagError as error:
            challenge = {"WWW-Authenticate": "Bearer"} if isinstance(error, Unauthorized) else None
            response = problems.respond(scope, problems.of_error(scope, error), challenge)
            await response(scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _admit(self, scope: Scope) -> Access:
        headers = Headers(scope=scope)
        try:
            async with asyncio.timeout(ALIVE_SECONDS if scope["path"] == ALIVE_PATH else None):
                configured = await self._keys_configured()
        except (StoreError, TimeoutError):
            if scope["path"] in (ALIVE_PATH, READY_PATH):  # these say themselves what is away
                return Access(write=False)
            raise
        if not configured:
            if not self._open_door:
                auth.refuse_other_machines(scope.get("client"))
                auth.refuse_forwarded(headers)
                auth.refuse_foreign_host(headers)
            if scope["method"] not in auth.SAFE_METHODS:
                auth.refuse_foreign_origin(headers, self._origins)
            return Access()
        if auth.is_public(scope["path"]):
            return Access(write=False)
        token = auth.bearer_token(headers)
        key = await to_thread.run_sync(self._keys.check, token, limiter=self._threads)
        structlog.contextvars.bind_contextvars(key=key.name)
        return Access(key.collections or None, key.write)

    async def _keys_configured(self) -> bool:
        now = time.monotonic()
        if now - self._asked > KEY_STATE_SECONDS:
            self._configured = await to_thread.run_sync(
                self._keys.any_active, limiter=self._threads, abandon_on_cancel=True
            )
            self._asked = now
        return self._configured


class BodyLimit:
    """Refuses bodies that are too large, by their announced length or while they are read."""

    def __init__(self, app: ASGIApp, upload_bytes: int) -> None:
        self._app = app
        self._upload_bytes = upload_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request as long as its body stays within the limit of its route."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._upload_bytes if scope["path"] == UPLOAD_PATH else min(JSON_BYTES, self._upload_bytes)
        left = limit

        async def counted() -> Message:
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            if left < 0:
                raise HTTPException(413)  # the one kind of error that FastAPI lets through while it reads
            return message

        announced = Headers(scope=scope).get("content-length", "")
        if announced.isdecimal() and int(announced) > limit:
            await problems.too_large(scope)(scope, receive, send)
            return
        await self._app(scope, counted, send)
