"""What a server that stops says to requests that are still open."""

import asyncio
import time

import httpx
import pytest

from rag_service.api import logs
from rag_service.api.app import create_app
from rag_service.api.metrics import Metrics
from rag_service.api.middleware import RequestContext
from tests.fakes import FakeService

UPLOAD = {"source": "a.txt", "text": "A"}


@pytest.fixture
def service():
    return FakeService()


async def until_stopped(service, method, path, **options):
    """The reply to a request that is open when the server waits no longer, and the seconds until then."""
    logs.configure("critical", "json")
    app = create_app(service)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8000", timeout=20
    ) as client:
        asking = asyncio.ensure_future(client.request(method, path, **options))
        await asyncio.sleep(0.3)
        assert not asking.done()
        app.state.wiring.stopping.set()
        started = time.monotonic()
        reply = await asking
        took = time.monotonic() - started
    return reply, took, app.state.wiring.metrics.text().decode()


async def slowly():
    yield b'{"source": "a.txt", '
    await asyncio.sleep(10)
    yield b'"text": "A"}'


@pytest.mark.parametrize("path", ["/v1/documents", "/v1/search", "/v1/collections"])
async def test_who_still_sends_a_body_is_told(service, path):
    headers = {"content-type": "application/json"}
    reply, took, metrics = await until_stopped(service, "POST", path, content=slowly(), headers=headers)
    assert (reply.status_code, reply.json()["code"]) == (503, "stopping")
    assert reply.headers["content-type"] == "application/problem+json" and reply.headers["x-request-id"]
    assert took < 5 and f'route="{path}",status="503"' in metrics


async def test_who_still_sends_files_is_told(service):
    async def files():
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nA'
        await asyncio.sleep(10)
        yield b"\r\n--b--\r\n"

    headers = {"content-type": "multipart/form-data; boundary=b"}
    reply, took, _ = await until_stopped(service, "POST", "/v1/documents", content=files(), headers=headers)
    assert (reply.status_code, reply.json()["code"]) == (503, "stopping") and took < 5
    assert service.library.uploads == []


async def test_who_waits_for_a_call_that_blocks_is_told(service):
    service.library.block = 2.0
    reply, took, _ = await until_stopped(service, "GET", "/v1/documents/doc_1")
    assert (reply.status_code, reply.json()["code"]) == (503, "stopping") and took < 1.5


async def test_who_waits_for_a_job_or_an_answer_is_told(service):
    service.library.steps, service.asker.delay = 1000, 20.0
    job, _, _ = await until_stopped(service, "POST", "/v1/documents?wait=true", json=UPLOAD)
    answer, _, metrics = await until_stopped(service, "POST", "/v1/ask", json={"question": "Wann?"})
    chat = {"model": "rag/default", "messages": [{"role": "user", "content": "Wann?"}]}
    completion, _, _ = await until_stopped(service, "POST", "/v1/chat/completions", json=chat)
    assert [reply.status_code for reply in (job, answer, completion)] == [503] * 3
    assert 'rag_answer_failures_total{code="stopping"} 1.0' in metrics
    assert job.json()["code"] == answer.json()["code"] == completion.json()["error"]["code"] == "stopping"


async def begun(stopping):
    """A request whose response has begun, and what was sent of it."""
    sent = []

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await asyncio.sleep(20)

    async def send(message):
        sent.append(message["type"])

    scope = {"type": "http", "path": "/", "method": "GET", "headers": []}
    logs.configure("critical", "json")
    context = RequestContext(app, Metrics(), stopping)
    task = asyncio.ensure_future(context(scope, None, send))
    await asyncio.sleep(0.05)
    return task, sent


async def test_a_response_that_has_begun_is_left_to_end_and_then_broken_off():
    stopping = asyncio.Event()
    task, sent = await begun(stopping)
    stopping.set()
    await asyncio.sleep(0.3)
    assert not task.done()
    task.cancel()  # as uvicorn does at the very end; an error here would be a trace in the log
    await task
    assert sent == ["http.response.start"]


async def test_a_request_that_is_cancelled_while_the_server_goes_on_stays_cancelled():
    task, sent = await begun(asyncio.Event())
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert sent == ["http.response.start"]
