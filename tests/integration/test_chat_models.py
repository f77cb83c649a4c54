"""The chat model adapters against a real HTTP server that misbehaves in every scripted way."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import replace
from email.utils import formatdate
from typing import Any

import pytest

from rag_service.answer.models.backend import Piece, StructureRefused
from rag_service.answer.models.guard import GuardedModel, Limits
from rag_service.answer.models.openai import OpenAIBackend
from rag_service.errors import ModelError, ModelRateLimited, ModelTimeout, ModelUnavailable
from rag_service.models import Usage
from tests.llm_server import Behaviour, LlmServer, refusing, saying, without_schema

KEY = "sk-very-secret-key"
MESSAGES = [{"role": "user", "content": "Question: Wann?"}]
SCHEMA = {"type": "object"}
ERROR_EVENT = saying("", raw=b'event: error\ndata: {"message": "overloaded"}\n\n')


@pytest.fixture
def server() -> Iterator[LlmServer]:
    with LlmServer(saying("Guten Tag")) as running:
        yield running


def model(server: LlmServer, name: str = "scripted", **limits: Any) -> GuardedModel:
    backend = OpenAIBackend(model=name, base_url=server.base_url, api_key=KEY, temperature=0.0)
    return GuardedModel(backend, Limits(**limits), jitter=lambda: 0.0)


async def reply(chat: GuardedModel, schema: dict[str, Any] | None = None) -> list[Piece]:
    return [piece async for piece in chat.stream(MESSAGES, 100, schema)]


async def test_a_reply_arrives_in_pieces_with_usage_cost_and_finish(server: LlmServer) -> None:
    chat = model(server, price_prompt=2.0, price_completion=10.0)
    pieces = await reply(chat)
    assert "".join(piece.text for piece in pieces) == "Guten Tag"
    assert len([piece for piece in pieces if piece.text]) > 1
    assert [piece.usage for piece in pieces if piece.usage] == [Usage(100, 20, 0.0004)]
    assert pieces[-1].finish == "stop"
    assert chat.name == "scripted"
    request = server.requests[0]
    assert (request["model"], request["max_tokens"], request["temperature"]) == ("scripted", 100, 0.0)
    assert server.keys == [f"Bearer {KEY}"]


@pytest.mark.parametrize(
    ("behaviour", "error", "said"),
    [
        (refusing(401, message=f"Incorrect API key: {KEY}"), ModelError, "RAG_LLM__API_KEY"),
        (refusing(404), ModelError, "RAG_LLM__MODEL"),
        (refusing(400, message="context length exceeded"), ModelError, "context length exceeded"),
        (refusing(429), ModelRateLimited, "429"),
        (refusing(429, message="insufficient_quota"), ModelRateLimited, "insufficient_quota"),
        (refusing(500, message=f"crash, key {KEY}"), ModelUnavailable, "500"),
        (saying("x" * 40, cut_after=2), ModelError, "broke the connection off"),
        (
            saying("", raw=b'data: {"choices":[{"delta":{"content":"\xff\xfe"}}]}\n\n'),
            ModelError,
            "not a chat completion",
        ),
        (saying("", raw=b"data: {nonsense\n\n"), ModelError, "not a chat completion"),
        (saying("", raw=b"data: [1, 2]\n\n"), ModelError, "not a chat completion"),
        (saying("", raw=b"data: " + b"[" * 100_000 + b"\n\n"), ModelError, "not a chat completion"),
        (saying("", raw=b'data: {"choices": "no"}\n\n'), ModelError, "not a chat completion"),
        (saying("", raw=b'data: {"choices":[{"delta":{"content":5}}]}\n\n'), ModelError, "not a chat completion"),
        (saying("", raw=b'{"a": 1}', content_type="application/json"), ModelError, "not a chat completion"),
        (saying("", raw=b'data: {"error": {"message": "overloaded"}}\n\n'), ModelError, "overloaded"),
        (saying("", raw=b"<html>Login</html>", content_type="text/html"), ModelError, "not a chat completion"),
        (saying("", finish="content_filter"), ModelError, "content filter"),
    ],
)
async def test_failures_become_errors_that_name_the_host_and_never_the_key(
    server: LlmServer, behaviour: Behaviour, error: type[ModelError], said: str
) -> None:
    server.behave(behaviour)
    with pytest.raises(error) as caught:
        await reply(model(server, max_retries=0))
    assert said in str(caught.value)
    assert server.base_url.removeprefix("http://").removesuffix("/v1") in str(caught.value)
    assert KEY not in str(caught.value)


async def test_an_endpoint_that_is_down_is_named_with_the_setting() -> None:
    with LlmServer() as gone:
        pass
    with pytest.raises(ModelUnavailable, match="RAG_LLM__BASE_URL"):
        await reply(model(gone, max_retries=0))


@pytest.mark.parametrize("behaviour", [refusing(404), saying("", raw=b"data: [1, 2]\n\n"), None])
async def test_the_setting_that_the_address_stands_in_is_named(behaviour: Behaviour | None) -> None:
    with LlmServer(*([behaviour] if behaviour else [])) as server:
        backend = OpenAIBackend(model="m", base_url=server.base_url, address_setting="OPENAI_BASE_URL", api_key=None)
        chat = GuardedModel(backend, Limits(max_retries=0))
        if behaviour:
            with pytest.raises(ModelError, match="OPENAI_BASE_URL") as caught:
                await reply(chat)
    if not behaviour:
        with pytest.raises(ModelError, match="OPENAI_BASE_URL") as caught:
            await reply(chat)
    assert "RAG_LLM__BASE_URL" not in str(caught.value)


async def test_silence_ends_with_the_first_token_timeout(server: LlmServer) -> None:
    server.behave(saying("zu spät", delay=20))
    started = time.monotonic()
    with pytest.raises(ModelTimeout, match="RAG_LLM__FIRST_TOKEN_TIMEOUT"):
        await reply(model(server, first_token_timeout=1))
    assert time.monotonic() - started < 10
    assert len(server.requests) <= 1


async def test_a_trickle_ends_with_the_total_timeout(server: LlmServer) -> None:
    server.behave(saying("x" * 200, gap=0.1, size=1))
    started = time.monotonic()
    with pytest.raises(ModelTimeout, match="RAG_LLM__TIMEOUT"):
        await reply(model(server, timeout=1.5))
    assert time.monotonic() - started < 10


async def test_retry_after_is_honoured(server: LlmServer) -> None:
    server.behave(refusing(429, retry_after=1), saying("danach"))
    started = time.monotonic()
    pieces = await reply(model(server))
    assert "".join(piece.text for piece in pieces) == "danach"
    assert time.monotonic() - started >= 1.0


@pytest.mark.parametrize("status", [429, 503])
async def test_retry_after_may_be_a_date(server: LlmServer, status: int) -> None:
    until = formatdate(time.time() + 60, usegmt=True)
    server.behave(lambda body: replace(refusing(status)(body), headers={"Retry-After": until}))
    with pytest.raises(ModelError, match=str(status)):
        await reply(model(server, timeout=5))
    assert len(server.requests) == 1  # there is no time for another


async def test_a_wait_beyond_the_timeout_is_not_begun(server: LlmServer) -> None:
    server.behave(refusing(429, retry_after=60))
    started = time.monotonic()
    with pytest.raises(ModelRateLimited):
        await reply(model(server, timeout=5))
    assert time.monotonic() - started < 1


@pytest.mark.parametrize(
    "first", [refusing(500), refusing(503, retry_after=0), saying("x" * 40, cut_after=0), ERROR_EVENT]
)
async def test_passing_failures_are_retried(server: LlmServer, first: Behaviour) -> None:
    server.behave(first, saying("danach"))
    assert "".join(piece.text for piece in await reply(model(server))) == "danach"
    assert len(server.requests) == 2


async def test_nothing_is_retried_once_text_was_handed_on(server: LlmServer) -> None:
    server.behave(saying("x" * 40, cut_after=2), saying("noch einmal"))
    got = ""
    with pytest.raises(ModelError):
        async for piece in model(server).stream(MESSAGES, 100):
            got += piece.text
    assert got == "x" * 14
    assert len(server.requests) == 1


async def test_retries_end(server: LlmServer) -> None:
    server.behave(refusing(500))
    with pytest.raises(ModelUnavailable):
        await reply(model(server, max_retries=2))
    assert len(server.requests) == 3


async def test_a_refused_schema_is_remembered(server: LlmServer) -> None:
    server.behave(without_schema(saying("Text")))
    chat = model(server, breaker_failures=1)
    assert chat.structured
    with pytest.raises(StructureRefused):
        await reply(chat, SCHEMA)
    assert not chat.structured
    assert "".join(piece.text for piece in await reply(chat, SCHEMA)) == "Text"
    assert [("response_format" in request) for request in server.requests] == [True, False]


async def test_a_schema_that_is_wanted_in_any_case_fails_where_it_is_refused(server: LlmServer) -> None:
    server.behave(without_schema(saying("Text")))
    backend = OpenAIBackend(model="m", base_url=server.base_url, api_key=KEY, structured="on")
    chat = GuardedModel(backend, Limits(), jitter=lambda: 0.0)
    for _ in range(2):  # asked for every time, as the endpoint may have been replaced
        with pytest.raises(ModelError, match=r"takes no JSON schema, which RAG_LLM__STRUCTURED=on asks for") as caught:
            await reply(chat, SCHEMA)
        assert caught.value.status == 502
    assert chat.structured
    assert [("response_format" in request) for request in server.requests] == [True, True]


@pytest.mark.parametrize(
    ("parameter", "message"),
    [
        ("stream_options", "unknown field stream_options"),
        ("temperature", "Unsupported value: 'temperature' does not support 0 with this model."),
        ("max_tokens", "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."),
    ],
)
async def test_a_refused_parameter_is_left_out_from_then_on(server: LlmServer, parameter: str, message: str) -> None:
    refuse = refusing(400, message=message)
    server.behave(lambda body: (refuse if parameter in body else saying("Text"))(body))
    chat = model(server)
    await reply(chat)
    await reply(chat)
    assert [parameter in request for request in server.requests] == [True, False, False]


@pytest.mark.parametrize(("finish", "told"), [("length", "length"), (None, "cut")])
async def test_the_end_of_a_reply_is_told(server: LlmServer, finish: str | None, told: str) -> None:
    server.behave(saying("Text", finish=finish))
    assert (await reply(model(server)))[-1].finish == told


async def test_the_breaker_opens_and_lets_one_trial_through(server: LlmServer) -> None:
    server.behave(refusing(500))
    chat = model(server, max_retries=0, breaker_failures=2, breaker_seconds=0.4)
    for _ in range(2):
        with pytest.raises(ModelUnavailable, match="500"):
            await reply(chat)
    with pytest.raises(ModelUnavailable, match="RAG_LLM__BREAKER_SECONDS.*500"):
        await reply(chat)
    assert len(server.requests) == 2
    await asyncio.sleep(0.45)
    server.behave(saying("wieder da"))
    assert "".join(piece.text for piece in await reply(chat)) == "wieder da"
    assert "".join(piece.text for piece in await reply(chat)) == "wieder da"


async def test_concurrency_is_bounded(server: LlmServer) -> None:
    server.behave(saying("Text", delay=0.4))
    chat = model(server, max_concurrency=2)
    await asyncio.gather(*(reply(chat) for _ in range(5)))
    assert server.most_open == 2


async def test_waiting_for_a_place_times_out(server: LlmServer) -> None:
    chat = model(server, max_concurrency=1, timeout=3)
    async with aclosing(chat.stream(MESSAGES, 100)) as held:
        await anext(held)
        with pytest.raises(ModelTimeout, match="RAG_LLM__MAX_CONCURRENCY"):
            await reply(chat)
    assert "".join(piece.text for piece in await reply(chat)) == "Guten Tag"


async def test_waiting_for_a_place_costs_the_reply_no_time(server: LlmServer) -> None:
    server.behave(saying("Text", delay=3.0))
    chat = model(server, max_concurrency=1, timeout=5.0, breaker_failures=1)
    replies = await asyncio.gather(reply(chat), reply(chat))
    assert ["".join(piece.text for piece in pieces) for pieces in replies] == ["Text", "Text"]


async def test_closing_the_stream_closes_the_connection_and_frees_the_place(server: LlmServer) -> None:
    server.behave(saying("x" * 4000, gap=0.02))
    chat = model(server, max_concurrency=1)
    async with aclosing(chat.stream(MESSAGES, 100)) as pieces:
        assert (await anext(pieces)).text
    server.behave(saying("frei"))
    assert "".join(piece.text for piece in await reply(chat)) == "frei"
    for _ in range(50):
        if server.abandoned:
            break
        await asyncio.sleep(0.05)
    assert server.abandoned == 1


def test_one_model_serves_one_loop_after_another(server: LlmServer) -> None:
    chat = model(server)
    for _ in range(2):
        assert "".join(piece.text for piece in asyncio.run(reply(chat))) == "Guten Tag"


async def test_what_is_wrong_with_one_request_does_not_open_the_breaker(server: LlmServer) -> None:
    chat = model(server, max_retries=0, breaker_failures=1)
    server.behave(refusing(400, message="content management policy"))
    for _ in range(3):
        with pytest.raises(ModelError, match="content management policy"):
            await reply(chat)
    server.behave(saying("wieder da"))
    assert "".join(piece.text for piece in await reply(chat)) == "wieder da"
