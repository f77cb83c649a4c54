"""Any OpenAI-compatible chat completions endpoint, by the openai SDK."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx2
import openai

from rag_service.answer.models.backend import FILTERED, Messages, Piece, Schema, StructureRefused, ending
from rag_service.answer.models.complaint import complaint
from rag_service.answer.models.sse import END, EventReader, StreamError, piece_of, whole_piece
from rag_service.errors import ModelError, ModelRateLimited, ModelTimeout, ModelUnavailable, SettingsError
from rag_service.models import Usage, added
from rag_service.transient import Transient, retry_after

OPENAI = "https://api.openai.com/v1"
NO_KEY = "none"
REASONING_ROOM = 2000  # tokens a reasoning model may think before it writes
ABOUT_SCHEMA = re.compile(r"schema|json|format|grammar|structured", re.IGNORECASE)
REASONING = re.compile(r"(gpt-5|o\d)(?!.*chat)")
THINKS = re.compile(  # models that think at length, by whatever server and under whatever prefix
    r"(?:^|[/:.-])(?:gpt-5|o\d\b|gpt-oss|deepseek-r|qwq|qwen3|magistral)(?!.*(?:chat|instruct))|thinking|reason",
    re.IGNORECASE,
)


class OpenAIBackend:
    """One endpoint and model. What the endpoint refuses (400) is left out from then on, for its lifetime."""

    def __init__(
        self,
        *,
        model: str,
        base_url: str | None,
        address_setting: str = "RAG_LLM__BASE_URL",
        api_key: str | None,
        temperature: float | None = None,
        structured: Literal["auto", "on", "off"] = "auto",
        timeout: float = 90.0,
    ) -> None:
        """``address_setting`` names what ``base_url`` was read from, for who has to mend it.

        ``structured``: ask for JSON where the endpoint takes a schema, always (refusing is a failure), or never.
        """
        self._base_url = (base_url or OPENAI).rstrip("/")
        self._setting = address_setting if base_url else None
        parts = urlsplit(self._base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise SettingsError(f"{address_setting}: {base_url!r} is no http(s) address such as {OPENAI}.")
        self._host = parts.hostname + (f":{parts.port}" if parts.port else "")
        self._model = model
        self._key = api_key or NO_KEY
        self._temperature = temperature
        self._timeout = timeout
        self._needs_schema = structured == "on"
        official = parts.hostname == "api.openai.com"
        reasoning = official and REASONING.match(model) is not None
        self._features = {"stream_options"} | ({"response_format"} if structured != "off" else set())
        self._features |= {"max_completion_tokens"} if official else set()
        self._features |= {"reasoning_effort"} if reasoning else set()
        self._features |= {"temperature"} if temperature is not None else set()
        self._thinks = THINKS.search(model) is not None
        self._client: openai.AsyncOpenAI | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def name(self) -> str:
        """Model name."""
        return self._model

    @property
    def place(self) -> str:
        """The endpoint's host."""
        return self._host

    @property
    def structured(self) -> bool:
        """Whether the endpoint has not refused a schema yet."""
        return "response_format" in self._features

    @property
    def reserve(self) -> int:
        """Tokens that the model may think, beside those of its reply."""
        return REASONING_ROOM if self._thinks else 0

    async def attempt(self, messages: Messages, max_tokens: int, schema: Schema | None) -> AsyncGenerator[Piece]:
        """One request; the reply's pieces. An unusable parameter is dropped and the request sent again, and so it is,
        with more room, when a model turns out to think until it has none left.
        """
        before: Usage | None = None  # what the thinking used that led to nothing
        while True:
            body = self.body(messages, max_tokens, schema)
            begun, had_room, said, usage = False, self._thinks, "", None
            try:
                async with aclosing(self._request(body)) as pieces:
                    async for piece in pieces:
                        begun, usage = True, piece.usage or usage
                        said = (said + piece.text)[:20]
                        self._thinks = self._thinks or piece.thinking or said.lstrip().startswith("<think")
                        if piece.finish == "length" and self._thinks and not had_room and not said:
                            before = added(before, usage)
                            break
                        if piece.finish == FILTERED and not said:
                            raise ModelError(f"{self._host} kept the reply back: its content filter stopped it.")
                        yield replace(piece, usage=added(before, piece.usage)) if piece.usage else piece
                    else:
                        return
            except (openai.APIError, StreamError, httpx2.HTTPError, ValueError, RecursionError) as error:
                if isinstance(error, openai.APIStatusError) and self._without(error, body):
                    continue
                raise self._failure(error, begun) from error

    async def _request(self, body: dict[str, Any]) -> AsyncGenerator[Piece]:
        response = await self._sdk().chat.completions.with_raw_response.create(**body)
        if "json" in response.headers.get("content-type", ""):  # an endpoint that does not stream
            yield whole_piece(await response.http_response.aread())
            return
        reader, finish = EventReader(), None
        try:
            async for data in response.http_response.aiter_bytes():
                events = reader.feed(data)
                piece = piece_of(events)
                finish = ending(finish, piece.finish)
                if piece.text or piece.usage or piece.thinking:
                    yield Piece(piece.text, piece.usage, thinking=piece.thinking)
                if END in events:  # some endpoints keep the connection open after it
                    break
            piece = piece_of(reader.rest())
        finally:
            await response.http_response.aclose()
        yield Piece(piece.text, piece.usage, ending(finish, piece.finish) or "cut", piece.thinking)

    def body(self, messages: Messages, max_tokens: int, schema: Schema | None) -> dict[str, Any]:
        """The request as it is sent, without what the endpoint refused before."""
        body: dict[str, Any] = {"model": self._model, "messages": list(messages), "stream": True}
        if "reasoning_effort" in self._features:
            body["reasoning_effort"] = "low"
        limit = "max_completion_tokens" if "max_completion_tokens" in self._features else "max_tokens"
        body[limit] = max_tokens + self.reserve
        if "stream_options" in self._features:
            body["stream_options"] = {"include_usage": True}
        if "temperature" in self._features:
            body["temperature"] = self._temperature
        if schema is not None and "response_format" in self._features:
            described = {"name": "answer", "strict": True, "schema": schema}
            body["response_format"] = {"type": "json_schema", "json_schema": described}
        return body

    def _without(self, error: openai.APIStatusError, body: dict[str, Any]) -> bool:
        """Whether a parameter is in the way that can be left out; raises where that is for the caller to do."""
        refused = self._refused(error, body)
        if refused == "response_format" and self._needs_schema:
            self._features.add(refused)
            raise ModelError(
                f"{self._host} takes no JSON schema, which RAG_LLM__STRUCTURED=on asks for; auto does without "
                f"where it must. It said: {self._said(error)}"
            ) from error
        if refused == "response_format":
            raise StructureRefused(f"{self._host} takes no JSON schema.") from error
        return refused is not None

    def _refused(self, error: openai.APIStatusError, body: dict[str, Any]) -> str | None:
        """The parameter this 400 is about, now switched off; None when it is about something else."""
        if error.status_code not in (400, 422, 501):
            return None
        said = self._words(error)
        if "max_tokens" in body and "max_completion_tokens" in said:
            self._features.add("max_completion_tokens")
            return "max_tokens"
        named = [feature for feature in self._features if feature in body and feature in said]
        if not named and "response_format" in body and ABOUT_SCHEMA.search(said):
            named = ["response_format"]
        if not named:
            return None
        self._features.discard(named[0])
        return named[0]

    def _failure(self, error: Exception, begun: bool) -> Transient | ModelError:
        """What a request that failed comes to; ``begun``: its reply had."""
        match error:
            case openai.APIStatusError():
                return self._status(error)
            case openai.APITimeoutError():
                return ModelTimeout(f"{self._host} did not answer in time (RAG_LLM__TIMEOUT).")
            case openai.APIConnectionError():
                return Transient(self._broken() if begun else self._unreachable())
            case StreamError():
                return Transient(ModelError(f"{self._host} broke off: {self._hidden(str(error))}"))
            case httpx2.HTTPError():
                return Transient(self._broken())
        # not UTF-8, not JSON, or JSON of another shape
        doubted = self._setting or "RAG_LLM__BASE_URL"
        return ModelError(f"{self._host} sent something that is not a chat completion; is {doubted} right?")

    def _status(self, error: openai.APIStatusError) -> Transient | ModelError:
        status, said = error.status_code, self._said(error)
        if status in (401, 403):
            return ModelError(f"{self._host} refused the key ({status}): check RAG_LLM__API_KEY or OPENAI_API_KEY.")
        if status == 404:
            path = f" and {self._setting}, which ends in /v1" if self._setting else ""
            return ModelError(
                f"{self._host} knows no model {self._model!r} or no such path (404): check RAG_LLM__MODEL{path}."
            )
        if status == 429:
            limited = ModelRateLimited(f"{self._host} refuses for now (429): {said}")
            if "insufficient_quota" in error.response.text:  # in the message, or as code or type
                return limited
            return Transient(limited, retry_after(error.response.headers.get("retry-after")))
        if status in (408, 409) or status >= 500:
            failed = ModelUnavailable(f"{self._host} failed ({status}): {said}")
            return Transient(failed, retry_after(error.response.headers.get("retry-after")))
        return ModelError(f"{self._host} refused the request ({status}): {said}")

    def _unreachable(self) -> ModelUnavailable:
        remedy = (
            f"check {self._setting} and that it runs" if self._setting else "RAG_LLM__BASE_URL names another endpoint"
        )
        return ModelUnavailable(f"{self._host} cannot be reached: {remedy}.")

    def _broken(self) -> ModelError:
        return ModelError(f"{self._host} broke the connection off in the middle of its reply.")

    def _said(self, error: openai.APIStatusError) -> str:
        """What the endpoint said, short, on one line, without the key."""
        return self._hidden(self._words(error))

    def _words(self, error: openai.APIStatusError) -> str:
        try:
            body = error.response.json()
        except (ValueError, RecursionError):
            body = error.response.text
        return complaint(body) or error.message

    def _hidden(self, text: str) -> str:
        text = " ".join(text.split())
        if self._key != NO_KEY:
            text = text.replace(self._key, "...")
        return re.sub(r"\b(sk|key)-[\w*.-]{6,}", "...", text)[:300]

    def _sdk(self) -> openai.AsyncOpenAI:
        """The client of the running loop: connections cannot outlive the loop they were opened in."""
        loop = asyncio.get_running_loop()
        if self._client is None or self._loop is not loop:
            self._client = openai.AsyncOpenAI(
                base_url=self._base_url, api_key=self._key, max_retries=0, timeout=self._timeout
            )
            self._loop = loop
        return self._client
