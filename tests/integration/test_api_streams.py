"""What only a real connection shows: clients that leave, slow streams, blocked threads."""

import asyncio
import statistics
import threading
import time

import httpx
import pytest

from tests.fakes import FakeService
from tests.serving import parse_events, served

QUESTION = {"question": "Wann kam Kim nach Wladiwostok?"}


@pytest.fixture
def service():
    return FakeService()


def eventually(condition, seconds=3.0):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/chat/completions"])
@pytest.mark.parametrize("stream", [True, False])
def test_client_that_leaves_stops_the_work(service, path, stream):
    service.asker.delay = 2.0 if stream else 20.0
    body = QUESTION | {"stream": stream}
    if path.startswith("/v1/chat"):
        body = {"model": "rag/default", "messages": [{"role": "user", "content": "Wann?"}], "stream": stream}
    with served(service) as url, httpx.Client(base_url=url, timeout=httpx.Timeout(20, read=3)) as client:
        if stream:
            with client.stream("POST", path, json=body, timeout=20) as reply:
                assert next(reply.iter_lines()).startswith(("event: passages", "data: "))
        else:
            with pytest.raises(httpx.ReadTimeout):
                client.post(path, json=body)
        assert len(service.asker.asked) == 1
        assert eventually(lambda: service.asker.closed == 1, 4.0)
        assert "rag_answers_total{" not in client.get("/metrics").text


def test_client_that_leaves_is_counted_as_such(service):
    service.asker.delay = 20.0
    with served(service) as url, httpx.Client(base_url=url, timeout=20) as client:
        with pytest.raises(httpx.ReadTimeout):
            client.post("/v1/ask", json=QUESTION, timeout=httpx.Timeout(20, read=2))
        line = 'rag_http_requests_total{method="POST",route="/v1/ask",status="499"} 1.0'
        assert eventually(lambda: line in client.get("/metrics").text)


def test_first_event_comes_before_the_rest_is_ready(service):
    service.asker.delay = 1.0
    with served(service) as url, httpx.Client(base_url=url, timeout=10) as client:
        started = time.monotonic()
        with client.stream("POST", "/v1/ask", json=QUESTION | {"stream": True}) as reply:
            lines = reply.iter_lines()
            assert next(lines) == "event: passages"
            first = time.monotonic() - started
            rest = "\n".join(lines)
    assert time.monotonic() - started > first + 2.0
    assert "event: done" in rest


def test_upload_without_a_length_is_cut_off_at_the_limit(service):
    service.settings = service.settings.model_copy(
        update={"server": service.settings.server.model_copy(update={"max_upload_mb": 0.1})}
    )

    def chunks():
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
        for _ in range(200):
            yield b"x" * 10_000

    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    with served(service) as url, httpx.Client(base_url=url, timeout=10) as client:
        reply = client.post("/v1/documents", content=chunks(), headers=headers)
    assert (reply.status_code, reply.json()["code"]) == (413, "request_too_large")
    assert service.library.uploads == []


def test_alive_while_every_thread_is_blocked(service):
    service.library.put("default", "doc_1", "a.txt", "A")
    service.library.block = 4.0
    with served(service) as url, httpx.Client(base_url=url, timeout=20) as client:
        waiting = [
            threading.Thread(target=httpx.get, args=(f"{url}/v1/documents/doc_1",), kwargs={"timeout": 60})
            for _ in range(20)
        ]
        for thread in waiting:
            thread.start()
        time.sleep(1.0)
        started = time.monotonic()
        assert client.get("/healthz").json() == {"status": "ok"}
        assert client.get("/").status_code == 200
        assert time.monotonic() - started < 2.5
        for thread in waiting:
            thread.join()


async def test_two_hundred_slow_streams_stay_open_beside_health(service):
    service.asker.delay = 2.0

    async def follow(client):
        reply = await client.post("/v1/ask", json=QUESTION | {"stream": True})
        return [name for name, _ in parse_events(reply.text)]

    with served(service) as url:
        limits = httpx.Limits(max_connections=300)
        async with httpx.AsyncClient(base_url=url, timeout=60, limits=limits) as client:
            following = []
            for _ in range(200):
                following.append(asyncio.create_task(follow(client)))
                await asyncio.sleep(0.01)
            while len(service.asker.asked) < 200:
                await asyncio.sleep(0.05)
            took = []
            for _ in range(10):
                started = time.monotonic()
                assert (await client.get("/healthz")).status_code == 200
                took.append(time.monotonic() - started)
                await asyncio.sleep(0.1)
            ended = await asyncio.gather(*following)
    assert all(names == ["passages", "delta", "citation", "done"] for names in ended)
    assert statistics.median(took) < 1.0
    assert service.asker.closed == 200
