"""The HTTP application for tests: called in process, or served on a free port by a thread."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import uvicorn

from rag_service.api import logs
from rag_service.api.app import create_app
from rag_service.api.ports import Service
from rag_service.api.serve import address, bind


def connect(service: Service, **options: Any) -> httpx.AsyncClient:
    """A client of the application in this process; sees responses only when they are whole."""
    logs.configure("error", "json")
    transport = httpx.ASGITransport(create_app(service), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000", **options)


@contextmanager
def served(service: Service) -> Iterator[str]:
    """The URL of the application, served by uvicorn in a thread."""
    logs.configure("error", "json")
    listener = bind("127.0.0.1", 0)
    config = uvicorn.Config(
        create_app(service), log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=2
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    try:
        yield address(*listener.getsockname()[:2])
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()


def parse_events(text: str) -> list[tuple[str, Any]]:
    """Server-sent events as names with parsed data; comments are dropped, [DONE] is kept as text."""
    found = []
    for block in text.split("\n\n"):
        lines = [line for line in block.split("\n") if line and not line.startswith(":")]
        if not lines:
            continue
        name = next((line[6:].strip() for line in lines if line.startswith("event:")), "message")
        data = "\n".join(line[5:].removeprefix(" ") for line in lines if line.startswith("data:"))
        found.append((name, data if data == "[DONE]" else json.loads(data)))
    return found
