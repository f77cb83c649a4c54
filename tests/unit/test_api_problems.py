import pytest

from rag_service.errors import ModelRateLimited
from tests.fakes import FakeService
from tests.serving import connect


@pytest.fixture
def service():
    return FakeService()


@pytest.mark.parametrize(
    ("method", "path", "options", "status", "code"),
    [
        ("GET", "/nothing", {}, 404, "not_found"),
        ("GET", "/v1/documents/doc_x", {}, 404, "unknown_document"),
        ("GET", "/v1/jobs/job_x", {}, 404, "unknown_job"),
        ("GET", "/v1/jobs/job_x/events", {}, 404, "unknown_job"),
        ("GET", "/v1/ask", {}, 405, "method_not_allowed"),
        ("POST", "/v1/ask", {"content": "x"}, 415, "unsupported_media_type"),
        (
            "POST",
            "/v1/ask",
            {"content": "q=x", "headers": {"content-type": "text/plain"}},
            415,
            "unsupported_media_type",
        ),
        (
            "POST",
            "/v1/ask",
            {"content": "{", "headers": {"content-type": "application/json"}},
            400,
            "malformed_json",
        ),
        ("POST", "/v1/ask", {"json": []}, 422, "invalid_request"),
        ("POST", "/v1/documents", {"content": "x"}, 415, "unsupported_media_type"),
        ("GET", "/v1/documents?limit=0", {}, 422, "invalid_request"),
        ("GET", "/static/nothing.js", {}, 404, "not_found"),
        ("GET", "/static/%00", {}, 404, "not_found"),
    ],
)
async def test_every_refusal_is_a_problem(service, method, path, options, status, code):
    async with connect(service) as client:
        reply = await client.request(method, path, **options)
    assert reply.status_code == status
    assert reply.headers["content-type"] == "application/problem+json"
    problem = reply.json()
    assert problem["status"] == status
    assert problem["code"] == code
    assert problem["type"] == f"urn:rag-service:problem:{code}"
    assert problem["instance"] == path.partition("?")[0].replace("%00", "\0")
    assert problem["title"]
    assert problem["detail"]
    assert problem["request_id"] == reply.headers["x-request-id"]


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/v1/ask", "POST"),
        ("/v1/documents", "GET, POST"),
        ("/v1/documents/doc_1", "DELETE, GET"),
        ("/v1/collections", "GET, POST"),
        ("/v1/models/rag/default", "GET"),
        ("/", "GET, HEAD"),
        ("/openapi.json", "GET, HEAD"),
        ("/static/index.html", "GET, HEAD"),
    ],
)
async def test_method_not_allowed_names_what_is(service, path, allowed):
    async with connect(service) as client:
        reply = await client.put(path)
    assert (reply.status_code, reply.headers["allow"]) == (405, allowed)


async def test_unforeseen_error_is_a_problem_without_a_trace(service):
    service.asker.error = ZeroDivisionError("secret detail")
    async with connect(service) as client:
        reply = await client.post("/v1/ask", json={"question": "Wann?"}, headers={"X-Request-ID": "abc-1"})
        metrics = (await client.get("/metrics")).text
    assert reply.status_code == 500
    assert reply.json()["code"] == "internal_error"
    assert "abc-1" in reply.json()["detail"]
    assert "secret" not in reply.text
    assert "Traceback" not in reply.text
    assert 'rag_http_requests_total{method="POST",route="/v1/ask",status="500"} 1.0' in metrics


async def test_error_raised_on_purpose_keeps_its_status(service):
    service.asker.error = ModelRateLimited("The endpoint refuses for now.")
    async with connect(service) as client:
        reply = await client.post("/v1/ask", json={"question": "Wann?"})
    assert (reply.status_code, reply.json()["code"]) == (503, "model_rate_limited")


@pytest.mark.parametrize(("sent", "kept"), [("abc-1.2_X", True), ("a b", False), ("x" * 129, False), ("ä", False)])
async def test_request_id_is_taken_over_when_it_is_one(service, sent, kept):
    async with connect(service) as client:
        reply = await client.get("/healthz", headers={"X-Request-ID": sent.encode()})
    given = reply.headers["x-request-id"]
    assert (given == sent) is kept
    assert len(given) >= 9


async def test_body_over_the_limit_is_refused_while_it_is_read(service):
    service.settings = service.settings.model_copy(
        update={"server": service.settings.server.model_copy(update={"max_upload_mb": 0.01})}
    )
    sent = 0

    async def endless():
        nonlocal sent
        for _ in range(1000):
            sent += 1000
            yield b"x" * 1000

    async with connect(service) as client:
        reply = await client.post("/v1/documents", content=endless(), headers={"content-type": "application/json"})
    assert "content-length" not in reply.request.headers
    assert (reply.status_code, reply.json()["code"]) == (413, "request_too_large")
    assert "RAG_SERVER__MAX_UPLOAD_MB" in reply.json()["detail"]
    assert sent < 20_000


async def test_question_may_not_be_as_large_as_a_document(service):
    body = b'{"question": "' + b"x" * 9_000_000 + b'"}'
    async with connect(service) as client:
        reply = await client.post("/v1/ask", content=body, headers={"content-type": "application/json"})
        chat = await client.post("/v1/chat/completions", content=body, headers={"content-type": "application/json"})
    assert (reply.status_code, reply.json()["code"]) == (413, "request_too_large")
    assert (chat.status_code, chat.json()["error"]["code"]) == (413, "request_too_large")


async def test_responses_carry_security_headers(service):
    async with connect(service) as client:
        replies = [await client.get(path) for path in ("/", "/v1/collections", "/nothing", "/documents/doc_1")]
        docs = await client.get("/docs")
    for reply in replies:
        policy = reply.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.headers["referrer-policy"] == "no-referrer"
    assert "script-src" not in docs.headers["content-security-policy"]
    assert "style-src 'self' 'unsafe-inline'" in docs.headers["content-security-policy"]
    assert replies[1].headers["cache-control"] == "no-store"
