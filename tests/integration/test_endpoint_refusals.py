"""Refusals as different servers word them: what can be left out is, and what they say is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from rag_service.answer.models.backend import StructureRefused
from rag_service.errors import ModelError
from tests.integration.test_chat_models import SCHEMA, model, reply
from tests.llm_server import Behaviour, LlmServer, Reply, saying

JSON = "application/json"


@pytest.fixture
def server() -> Iterator[LlmServer]:
    with LlmServer() as running:
        yield running


def refusing_with(body: Any, status: int = 400, content_type: str = JSON) -> Behaviour:
    """An HTTP error with exactly that body."""
    raw = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    return lambda request: Reply(status=status, raw=raw, content_type=content_type)


def about(name: str) -> list[Behaviour]:
    """That parameter refused, in every way of saying so."""
    return [
        refusing_with({"detail": [{"loc": ["body", name], "msg": "Extra inputs are not permitted"}]}, 422),
        refusing_with({"message": {"detail": [{"loc": ["body", name, "type"], "msg": "Unknown"}]}}, 422),
        refusing_with({"error": f"json: cannot unmarshal object into Go struct field .{name}"}),
        refusing_with({"error": {"message": "x" * 400 + name}}),
        refusing_with(f"{name} is not supported", content_type="text/plain"),
    ]


@pytest.mark.parametrize("refuse", about("stream_options"))
async def test_a_parameter_refused_in_any_form_is_left_out(server: LlmServer, refuse: Behaviour) -> None:
    server.behave(lambda body: (refuse if "stream_options" in body else saying("Text"))(body))
    assert "".join(piece.text for piece in await reply(model(server))) == "Text"
    assert ["stream_options" in request for request in server.requests] == [True, False]


@pytest.mark.parametrize("refuse", about("response_format"))
async def test_a_schema_refused_in_any_form_is_left_out(server: LlmServer, refuse: Behaviour) -> None:
    server.behave(refuse)
    chat = model(server)
    with pytest.raises(StructureRefused):
        await reply(chat, SCHEMA)
    assert not chat.structured


@pytest.mark.parametrize(
    "refuse",
    [
        refusing_with({"detail": "only on Mondays"}),
        refusing_with({"error": "only on Mondays"}, 503),
        refusing_with("only on Mondays", 413, "text/plain"),
        refusing_with("<html><body>only on Mondays</body></html>", 502, "text/html"),
    ],
)
async def test_the_words_of_the_endpoint_are_told(server: LlmServer, refuse: Behaviour) -> None:
    server.behave(refuse)
    with pytest.raises(ModelError, match=r": only on Mondays$"):
        await reply(model(server, max_retries=0))


@pytest.mark.parametrize("name", ["code", "type"])
async def test_a_quota_that_is_used_up_is_not_tried_again(server: LlmServer, name: str) -> None:
    server.behave(refusing_with({"error": {"message": "You exceeded your quota", name: "insufficient_quota"}}, 429))
    with pytest.raises(ModelError, match="You exceeded your quota"):
        await reply(model(server))
    assert len(server.requests) == 1


async def test_what_is_told_is_short(server: LlmServer) -> None:
    server.behave(refusing_with({"errors": ["x"] * 1000}))
    with pytest.raises(ModelError) as caught:
        await reply(model(server))
    assert len(str(caught.value)) < 400
