"""The forms in which endpoints send replies: with thoughts, in parts, refused, or in one piece."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rag_service.answer.models.backend import REFUSED, Piece
from rag_service.answer.models.openai import OpenAIBackend
from rag_service.errors import ModelError
from rag_service.models import Usage
from tests.integration.test_chat_models import KEY, MESSAGES, SCHEMA, model, reply
from tests.llm_server import LlmServer, saying


@pytest.fixture
def server() -> Iterator[LlmServer]:
    with LlmServer() as running:
        yield running


async def test_an_endpoint_that_does_not_stream_is_understood(server: LlmServer) -> None:
    whole = (
        b'{"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [{"index": 0, '
        b'"message": {"role": "assistant", "content": "Ganz"}, "finish_reason": "stop"}], '
        b'"usage": {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4}}'
    )
    server.behave(saying("", raw=whole, content_type="application/json"))
    assert await reply(model(server)) == [Piece("Ganz", Usage(3, 1), "stop")]


async def test_tool_calls_are_not_text(server: LlmServer) -> None:
    call = {"index": 0, "id": "1", "type": "function", "function": {"name": "send", "arguments": "{}"}}
    server.behave(saying("Text", tool_calls=[call]))
    assert "".join(piece.text for piece in await reply(model(server))) == "Text"


async def test_a_model_that_thinks_is_not_silent(server: LlmServer) -> None:
    server.behave(saying("Text", thoughts=5, gap=0.2))
    assert "".join(piece.text for piece in await reply(model(server, first_token_timeout=0.5))) == "Text"


async def test_a_model_that_thinks_until_it_has_no_room_gets_more(server: LlmServer) -> None:
    server.behave(saying("", thoughts=2, finish="length"), saying("Text"))
    chat = model(server)
    for _ in range(2):
        assert "".join(piece.text for piece in await reply(chat)) == "Text"
    assert [request["max_tokens"] for request in server.requests] == [100, 2100, 2100]


async def test_what_it_thought_to_no_end_is_counted(server: LlmServer) -> None:
    server.behave(saying("", thoughts=2, finish="length"), saying("Text"))
    assert [piece.usage for piece in await reply(model(server)) if piece.usage][-1] == Usage(200, 40)


@pytest.mark.parametrize(
    ("name", "thinks"),
    [("openai/gpt-5-mini", True), ("qwen3:8b", True), ("deepseek-r1", True), ("gpt-4o", False), ("gpt-5-chat", False)],
)
async def test_models_known_to_think_have_room_from_the_start(name: str, thinks: bool) -> None:
    backend = OpenAIBackend(model=name, base_url="http://127.0.0.1:1/v1", api_key=KEY)
    assert (backend.body(MESSAGES, 100, None)["max_tokens"] > 1000) is thinks


async def test_a_refusal_is_told_as_the_end(server: LlmServer) -> None:
    server.behave(saying("", deltas=({"refusal": "I can't help with that."},)))
    assert (await reply(model(server)))[-1].finish == REFUSED


async def test_text_in_parts_is_text_and_thinking_in_parts_is_not(server: LlmServer) -> None:
    parts = [{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}], [{"type": "text", "text": "Ja. "}]
    server.behave(saying("Gut.", deltas=tuple({"content": part} for part in parts)))
    assert "".join(piece.text for piece in await reply(model(server))) == "Ja. Gut."


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b'{"error": {"message": "out of memory"}}', "out of memory"),
        (b'{"hello": 1}', "not a chat completion"),
        (b'{"choices": [1]}', "not a chat completion"),
    ],
)
async def test_what_is_no_reply_is_an_error_that_says_why(server: LlmServer, raw: bytes, said: str) -> None:
    server.behave(saying("", raw=raw, content_type="application/json"))
    with pytest.raises(ModelError, match=said):
        await reply(model(server, max_retries=0))


async def test_a_reply_in_one_piece_may_lack_what_is_not_needed(server: LlmServer) -> None:
    raw = b'{"choices": [{"message": {"content": "Ganz"}, "finish_reason": "eos_token"}]}'
    server.behave(saying("", raw=raw, content_type="application/json"))
    assert await reply(model(server)) == [Piece("Ganz", None, "eos_token")]


async def test_reasoning_models_of_openai_get_room_to_think() -> None:
    backend = OpenAIBackend(model="gpt-5-mini", base_url=None, api_key=KEY)
    body = backend.body(MESSAGES, 100, SCHEMA)
    assert body["max_completion_tokens"] > 1000
    assert body["reasoning_effort"] == "low"
    assert "temperature" not in body
    assert body["response_format"]["json_schema"]["schema"] == SCHEMA
