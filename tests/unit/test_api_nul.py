"""NUL, which no document holds, is refused where it would be stored or looked for."""

import pytest

from tests.fakes import FakeService
from tests.serving import connect


@pytest.mark.parametrize("metadata", [{"k": "a\0b"}, {"a\0b": "v"}])
async def test_metadata_that_cannot_be_stored_is_refused(metadata):
    service = FakeService()
    body = {"source": "a.txt", "text": "A", "metadata": metadata}
    async with connect(service) as client:
        reply = await client.post("/v1/documents", json=body)
    assert (reply.status_code, reply.json()["code"]) == (422, "invalid_request")
    assert reply.json()["errors"][0]["field"] == "metadata"
    assert service.library.uploads == []


@pytest.mark.parametrize("filters", [{"source": "a\0b"}, {"metadata.\0": "v"}, {"$or": [{"title": {"$in": ["\0"]}}]}])
async def test_filters_for_what_no_document_holds_are_refused(filters):
    async with connect(FakeService()) as client:
        search = await client.post("/v1/search", json={"query": "Kim", "filters": filters})
        ask = await client.post("/v1/ask", json={"question": "Wann?", "filters": filters})
        messages = [{"role": "user", "content": "Wann?"}]
        chat = await client.post(
            "/v1/chat/completions",
            json={"model": "rag/default", "messages": messages, "rag": {"filters": filters}},
        )
    assert (search.status_code, ask.status_code, chat.status_code) == (422, 422, 400)
    assert "NUL" in search.json()["detail"] and search.json()["errors"][0]["field"] == "filters"


async def test_questions_may_hold_it():
    async with connect(FakeService()) as client:
        reply = await client.post("/v1/search", json={"query": "Kim\0 Putin"})
    assert reply.status_code == 200
