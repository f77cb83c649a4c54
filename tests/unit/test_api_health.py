import pytest

from rag_service.errors import FingerprintMismatch, StoreError
from tests.fakes import FakeService, abstention
from tests.serving import connect


async def test_alive_needs_nothing():
    async with connect(FakeService()) as client:
        reply = await client.get("/healthz")
    assert (reply.status_code, reply.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/", "/docs", "/documents/doc_1"])
async def test_load_balancers_may_ask_without_a_body(path):
    async with connect(FakeService()) as client:
        reply = await client.head(path)
    assert (reply.status_code, reply.content) == (200, b"")


async def test_ready_with_documents():
    service = FakeService()
    service.library.put("default", "doc_1", "a.txt", "A")
    async with connect(service) as client:
        reply = await client.get("/readyz")
    assert (reply.status_code, reply.json()) == (200, {"status": "ready", "missing": []})


async def test_ready_without_documents_says_so():
    async with connect(FakeService()) as client:
        reply = await client.get("/readyz")
    assert (reply.status_code, reply.json()["status"]) == (200, "ready")
    assert reply.json()["missing"][0]["what"] == "documents"
    assert "'default'" in reply.json()["missing"][0]["message"]


async def test_not_ready_when_the_index_cannot_be_searched():
    service = FakeService()
    service.library.put("default", "doc_1", "a.txt", "A")
    service.retriever.error = FingerprintMismatch("The index was built with another embedder.")
    async with connect(service) as client:
        reply = await client.get("/readyz")
    assert (reply.status_code, reply.json()["status"]) == (503, "not_ready")
    assert reply.json()["missing"] == [{"what": "index", "message": "The index was built with another embedder."}]


async def test_not_ready_while_the_catalog_is_away():
    def away(*_):
        raise StoreError("The catalog cannot be read.")

    service = FakeService()
    service.keys.any_active = service.library.collections = away
    async with connect(service) as client:
        reply = await client.get("/readyz")
    assert (reply.status_code, reply.json()["status"]) == (503, "not_ready")
    assert reply.json()["missing"] == [{"what": "index", "message": "The catalog cannot be read."}]


async def test_metrics_count_by_template_and_outcome():
    service = FakeService()
    service.library.put("default", "doc_1", "a.txt", "A")
    other = FakeService()
    async with connect(service) as client:
        await client.post("/v1/ask", json={"question": "Wann?"})
        service.asker.script = abstention
        await client.post("/v1/ask", json={"question": "Wann?", "stream": True})
        await client.get("/v1/documents/doc_1")
        await client.get("/v1/documents/doc_2")
        await client.get("/nothing/at/all")
        text = (await client.get("/metrics")).text
    async with connect(other) as client:
        fresh = (await client.get("/metrics")).text
    assert 'rag_answers_total{answerer="extractive",outcome="answered"} 1.0' in text
    assert 'rag_answers_total{answerer="extractive",outcome="insufficient_evidence"} 1.0' in text
    assert 'rag_http_requests_total{method="GET",route="/v1/documents/{document_id}",status="200"} 1.0' in text
    assert 'rag_http_requests_total{method="GET",route="/v1/documents/{document_id}",status="404"} 1.0' in text
    assert 'rag_http_requests_total{method="GET",route="unmatched",status="404"} 1.0' in text
    assert "doc_1" not in text
    assert "rag_http_requests_open 1.0" in text
    assert "rag_answers_total{" not in fresh
