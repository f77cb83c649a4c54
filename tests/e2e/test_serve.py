"""`rag-service serve` as a process: how it starts, where it binds, how it stops."""

import json
import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.e2e.process import run, server
from tests.llm_server import LlmServer, saying, stating
from tests.serving import parse_events


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A data directory with one document."""
    folder = tmp_path_factory.mktemp("serve")
    documents = folder / "documents"
    documents.mkdir()
    (documents / "a.txt").write_text("Der Frachter Nordlicht lief am 3. Mai 2021 im Hafen von Emden ein.")
    done = run(folder / "data", "ingest", str(documents))
    assert done.returncode == 0, done.stderr
    return folder / "data"


def test_server_answers_tells_where_it_is_and_stops_in_time(data):
    with server(data) as (url, process):
        assert httpx.get(f"{url}/healthz").json() == {"status": "ok"}
        assert httpx.get(f"{url}/readyz").json() == {"status": "ready", "missing": []}
        assert json.loads((data / "owner.json").read_text())["url"] == url
        body = httpx.post(f"{url}/v1/ask", json={"question": "Wann lief die Nordlicht ein?"}, timeout=60).json()
        text = httpx.get(f"{url}/v1/documents/{body['citations'][0]['document_id']}/content").json()["text"]
        for citation in body["citations"]:
            assert text[citation["start_char_index"] : citation["end_char_index"]] == citation["cited_text"]
        started = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        assert time.monotonic() - started < 10
    assert not (data / "owner.json").exists()
    again = run(data, "documents", "list", "--json")
    assert json.loads(again.stdout)["data"][0]["source"] == "a.txt"


QUESTION = {"question": "Wann lief die Nordlicht ein?"}


def asked_while_stopping(data, llm, *bodies):
    """Ask at once, stop the server when the model is at work on all; the replies, seconds and the log."""
    with server(data, RAG_LLM__BASE_URL=llm.base_url, RAG_LLM__MODEL="scripted") as (url, process):
        with ThreadPoolExecutor(len(bodies)) as threads:
            asking = [threads.submit(httpx.post, f"{url}/v1/ask", json=body, timeout=60) for body in bodies]
            until = time.monotonic() + 60
            while llm.open < len(bodies) and time.monotonic() < until:
                time.sleep(0.05)
            time.sleep(0.5)
            process.send_signal(signal.SIGTERM)
            started = time.monotonic()
            replies = [each.result() for each in asking]
        assert process.wait(20) == 0
        took = time.monotonic() - started
    return replies, took, data.with_name("data.log").read_text()


def test_open_streams_are_finished_when_the_server_stops(data):
    text = "Der Frachter Nordlicht lief am 3. Mai 2021 im Hafen von Emden ein."
    with LlmServer(stating((text, [1]), delay=3.0)) as llm:
        (reply,), took, log = asked_while_stopping(data, llm, QUESTION | {"stream": True})
    assert parse_events(reply.text)[-1][0] == "done", reply.text
    assert parse_events(reply.text)[-1][1]["answered"]
    assert took < 7 and "Traceback" not in log


def test_what_takes_too_long_is_told_that_the_server_stops(data):
    with LlmServer(saying("Zu spät.", delay=30.0)) as llm:
        (stream, whole), took, log = asked_while_stopping(data, llm, QUESTION | {"stream": True}, QUESTION)
    name, problem = parse_events(stream.text)[-1]
    assert (name, problem["status"], problem["code"]) == ("error", 503, "stopping")
    assert (whole.status_code, whole.json()["code"]) == (503, "stopping")
    assert "is stopping" in whole.json()["detail"]
    assert took < 10 and "Traceback" not in log


def test_who_still_sends_a_file_is_told_that_the_server_stops(data):
    head = b"POST /v1/documents HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n"
    part = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
    with server(data) as (url, process), socket.create_connection(("127.0.0.1", httpx.URL(url).port)) as client:
        client.settimeout(20)
        client.sendall(head + b"Content-Type: multipart/form-data; boundary=b\r\n\r\n" + part)
        time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        started = time.monotonic()
        reply = b"".join(iter(lambda: client.recv(4096), b"")).decode()
        assert process.wait(20) == 0
        took = time.monotonic() - started
    assert reply.startswith("HTTP/1.1 503 ") and "application/problem+json" in reply and '"code":"stopping"' in reply
    log = data.with_name("data.log").read_text()
    assert took < 10 and "Traceback" not in log and "running task" not in log


def test_upload_and_stream_over_the_real_stores(data):
    with server(data) as (url, _), httpx.Client(base_url=url, timeout=60) as client:
        upload = {
            "source": "n/turm.txt",
            "text": "Der Leuchtturm von Pilsum ist elf Meter hoch.",
            "published": "2020-05",
        }
        first = client.post("/v1/documents?wait=true&collection=tuerme", json=upload)
        second = client.post("/v1/documents?wait=true&collection=tuerme", json=upload)
        listed = client.get("/v1/documents?collection=tuerme").json()["data"]
        reply = client.post(
            "/v1/ask",
            json={"question": "Wie hoch ist der Leuchtturm von Pilsum?", "collection": "tuerme", "stream": True},
        )
        searched = client.post(
            "/v1/search",
            json={"query": "Leuchtturm", "collection": "tuerme", "filters": {"published": {"$gte": "2020"}}},
        ).json()["data"]
        unknown = client.post("/v1/search", json={"query": "Turm", "filters": {"published": {"$like": "x"}}})
        elsewhere = client.post("/v1/ask", json={"question": "Was?", "collection": "nirgends"})
        gone = client.delete("/v1/collections/tuerme")
        left = [item["name"] for item in client.get("/v1/collections").json()["data"]]
    assert first.json()["documents"][0]["status"] == "added", first.text
    assert second.json()["documents"][0]["status"] == "unchanged"
    assert (listed[0]["source"], listed[0]["published"], listed[0]["chunks"]) == ("n/turm.txt", "2020-05", 1)
    events = parse_events(reply.text)
    assert events[0][0] == "passages"
    done = events[-1][1]
    assert done["answered"], done
    assert "elf Meter" in done["answer"]
    assert "".join(data["text"] for name, data in events if name == "delta") == done["answer"]
    assert searched[0]["source"] == "n/turm.txt"
    assert (unknown.status_code, unknown.json()["code"]) == (422, "invalid_filter")
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (404, "unknown_collection")
    assert gone.status_code == 200
    assert left == ["default"]


def test_other_commands_go_through_the_server_that_owns_the_data(data):
    with server(data):
        asked = run(data, "ask", "Wann lief die Nordlicht ein?", "--json")
    assert asked.returncode == 0, asked.stderr
    assert "3. Mai 2021" in json.loads(asked.stdout)["answer"]


def test_open_address_needs_a_key(tmp_path):
    refused = run(tmp_path / "data", "serve", "--host", "0.0.0.0", "--port", "0")
    assert refused.returncode == 1
    assert "rag-service keys create" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_key_of_the_command_line_opens_the_server(tmp_path):
    made = run(tmp_path / "data", "keys", "create", "reader")
    assert made.returncode == 0, made.stderr
    key = made.stdout.strip().splitlines()[-1]
    with server(tmp_path / "data", RAG_SERVER__HOST="0.0.0.0") as (url, _):
        assert httpx.get(f"{url}/v1/collections").status_code == 401
        with_key = {"Authorization": f"Bearer {key}"}
        assert httpx.get(f"{url}/v1/collections", headers=with_key).status_code == 200
        upload = httpx.post(f"{url}/v1/documents", json={"source": "a", "text": "A"}, headers=with_key)
        assert upload.status_code == 403


def test_taken_port_is_one_clear_line(data):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        refused = run(data, "serve", "--port", str(taken.getsockname()[1]))
    assert refused.returncode == 1
    assert "Cannot serve on 127.0.0.1" in refused.stderr
    assert "Traceback" not in refused.stderr
