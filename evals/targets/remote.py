"""A running service behind a URL, asked over its public HTTP API."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import httpx

from evals.cases.model import Case
from evals.errors import RunError
from evals.record import read_answer
from rag_service.errors import RagError
from rag_service.models import Answer, AnswererName
from rag_service.settings import masked
from rag_service.transient import retry_after

PAGE = 100
RETRIES = 3
BUSY = (429, 503)
LONGEST_PAUSE = 30.0


class RemoteError(RagError):
    """The service behind the URL answered with a problem; ``code`` is that of the problem."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class RemoteTarget:
    """Asks ``POST /v1/ask`` of a base URL."""

    def __init__(
        self,
        url: str,
        collection: str,
        answerer: AnswererName,
        *,
        top_k: int | None = None,
        key: str | None = None,
        timeout: float = 150.0,
    ) -> None:
        self._url = url.rstrip("/")
        self._collection = collection
        self._answerer = answerer
        self._top_k = top_k
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        try:
            self._client = httpx.AsyncClient(base_url=self._url, headers=headers, timeout=timeout)
        except httpx.InvalidURL as error:
            raise RunError(f"{url} is not a URL: {error}") from error
        self._sources: dict[str, str] = {}

    async def open(self) -> RemoteTarget:
        """Read the source texts that answers will be checked against; RunError when no service is there."""
        try:
            return await self._open()
        except (KeyError, TypeError, AttributeError) as error:
            raise RunError(f"{self._url} does not answer as this service does: {error!r}") from error

    async def _open(self) -> RemoteTarget:
        after: str | None = None
        while True:
            query = {"collection": self._collection, "limit": PAGE} | ({"after": after} if after else {})
            page = await self._call("GET", "/v1/documents", params=query)
            for document in page["data"]:
                content = await self._call("GET", f"/v1/documents/{document['id']}/content")
                self._sources[document["source"]] = content["text"]
            after = page.get("next")
            if not page["has_more"] or after is None:
                return self

    def describe(self) -> dict[str, Any]:
        """URL and collection: the service's own settings are not known here."""
        return {
            "kind": "url",
            "url": masked(self._url),
            "collection": self._collection,
            "answerer": self._answerer,
            "top_k": self._top_k,
            "documents": len(self._sources),
        }

    def sources(self) -> Mapping[str, str]:
        """Source text of every document, by source."""
        return self._sources

    async def ask(self, case: Case) -> Answer:
        """The answer to a case's question; raises RagError."""
        body: dict[str, Any] = {
            "question": case.question,
            "collection": self._collection,
            "answerer": self._answerer,
            "history": [asdict(turn) for turn in case.history],
        }
        body |= {"filters": case.filters} if case.filters is not None else {}
        body |= {"top_k": self._top_k} if self._top_k is not None else {}
        try:
            record = await self._call("POST", "/v1/ask", json=body)
        except RunError as error:
            raise RemoteError("service_unreachable", str(error)) from error
        try:
            return read_answer(record, case.question)
        except (KeyError, TypeError) as error:
            raise RemoteError("malformed_answer", f"{self._url} sent no answer object: {error!r}") from error

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _call(self, method: str, path: str, **options: Any) -> Any:
        for attempt in range(RETRIES + 1):
            try:
                reply = await self._client.request(method, path, **options)
            except httpx.HTTPError as error:
                raise RunError(f"{self._url} cannot be reached: {error or type(error).__name__}") from error
            if reply.status_code not in BUSY or attempt == RETRIES:
                return _content(reply)
            await asyncio.sleep(_pause(reply, attempt))
        raise AssertionError("the last attempt returns or raises")


def _content(reply: httpx.Response) -> Any:
    try:
        content = reply.json()
    except ValueError:
        raise RemoteError("malformed_answer", f"{reply.url} answered {reply.status_code} without JSON.") from None
    if reply.is_error:
        problem = content if isinstance(content, dict) else {}
        code = str(problem.get("code", f"http_{reply.status_code}"))
        raise RemoteError(code, str(problem.get("detail", content)))
    return content


def _pause(reply: httpx.Response, attempt: int) -> float:
    asked = retry_after(reply.headers.get("Retry-After"))
    return min(2.0**attempt if asked is None else asked, LONGEST_PAUSE)
