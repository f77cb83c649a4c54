import json

import pytest

from rag_service.errors import ModelTimeout, UnknownCollection
from rag_service.models import Turn, Usage
from tests.fakes import TEXT, FakeService, answer
from tests.serving import connect, parse_events

CHAT = "/v1/chat/completions"


def request(*messages, **more):
    return {"model": "rag/default", "messages": list(messages) or [said("user", "Wann kam Kim?")]} | more


def said(role, content):
    return {"role": role, "content": content}


@pytest.fixture
def service():
    return FakeService()


async def test_completion_carries_answer_annotations_and_the_whole_object(service):
    service.asker.script = lambda ask: answer(ask, usage=Usage(7, 5))
    async with connect(service) as client:
        body = (await client.post(CHAT, json=request())).json()
        whole = (await client.post("/v1/ask", json={"question": "Wann kam Kim?"})).json()
    assert body["object"] == "chat.completion"
    assert body["id"].startswith("chatcmpl-")
    message = body["choices"][0]["message"]
    assert (message["role"], message["content"]) == ("assistant", f"{TEXT[:46]} [1]")
    citation = message["annotations"][0]["url_citation"]
    assert message["content"][citation["start_index"] : citation["end_index"]] == "[1]"
    assert citation["url"] == "http://127.0.0.1:8000/documents/doc_1#char=0,46"
    assert citation["title"] == "Besuch"
    assert body["choices"][0]["finish_reason"] == "stop"
    assert body["usage"] == {"prompt_tokens": 7, "completion_tokens": 5, "total_tokens": 12}
    assert body["rag"] == whole


async def test_last_user_message_is_the_question_and_the_rest_the_history(service):
    messages = [
        said("system", "Be brief."),
        said("user", [{"type": "text", "text": "Wann kam"}, {"type": "text", "text": "Kim?"}]),
        said("assistant", "Am 24. April."),
        said("tool", "x"),
        said("assistant", None),
        said("user", "Und wann reiste er ab?"),
        said("assistant", "Er"),
    ]
    async with connect(service) as client:
        reply = await client.post(CHAT, json=request(*messages, temperature=0.1, tools=[{"x": 1}], seed=3))
    assert reply.status_code == 200
    asked = service.asker.asked[0]
    assert asked.question == "Und wann reiste er ab?"
    assert asked.history == (
        Turn("user", "Wann kam\nKim?"),
        Turn("assistant", "Am 24. April."),
        Turn("assistant", ""),
    )


async def test_what_an_earlier_message_holds_beside_text_is_left_out(service):
    earlier = [{"type": "image_url", "image_url": {"url": "data:"}}, {"type": "text", "text": "Wer ist das?"}]
    refused = [{"type": "refusal", "refusal": "Nein."}]
    messages = [said("user", earlier), said("assistant", refused), said("user", "Wann kam Kim?")]
    async with connect(service) as client:
        reply = await client.post(CHAT, json=request(*messages))
    assert reply.status_code == 200
    assert service.asker.asked[0].history == (Turn("user", "Wer ist das?"), Turn("assistant", ""))


async def test_a_question_behind_a_clients_own_context_is_asked_alone(service):
    wrapped = "### Task:\nRespond to the query.\n<context>\n" + "x" * 9000 + "\n</context>\n\nWann kam Kim?"
    async with connect(service) as client:
        await client.post(CHAT, json=request(said("system", "### Task:\nUse no tags."), said("user", wrapped)))
    assert service.asker.asked[0].question == "Wann kam Kim?"


async def test_a_clients_prompt_in_the_system_message_reaches_the_answer(service):
    prompt = "Summarize the conversation into a title within 10 words."
    async with connect(service) as client:
        await client.post(
            CHAT, json=request(said("system", prompt), said("user", "user: Wann kam Kim?\nassistant: 24."))
        )
    assert service.asker.asked[0].question.startswith(prompt)


TITLE = 'Generate a title for this chat as JSON, { "title": "..." }.\n\nUser: Wann kam Kim?'


@pytest.mark.parametrize(
    "more",
    [
        {"response_format": {"type": "text"}, "tool_choice": "auto", "modalities": ["text"]},
        {
            "response_format": "text",
            "tool_choice": None,
            "modalities": 3,
            "logprobs": True,
            "stop": ["x"],
            "max_tokens": 1,
        },
        {"response_format": {"type": "json_object"}, "messages": [said("user", TITLE)]},
    ],
)
async def test_what_changes_nothing_is_let_through(service, more):
    async with connect(service) as client:
        assert (await client.post(CHAT, json=request() | more)).status_code == 200


async def test_own_options_travel_in_an_extra_body(service):
    options = {"filters": {"source": {"$eq": "a"}}, "top_k": 2, "answerer": "extractive"}
    async with connect(service) as client:
        await client.post(CHAT, json=request(rag=options))
    asked = service.asker.asked[0]
    assert (asked.filters, asked.top_k, asked.answerer) == (options["filters"], 2, "extractive")


