import io
import json
import logging
import signal
import threading

import httpx
import openai
import pytest
import structlog

from rag_service.api import logs
from rag_service.api.app import create_app, routed
from rag_service.api.serve import _Server, address, bind, config, signals_end_quietly, thread_count, warm_up
from rag_service.errors import FingerprintMismatch, SettingsError
from rag_service.settings import Settings
from tests.fakes import FakeService


@pytest.fixture
def stream():
    """What is logged; the root logger is put back as it was."""
    root = logging.getLogger()
    before, level = root.handlers, root.level
    yield io.StringIO()
    root.handlers = before
    root.setLevel(level)


def test_lines_are_json_where_no_one_watches(stream):
    logs.configure("info", "auto", stream)
    log = structlog.get_logger("rag_service.api")
    with structlog.contextvars.bound_contextvars(request_id="r1"):
        log.info("request", path="/ä")
        log.debug("not this")
    logging.getLogger("uvicorn.error").info("nor this")
    logging.getLogger("uvicorn.error").warning("but this")
    first, second = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert (first["event"], first["path"], first["request_id"], first["level"]) == ("request", "/ä", "r1", "info")
    assert (second["event"], second["level"]) == ("but this", "warning")


def test_streamed_pieces_are_not_logged(stream):
    logs.configure("debug", "json", stream)
    logging.getLogger("sse_starlette.sse").debug("chunk: %s", "data: geheim")
    assert stream.getvalue() == ""


def test_trace_is_logged_without_the_values_of_variables(stream):
    logs.configure("error", "console", stream)
    secret = "pass" + "word"
    try:
        raise ValueError(f"{len(secret)} characters")
    except ValueError:
        structlog.get_logger("rag_service.api").exception("unhandled error")
    assert "ValueError: 8 characters" in stream.getvalue()
    assert "password" not in stream.getvalue()


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("0.0.0.0", "http://127.0.0.1:80"),
        ("::", "http://[::1]:80"),
        ("::1", "http://[::1]:80"),
        ("192.0.2.7", "http://192.0.2.7:80"),
    ],
)
def test_address_is_one_that_this_machine_reaches(host, url):
    assert address(host, 80) == url


def test_port_0_picks_a_free_one():
    with bind("127.0.0.1", 0) as listener:
        assert listener.getsockname()[1] > 0
        with pytest.raises(SettingsError, match="Cannot serve on 127.0.0.1"):
            bind("127.0.0.1", listener.getsockname()[1])


@pytest.mark.parametrize("host", ["no.such.host.invalid", "203.0.113.7"])
def test_address_that_is_not_ours_is_one_clear_error(host):
    with pytest.raises(SettingsError, match=f"Cannot serve on {host}:0"):
        bind(host, 0)


def test_clients_let_go_of_an_idle_connection_first():
    kept = config(routed()).timeout_keep_alive
    assert kept > 60  # nginx, towards what it stands before
    assert kept > (httpx.Limits().keepalive_expiry or 0)
    assert kept > (openai.DEFAULT_CONNECTION_LIMITS.keepalive_expiry or 0)


def test_signals_after_the_end_do_nothing():
    before = signal.getsignal(signal.SIGINT)
    with signals_end_quietly():
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_warming_up_searches_once_and_logs_what_is_missing(stream):
    service = FakeService()
    service.library.put("default", "doc_1", "a.txt", "A")
    app = create_app(service)
    warm_up(app)
    assert len(service.retriever.searched) == 1
    service.retriever.error = FingerprintMismatch("Built with another embedder.")
    logs.configure("info", "json", stream)
    warm_up(app)
    assert "Built with another embedder." in stream.getvalue()


def test_a_server_does_not_wait_for_the_endpoint_of_its_embeddings_before_it_answers():
    service = FakeService(settings=Settings.model_validate({"embedding": {"provider": "openai"}}))
    service.library.put("default", "doc_1", "a.txt", "A")
    warm_up(create_app(service))
    assert service.retriever.searched == []


def test_what_would_be_tried_again_is_called_off_when_the_server_stops():
    service = FakeService()
    app = create_app(service)

    def soon():
        threading.Timer(0.2, lambda: setattr(server, "should_exit", True)).start()

    server = _Server(config(app), 2, soon, app.state.wiring.stopping, service.stop)
    with bind("127.0.0.1", 0) as listener:
        server.run(sockets=[listener])
    assert service.stopped


def test_there_are_more_threads_where_they_wait_for_others():
    alone = thread_count(Settings())
    assert alone >= 2
    for remote in ({"chroma": {"host": "db"}}, {"embedding": {"provider": "openai"}}):
        assert thread_count(Settings.model_validate(remote)) > alone
    assert thread_count(Settings.model_validate({"server": {"threads": 1}})) == 1


@pytest.mark.parametrize(("proxy", "scheme"), [("10.1.2.3", "https"), ("192.0.2.7", "http")])
async def test_a_proxy_that_is_named_says_how_it_was_asked(monkeypatch, proxy, scheme):
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "127.0.0.1,10.0.0.0/8")
    served = config(create_app(with_open_door()))
    served.load()
    transport = httpx.ASGITransport(served.loaded_app, client=(proxy, 5))
    body = {"model": "rag/default", "messages": [{"role": "user", "content": "Wann?"}]}
    headers = {"X-Forwarded-Proto": "https"}
    async with httpx.AsyncClient(transport=transport, base_url="http://rag.example", headers=headers) as client:
        reply = await client.post("/v1/chat/completions", json=body)
    cited = reply.json()["choices"][0]["message"]["annotations"][0]["url_citation"]["url"]
    assert cited.startswith(f"{scheme}://rag.example/documents/")


def with_open_door():
    service = FakeService()
    server = service.settings.server.model_copy(update={"allow_unauthenticated": True})
    service.settings = service.settings.model_copy(update={"server": server})
    return service
