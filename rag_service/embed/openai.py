"""Dense vectors from any OpenAI-compatible `/v1/embeddings` endpoint."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import httpx
import numpy as np
from numpy.typing import NDArray

from rag_service.embed.retry import with_retries
from rag_service.embed.vectors import unit_vectors
from rag_service.errors import ModelError, ModelRateLimited, ModelTimeout, ModelUnavailable, SettingsError
from rag_service.models import Usage
from rag_service.transient import Transient, retry_after

_OPENAI = "https://api.openai.com/v1"
_BATCH_TEXTS = 256
_BATCH_CHARACTERS = 200_000
_PARALLEL_REQUESTS = 4
_SHOWN = 200


class OpenAIEmbedder:
    """One model behind one endpoint; safe to share between threads.

    ``dimension`` is checked against what arrives, and asked of endpoints that can shorten vectors; None takes
    what comes. ``price`` is that of a million tokens, for the cost in ``usage``.
    """

    def __init__(
        self,
        *,
        model: str,
        base_url: str | None,
        api_key: str | None,
        dimension: int | None = None,
        price: float | None = None,
        timeout: float = 60.0,
        attempts: int = 5,
        backoff: float = 0.5,
    ) -> None:
        self._model = model
        self._url = httpx.URL((base_url or _OPENAI).rstrip("/") + "/embeddings")
        if self._url.scheme not in ("http", "https") or not self._url.host:
            raise SettingsError(f"RAG_EMBEDDING__BASE_URL: {base_url!r} is no http(s) address like {_OPENAI}.")
        self._source = f"The embedding model {model} at {self._url.host}"
        self._wanted = dimension
        self._found: int | None = None
        self._shorten = dimension is not None
        self._price = price
        self._timeout, self._attempts, self._backoff = timeout, attempts, backoff
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._client = httpx.Client(timeout=timeout, headers=headers)
        self._tokens = 0
        self._lock = threading.Lock()
        self._stopped = threading.Event()

    @property
    def identity(self) -> str:
        """The model, wherever it runs."""
        return f"openai/{self._model}"

    @property
    def dimension(self) -> int:
        """Length of the vectors; when it is not configured, one short request finds it out."""
        if self._wanted is None and self._found is None:
            self._found = self.embed_documents(["dimension"]).shape[1]
        return self._wanted or self._found or 0

    @property
    def usage(self) -> Usage:
        """Tokens that the endpoint has counted so far, and their cost."""
        cost = None if self._price is None else self._tokens * self._price / 1_000_000
        return Usage(self._tokens, 0, cost)

    def embed_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors (n, dimension) of unit length; ModelError and its kin name the endpoint and the setting; Stopping."""
        requests = [partial(self._request, batch) for batch in _batches(texts)]
        if not requests:
            return np.empty((0, self.dimension), np.float32)
        with ThreadPoolExecutor(min(_PARALLEL_REQUESTS, len(requests))) as pool:
            tries = pool.map(lambda one: with_retries(one, self._attempts, self._backoff, self._stopped), requests)
            return np.concatenate(list(tries))

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """Vector (dimension,) of unit length."""
        vector: NDArray[np.float32] = self.embed_documents([text])[0]
        return vector

    def stop(self) -> None:
        """Send nothing more; what waits to be tried again fails with Stopping."""
        self._stopped.set()

    def _request(self, texts: list[str]) -> NDArray[np.float32]:
        body: dict[str, Any] = {"model": self._model, "input": texts, "encoding_format": "float"}
        if self._shorten:
            body["dimensions"] = self._wanted
        try:
            reply = self._client.post(self._url, json=body)
        except httpx.TimeoutException as error:
            raise Transient(ModelTimeout(f"{self._source} did not answer in {self._timeout:g} s.")) from error
        except httpx.TransportError as error:
            failed = f"{self._source} cannot be reached: {error}. Check RAG_EMBEDDING__BASE_URL."
            raise Transient(ModelUnavailable(failed)) from error
        if reply.is_success:
            return self._vectors(reply, len(texts))
        if self._shorten and reply.status_code in (400, 422) and "dimensions" in reply.text:
            self._shorten = False
            return self._request(texts)
        raise self._refusal(reply)

    def _vectors(self, reply: httpx.Response, count: int) -> NDArray[np.float32]:
        try:
            content = reply.json()
            rows = sorted(content["data"], key=lambda row: row["index"])
            raw = [row["embedding"] for row in rows]
            tokens = int((content.get("usage") or {}).get("prompt_tokens") or 0)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            told = f"{self._source} sent something that is not a list of embeddings: {_shown(reply)!r}."
            raise Transient(ModelError(f"{told} Check RAG_EMBEDDING__BASE_URL.")) from error
        vectors = unit_vectors(raw, count, self._source, wanted=self._wanted, before=self._found)
        with self._lock:
            self._tokens += tokens
        return vectors

    def _refusal(self, reply: httpx.Response) -> Transient | ModelError:
        status, said = reply.status_code, _shown(reply)
        wait = retry_after(reply.headers.get("Retry-After"))
        if status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
            return ModelError(f"{self._source} refuses the key ({status}): check RAG_EMBEDDING__API_KEY.")
        if status == httpx.codes.NOT_FOUND:
            named = "check RAG_EMBEDDING__MODEL and RAG_EMBEDDING__BASE_URL, which ends in /v1"
            return ModelError(f"{self._source} is not there (404): {named}. It said {said!r}.")
        if status == httpx.codes.TOO_MANY_REQUESTS:
            limited = ModelRateLimited(f"{self._source} refuses for now (429): {said}")
            # A used-up account stays used up: trying again only delays the message.
            return Transient(limited, wait) if "insufficient_quota" not in reply.text else limited
        if status in (httpx.codes.REQUEST_TIMEOUT, httpx.codes.CONFLICT) or status >= 500:
            return Transient(ModelUnavailable(f"{self._source} failed ({status}): {said}"), wait)
        return ModelError(f"{self._source} refuses the request ({status}): {said}")


def _batches(texts: Sequence[str]) -> Iterator[list[str]]:
    """Cut by number of texts and of characters, as endpoints limit both; no text is empty, which they refuse."""
    batch: list[str] = []
    characters = 0
    for text in texts:
        clean = text.encode(errors="replace").decode() or " "
        if batch and (len(batch) == _BATCH_TEXTS or characters + len(clean) > _BATCH_CHARACTERS):
            yield batch
            batch, characters = [], 0
        batch.append(clean)
        characters += len(clean)
    if batch:
        yield batch


def _shown(reply: httpx.Response) -> str:
    return " ".join(reply.text.split())[:_SHOWN]
