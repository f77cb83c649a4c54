"""How commands reach the documents: in this process, or through the server that owns the data directory."""

from __future__ import annotations

import asyncio
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rag_service.errors import DataDirectoryLocked, RagError, UnknownCollection

if TYPE_CHECKING:
    from rag_service.answer.events import Ask
    from rag_service.bootstrap import Service
    from rag_service.settings import Settings


@contextmanager
def service(settings: Settings, *, create: bool = False) -> Iterator[Service]:
    """The wired service in this process; DataDirectoryLocked while another one owns the data directory.

    Only with ``create`` is a data directory made where there is none. UnknownCollection names the directory, for it
    may be the wrong one, and what puts documents there.
    """
    from rag_service.bootstrap import open_service

    place = f"{settings.data_dir} (RAG_DATA_DIR)"
    if not create and not settings.catalog.url and not settings.data_dir.exists():
        raise UnknownCollection(
            f"{place} does not exist: `rag-service ingest FOLDER` makes it and puts documents there."
        )
    opened = open_service(settings)
    try:
        yield opened
    except UnknownCollection as error:
        raise UnknownCollection(
            f"{error} The data directory is {place}; `rag-service collections list` tells what is in it, "
            "`rag-service ingest FOLDER` puts documents there."
        ) from error
    finally:
        opened.close()


def part(text: str) -> str:
    """A name or an id as one part of a path or a query, whatever it holds."""
    return urllib.parse.quote(text, safe="")


def call_owner(error: DataDirectoryLocked, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """The JSON answer of the server that owns the data directory; the error itself when it is no server."""
    import httpx

    from rag_service.settings import client_key

    if error.url is None:
        raise error
    key = client_key()
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    try:
        reply = httpx.request(method, error.url + path, json=body, headers=headers, timeout=300, trust_env=False)
    except httpx.HTTPError as failure:
        raise RagError(f"The server at {error.url} owns the data directory but does not answer: {failure}") from failure
    if reply.headers.get("content-type", "").partition(";")[0] not in ("application/json", "application/problem+json"):
        raise RagError(f"The server at {error.url} answered {method} {path} with {reply.status_code}, not with JSON.")
    content = reply.json()
    if reply.is_error:
        hint = " Set RAG_API_KEY to a key of that server." if reply.status_code in (401, 403) else ""
        told = RagError(f"{content.get('detail', reply.text)}{hint}")
        told.code, told.title = content.get("code", told.code), content.get("title", told.title)
        told.status = reply.status_code
        raise told
    return content


def answered(opened: Service, ask: Ask) -> Any:
    """The whole answer to one question."""
    return asyncio.run(opened.asker.answer(ask))
