"""The official client against the server, as its users call it."""

import openai
import pytest

from rag_service.errors import ModelTimeout
from rag_service.models import Usage
from tests.fakes import TEXT, FakeService, answer
from tests.serving import served

ASKED = [{"role": "user", "content": "Wann kam Kim nach Wladiwostok?"}]


@pytest.fixture
def service():
    return FakeService()


@pytest.fixture
def client(service):
    with served(service) as url, openai.OpenAI(base_url=f"{url}/v1", api_key="any", max_retries=0) as made:
        yield made


def test_models(client):
    assert [model.id for model in client.models.list()] == ["rag/default"]
    assert client.models.retrieve("rag/default").owned_by == "rag-service"


def test_plain_completion(service, client):
    service.asker.script = lambda ask: answer(ask, usage=Usage(7, 5))
    reply = client.chat.completions.create(
        model="rag/default", messages=ASKED, temperature=0, extra_body={"rag": {"top_k": 2}}
    )
    message = reply.choices[0].message
    assert message.content == f"{TEXT[:46]} [1]"
    assert reply.choices[0].finish_reason == "stop"
    citation = message.annotations[0].url_citation
    assert message.content[citation.start_index : citation.end_index] == "[1]"
    assert citation.url.endswith("/documents/doc_1#char=0,46")
    assert reply.usage.total_tokens == 12
    assert reply.model_extra["rag"]["citations"][0]["cited_text"] == TEXT[:46]
    assert service.asker.asked[0].top_k == 2


def test_streamed_completion(client):
    stream = client.chat.completions.create(
        model="rag/default", messages=ASKED, stream=True, stream_options={"include_usage": True}
    )
    chunks = list(stream)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == f"{TEXT[:46]} [1]"
    last = next(chunk for chunk in chunks if chunk.choices and chunk.choices[0].finish_reason == "stop")
    assert last.choices[0].delta.model_extra["annotations"][0]["type"] == "url_citation"
    assert last.model_extra["rag"]["answered"] is True
    assert chunks[-1].usage.total_tokens == 0


@pytest.fixture
def sourced(service):
    """A service that sends Open WebUI's source events."""
    server = service.settings.server.model_copy(update={"openwebui_sources": True})
    service.settings = service.settings.model_copy(update={"server": server})


@pytest.mark.usefixtures("sourced")
def test_source_events_are_chunks_without_choices(client):
    chunks = list(client.chat.completions.create(model="rag/default", messages=ASKED, stream=True))
    assert "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices) == f"{TEXT[:46]} [1]"
    assert [chunk.choices for chunk in chunks if "event" in chunk.model_extra] == [[]]
    assert {(chunk.id, chunk.object, chunk.model) for chunk in chunks} == {
        (chunks[0].id, "chat.completion.chunk", "rag/default")
    }
    with client.chat.completions.stream(model="rag/default", messages=ASKED) as stream:
        assert stream.get_final_completion().choices[0].message.content == f"{TEXT[:46]} [1]"


def test_stream_helper_of_the_client(client):
    with client.chat.completions.stream(model="rag/default", messages=ASKED) as stream:
        kinds = {event.type for event in stream}
        final = stream.get_final_completion()
    assert {"chunk", "content.delta", "content.done"} <= kinds
    assert final.choices[0].message.content == f"{TEXT[:46]} [1]"


def test_errors_become_the_clients_exceptions(service, client):
    with pytest.raises(openai.NotFoundError) as unknown:
        client.chat.completions.create(model="gpt-9", messages=ASKED)
    assert (unknown.value.code, unknown.value.param) == ("model_not_found", "model")
    with pytest.raises(openai.BadRequestError, match="no word"):
        client.chat.completions.create(model="rag/default", messages=[{"role": "user", "content": "?"}])
    service.asker.error = ModelTimeout("No reply within 5 s.")
    with pytest.raises(openai.InternalServerError, match="No reply"):
        client.chat.completions.create(model="rag/default", messages=ASKED)


def test_error_in_a_stream_becomes_an_exception(service, client):
    service.asker.error, service.asker.fail_after = ModelTimeout("No reply within 5 s."), 2
    stream = client.chat.completions.create(model="rag/default", messages=ASKED, stream=True)
    with pytest.raises(openai.APIError, match="No reply within 5 s."):
        for _ in stream:
            pass


def test_key_is_wanted_and_taken(service, client):
    service.keys.add("right")
    with pytest.raises(openai.AuthenticationError):
        client.with_options(api_key="wrong").models.list()
    assert client.with_options(api_key="right").models.list().data[0].id == "rag/default"