async def test_stream_ends_with_annotations_answer_usage_and_done(service):
    async with connect(service) as client:
        whole = (await client.post("/v1/ask", json={"question": "Wann kam Kim?"})).json()
        reply = await client.post(CHAT, json=request(stream=True, stream_options={"include_usage": True}))
    events = parse_events(reply.text)
    assert events[-1] == ("message", "[DONE]")
    chunks = [data for _, data in events[:-1]]
    assert {chunk["object"] for chunk in chunks} == {"chat.completion.chunk"}
    assert len({chunk["id"] for chunk in chunks}) == 1
    assert chunks[0]["choices"][0]["delta"] == {"role": "assistant", "content": ""}
    text = "".join(chunk["choices"][0]["delta"].get("content", "") for chunk in chunks[:-1])
    assert text == whole["answer"]
    last, usage = chunks[-2:]
    assert last["choices"][0]["finish_reason"] == "stop"
    assert last["choices"][0]["delta"]["annotations"][0]["url_citation"]["title"] == "Besuch"
    assert last["rag"] == whole
    assert [chunk["choices"][0]["finish_reason"] for chunk in chunks[:-2]] == [None, None]
    assert (usage["choices"], usage["usage"]["total_tokens"]) == ([], 0)


@pytest.mark.parametrize("wanted", [True, False])
async def test_open_webui_sources_are_behind_a_setting(service, wanted):
    server = service.settings.server.model_copy(update={"openwebui_sources": wanted})
    service.settings = service.settings.model_copy(update={"server": server})
    async with connect(service) as client:
        reply = await client.post(CHAT, json=request(stream=True))
    sources = [data["event"] for _, data in parse_events(reply.text) if "event" in data]
    if not wanted:
        assert sources == []
        return
    assert [event["type"] for event in sources] == ["source"]
    data = sources[0]["data"]
    assert data["document"] == [TEXT[:46]]
    assert data["metadata"][0]["source"] == "notes/besuch.txt"
    assert data["source"]["name"] == "Besuch (2019-04-25)"
    assert data["source"]["url"].startswith("http://127.0.0.1:8000/documents/doc_1#")


@pytest.mark.parametrize(
    ("body", "status", "param", "said_of_it"),
    [
        (request(model="gpt-9"), 404, "model", "rag/<collection>"),
        (request(model="rag/"), 404, "model", "rag/<collection>"),
        (request(said("assistant", "x")), 400, None, "role user"),
        (request(said("user", [{"type": "image_url", "image_url": {}}])), 400, None, "image_url"),
        (request(said("user", "?!")), 400, None, "no word"),
        (request(response_format={"type": "json_object"}), 400, None, "response_format: an answer is text"),
        (request(response_format={"type": "json_schema", "json_schema": {}}), 400, None, "response_format"),
        (request(tool_choice="required"), 400, None, "tool_choice"),
        (request(tool_choice={"type": "function", "function": {"name": "f"}}), 400, None, "tool_choice"),
        (request(modalities=["text", "audio"]), 400, None, "modalities"),
        (request(n=2), 400, "n", "less than or equal to 1"),
        ({"model": "rag/default", "messages": []}, 400, "messages", "at least 1"),
        ({"messages": [said("user", "x")]}, 400, "model", "required"),
        (request(rag={"top_k": 99}), 400, "rag.top_k", "50"),
    ],
)
async def test_errors_have_openais_shape(service, body, status, param, said_of_it):
    async with connect(service) as client:
        reply = await client.post(CHAT, json=body)
    assert reply.status_code == status
    assert reply.headers["content-type"] == "application/json"
    error = reply.json()["error"]
    assert error["type"] == "invalid_request_error"
    assert error["param"] == param
    assert said_of_it in error["message"]


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("content", ["Wer? \ud83d", [{"type": "text", "text": "Wer? \ud83d"}]])
async def test_half_of_an_emoji_is_refused(service, content, stream):
    body = json.dumps(request(said("user", content), stream=stream))
    async with connect(service) as client:
        reply = await client.post(CHAT, content=body, headers={"content-type": "application/json"})
    assert reply.status_code == 400
    error = reply.json()["error"]
    assert (error["param"], error["code"]) == ("messages.0.content", "invalid_request")
    assert "lone surrogate" in error["message"]
    assert service.asker.asked == []


@pytest.mark.parametrize("stream", [True, False])
async def test_unknown_collection_is_an_unknown_model(service, stream):
    service.asker.error = UnknownCollection("There is no collection named 'x'.")
    async with connect(service) as client:
        reply = await client.post(CHAT, json=request(stream=stream, model="rag/x"))
    assert reply.status_code == 404
    assert reply.json()["error"]["code"] == "model_not_found"


async def test_error_in_a_stream_is_openais_error_object(service):
    service.asker.error, service.asker.fail_after = ModelTimeout("No reply within 5 s."), 2
    async with connect(service) as client:
        reply = await client.post(CHAT, json=request(stream=True))
    events = parse_events(reply.text)
    assert events[-1][1] == {
        "error": {
            "message": "No reply within 5 s.",
            "type": "server_error",
            "param": None,
            "code": "model_timeout",
        }
    }


async def test_models_are_the_collections(service):
    service.library.create_collection("press")
    async with connect(service) as client:
        listed = (await client.get("/v1/models")).json()
        one = await client.get("/v1/models/rag/press")
        none = await client.get("/v1/models/rag/nothing")
    assert [model["id"] for model in listed["data"]] == ["rag/default", "rag/press"]
    assert listed["data"][0]["owned_by"] == "rag-service"
    assert one.json() == listed["data"][1]
    assert (none.status_code, none.json()["error"]["code"]) == (404, "model_not_found")
