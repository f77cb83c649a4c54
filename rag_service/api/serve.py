"""Runs the application under uvicorn."""

from __future__ import annotations

import asyncio
import ipaddress
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import partial
from types import FrameType

import structlog
import uvicorn
from fastapi import FastAPI

from rag_service.api import logs
from rag_service.api.app import create_app
from rag_service.api.auth import is_loopback_host
from rag_service.api.ports import Service
from rag_service.api.routes.health import missing
from rag_service.api.streams import STOP_SECONDS
from rag_service.errors import SettingsError
from rag_service.settings import Settings

LAST_SECONDS = 1  # of STOP_SECONDS, to say to what is still open that the server stops
IDLE_SECONDS = 75  # longer than clients and proxies keep a connection, or they send into one being closed
OPEN_FILES = 65_536


def serve(open_service: Callable[[], Service], settings: Settings, host: str, port: int) -> None:
    """Open the service, serve it until SIGINT, SIGTERM or SIGHUP, close it.

    Open requests get 8 seconds to end. SettingsError when the address must not or cannot be bound.
    """
    logs.configure(settings.log.level, settings.log.format)
    allow_open_files()
    with closing(open_service()) as service:
        refuse_open_door(service, host)
        with bind(host, port) as listener:
            url = address(*listener.getsockname()[:2])
            app = create_app(service)
            warm_up(app)
            with signals_end_quietly():
                ready, stopping = partial(_ready, service, url), app.state.wiring.stopping
                server = _Server(config(app), thread_count(settings), ready, stopping, service.stop)
                server.run(sockets=[listener])


def config(app: FastAPI) -> uvicorn.Config:
    """How uvicorn serves the application."""
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=int(STOP_SECONDS),
        lifespan="off",
    )


def _ready(service: Service, url: str) -> None:
    service.directory.serve(url)
    sys.stdout.write(f"Serving {url} (page at /, API at /docs). Ctrl+C stops.\n")
    sys.stdout.flush()


def thread_count(settings: Settings) -> int:
    """How many threads search and weigh evidence: more than there are processors only hold up the event loop."""
    remote = settings.chroma.host or settings.embedding.provider != "local" or settings.retrieval.reranker_url
    processors = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    return settings.server.threads or (processors + 4 if remote else max(2, processors))


def allow_open_files() -> None:
    """Raise the number of open files to what the system grants: a stream takes one, its model's reply another."""
    if sys.platform != "win32":
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
        if soft != resource.RLIM_INFINITY and soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def warm_up(app: FastAPI) -> None:
    """Search once, so that the first question does not wait for the stores to be opened.

    Not where an endpoint makes the vectors: the server would wait for it before it answers anything.
    """
    if app.state.wiring.settings.embedding.provider != "local":
        return
    for item in missing(app.state.wiring):
        structlog.get_logger("rag_service.api").warning("not all is ready", what=item.what, message=item.message)


@contextmanager
def signals_end_quietly() -> Iterator[None]:
    """Let the process live on after uvicorn's shutdown, which raises the signal it has handled once more.

    A closed terminal stops the server, too, unless it was started to outlive it, as with nohup.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, _ignored) for number in (signal.SIGINT, signal.SIGTERM)}
    if sys.platform != "win32" and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        before[signal.SIGHUP] = signal.signal(signal.SIGHUP, _as_terminated)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _as_terminated(number: int, frame: FrameType | None) -> None:
    signal.raise_signal(signal.SIGTERM)


def _ignored(number: int, frame: FrameType | None) -> None:
    """The server has stopped already."""


def refuse_open_door(service: Service, host: str) -> None:
    """SettingsError when everyone on the network could read and write."""
    if is_loopback_host(host) or service.settings.server.allow_unauthenticated or service.keys.any_active():
        return
    raise SettingsError(
        f"Refusing to serve {host} without API keys: everyone who reaches it could read and write. Create a "
        "key with `rag-service keys create NAME`, or bind 127.0.0.1, or set "
        "RAG_SERVER__ALLOW_UNAUTHENTICATED=true."
    )


def bind(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 picks a free one. SettingsError when the address is taken or not ours."""
    try:
        family, kind, protocol, _, target = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(target)
            listener.listen(2048)
        except OSError:
            listener.close()
            raise
    except OSError as error:
        raise SettingsError(f"Cannot serve on {host}:{port}: {error.strerror or error}.") from error
    return listener


def address(host: str, port: int) -> str:
    """The URL that a bound address is reached at from this machine."""
    if ipaddress.ip_address(host).is_unspecified:
        host = "::1" if ":" in host else "127.0.0.1"
    name = f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}"


class _Server(uvicorn.Server):
    """Tells when it takes requests, and when it stops; has threads of its own for blocking calls."""

    def __init__(
        self,
        config: uvicorn.Config,
        threads: int,
        on_ready: Callable[[], None],
        stopping: asyncio.Event,
        on_stopped: Callable[[], None],
    ) -> None:
        super().__init__(config)
        self._stopping = stopping
        self._threads = threads
        self._on_ready = on_ready
        self._on_stopped = on_stopped

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then tell."""
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(self._threads, "answers"))
        await super().startup(sockets)
        if self.started:
            self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Leave open requests time to end, but for the last second, in which they are told."""
        asyncio.get_running_loop().call_later(STOP_SECONDS - LAST_SECONDS, self._stopping.set)
        await super().shutdown(sockets)
        self._on_stopped()  # threads that still work for requests are waited for from here on
