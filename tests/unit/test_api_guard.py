import asyncio
import threading
import time

import pytest
from starlette.datastructures import Headers

from rag_service.api.auth import is_loopback_host, refuse_foreign_origin, refuse_other_machines
from rag_service.api.middleware import KEY_STATE_SECONDS
from rag_service.api.serve import refuse_open_door
from rag_service.errors import Forbidden, SettingsError, StoreError, Unauthorized
from tests.fakes import FakeService
from tests.serving import connect

QUESTION = {"question": "Wann?"}


def with_server(**changes):
    service = FakeService()
    server = service.settings.server.model_copy(update=changes)
    service.settings = service.settings.model_copy(update={"server": server})
    return service


@pytest.fixture
def keyed():
    service = FakeService()
    service.library.put("press", "doc_p", "p.txt", "Presse")
    service.library.put("board", "doc_b", "b.txt", "Vorstand")
    service.keys.add("all-write", write=True)
    service.keys.add("press-read", "press")
    service.keys.add("press-write", "press", write=True)
    return service


def bearer(secret):
    return {"Authorization": f"Bearer {secret}"}


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "app.localhost:1", "[::1]:8000", "127.9.9.9"])
async def test_without_keys_a_loopback_name_is_served(host):
    async with connect(FakeService()) as client:
        reply = await client.post("/v1/ask", json=QUESTION, headers={"Host": host})
    assert reply.status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8000", "10.0.0.5", "", "[", "localhost.evil"])
@pytest.mark.parametrize("path", ["/", "/healthz", "/v1/collections"])
async def test_without_keys_another_name_is_refused(host, path):
    async with connect(FakeService()) as client:
        reply = await client.get(path, headers={"Host": host})
    assert (reply.status_code, reply.json()["code"]) == (403, "forbidden")


async def test_another_name_is_served_when_the_operator_says_so():
    async with connect(with_server(allow_unauthenticated=True)) as client:
        reply = await client.post("/v1/ask", json=QUESTION, headers={"Host": "rag.example"})
    assert reply.status_code == 200


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (None, 200),
        ("http://127.0.0.1:8000", 200),
        ("http://127.0.0.1:9000", 403),
        ("https://evil.example", 403),
        ("null", 403),
        ("http://[", 403),
        ("http://friend.example", 200),
    ],
)
async def test_post_from_another_sites_page_is_refused(origin, status):
    headers = {} if origin is None else {"Origin": origin}
    async with connect(with_server(cors_origins=["http://friend.example"])) as client:
        reply = await client.post("/v1/ask", json=QUESTION, headers=headers)
    assert reply.status_code == status


@pytest.mark.parametrize("secret", [None, "all-write"])
async def test_pages_of_all_origins_may_call_when_the_operator_says_so(keyed, secret):
    service = with_server(cors_origins=["*"])
    service.keys = keyed.keys if secret else service.keys
    headers = {"Origin": "https://app.example"} | (bearer(secret) if secret else {})
    ask = {"Origin": "https://app.example", "Access-Control-Request-Method": "POST"}
    async with connect(service) as client:
        asked = await client.options("/v1/ask", headers=ask | {"Access-Control-Request-Headers": "authorization"})
        reply = await client.post("/v1/ask", json=QUESTION, headers=headers)
    for answered in (asked, reply):
        assert (answered.status_code, answered.headers["access-control-allow-origin"]) == (200, "*")
        assert "access-control-allow-credentials" not in answered.headers
    assert "authorization" in asked.headers["access-control-allow-headers"]


def test_default_ports_are_the_same_origin():
    refuse_foreign_origin(Headers({"origin": "https://rag.example", "host": "rag.example:443"}), ())
    with pytest.raises(Forbidden):
        refuse_foreign_origin(Headers({"origin": "https://rag.example", "host": "rag.example:444"}), ())


async def test_allowed_origin_gets_cors_headers_and_others_do_not():
    ask = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type,x-stainless-retry-count,x-stainless-os",
    }
    async with connect(with_server(cors_origins=["http://friend.example"])) as client:
        friend = await client.options("/v1/ask", headers=ask | {"Origin": "http://friend.example"})
        other = await client.options("/v1/ask", headers=ask | {"Origin": "http://evil.example"})
    assert (friend.status_code, friend.headers["access-control-allow-origin"]) == (200, "http://friend.example")
    assert "x-stainless-retry-count" in friend.headers["access-control-allow-headers"]
    assert "access-control-allow-credentials" not in friend.headers
    assert "access-control-allow-origin" not in other.headers


@pytest.mark.parametrize(
    "header", ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Forwarded"]
)
async def test_without_keys_what_a_proxy_passes_on_is_refused_even_if_it_claims_to_be_local(keyed, header):
    headers = {header: "127.0.0.1"}
    async with connect(FakeService(), headers=headers) as client:
        replies = [await client.get("/v1/collections"), await client.post("/v1/ask", json=QUESTION)]
    async with connect(keyed, headers=headers | bearer("press-read")) as client:
        keyed_reply = await client.get("/v1/collections")
    async with connect(with_server(allow_unauthenticated=True), headers=headers) as client:
        open_reply = await client.get("/v1/collections")
    assert [reply.status_code for reply in replies] == [401, 401]
    assert (keyed_reply.status_code, open_reply.status_code) == (200, 200)


def test_other_machines_are_refused_once_no_key_is_left():
    refuse_other_machines(("127.0.0.1", 5))
    with pytest.raises(Unauthorized):
        refuse_other_machines(("192.168.1.4", 5))


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Basic abc"}, {"Authorization": "Bearer "}, bearer("wrong")])
async def test_with_keys_the_api_wants_one(keyed, headers):
    async with connect(keyed) as client:
        for path in ("/v1/collections", "/v1/documents/doc_p/content", "/metrics", "/v1/nothing"):
            reply = await client.get(path, headers=headers)
            assert (reply.status_code, reply.json()["code"]) == (401, "unauthorized")
            assert reply.headers["www-authenticate"] == "Bearer"
        chat = await client.get("/v1/models", headers=headers)
    assert (chat.status_code, chat.json()["error"]["type"]) == (401, "authentication_error")


async def test_with_keys_page_health_and_description_stay_open(keyed):
    async with connect(keyed) as client:
        for path in (
            "/",
            "/healthz",
            "/readyz",
            "/docs",
            "/openapi.json",
            "/static/js/main.js",
            "/documents/doc_p",
        ):
            assert (await client.get(path, headers={"Host": "rag.example"})).status_code == 200


async def test_key_reaches_only_its_collections(keyed):
    async with connect(keyed, headers=bearer("press-read")) as client:
        listed = (await client.get("/v1/collections")).json()
        models = (await client.get("/v1/models")).json()["data"]
        own = await client.get("/v1/documents/doc_p")
        other = await client.get("/v1/documents/doc_b/content")
        unknown = await client.get("/v1/documents/doc_z/content")
        asked = await client.post("/v1/ask", json=QUESTION | {"collection": "board"})
        searched = await client.post("/v1/search", json={"query": "x", "collection": "board"})
    assert [item["name"] for item in listed["data"]] == ["press"]
    assert (listed["default"], listed["scope"]) == (None, ["press"])
    assert [item["id"] for item in models] == ["rag/press"]
    assert own.json()["source"] == "p.txt"
    assert (other.status_code, other.json()["code"]) == (404, "unknown_document")
    assert other.json()["detail"].replace("doc_b", "doc_z") == unknown.json()["detail"]
    assert (asked.status_code, searched.status_code) == (403, 403)
    assert keyed.asker.asked == []


async def test_a_limited_key_is_told_the_collections_that_are_to_be_made(keyed):
    keyed.keys.add("more", "press", "soon", write=True)
    async with connect(keyed) as client:
        limited = (await client.get("/v1/collections", headers=bearer("more"))).json()
        free = (await client.get("/v1/collections", headers=bearer("all-write"))).json()
    assert [item["name"] for item in limited["data"]] == ["press"]
    assert (limited["default"], limited["scope"]) == (None, ["press", "soon"])
    assert (free["default"], free["scope"]) == ("default", None)


async def test_reading_key_changes_nothing(keyed):
    async with connect(keyed, headers=bearer("press-read")) as client:
        replies = [
            await client.post("/v1/documents?collection=press", json={"source": "a.txt", "text": "A"}),
            await client.delete("/v1/documents/doc_p"),
            await client.delete("/v1/collections/press"),
            await client.post("/v1/collections", json={"name": "press2"}),
        ]
    assert [reply.status_code for reply in replies] == [403, 403, 403, 403]
    assert "doc_p" in keyed.library.stored
    assert keyed.library.uploads == []


async def test_writing_key_changes_its_collections_only(keyed):
    async with connect(keyed, headers=bearer("press-write")) as client:
        own = await client.post("/v1/documents?collection=press", json={"source": "a.txt", "text": "A"})
        other = await client.post("/v1/documents?collection=board", json={"source": "a.txt", "text": "A"})
        foreign = await client.delete("/v1/documents/doc_b")
    assert (own.status_code, other.status_code, foreign.status_code) == (202, 403, 404)


async def test_jobs_of_other_collections_do_not_show(keyed):
    async with connect(keyed) as client:
        job = await client.post(
            "/v1/documents?collection=board",
            json={"source": "a.txt", "text": "A"},
            headers=bearer("all-write"),
        )
        path = f"/v1/jobs/{job.json()['id']}"
        assert (await client.get(path, headers=bearer("all-write"))).status_code == 200
        assert (await client.get(path, headers=bearer("press-read"))).status_code == 404


async def test_key_made_while_the_server_runs_closes_the_door():
    service = FakeService()
    async with connect(service) as client:
        assert (await client.get("/v1/collections")).status_code == 200
        service.keys.add("first")
        await asyncio.sleep(KEY_STATE_SECONDS + 0.05)
        assert (await client.get("/v1/collections")).status_code == 401


@pytest.mark.parametrize(("name", "loopback"), [("LOCALHOST.", True), ("::1", True), ("0.0.0.0", False), ("", False)])
def test_loopback_names(name, loopback):
    assert is_loopback_host(name) is loopback


def test_open_door_is_refused():
    with pytest.raises(SettingsError, match="rag-service keys create"):
        refuse_open_door(FakeService(), "0.0.0.0")
    refuse_open_door(FakeService(), "127.0.0.1")
    refuse_open_door(with_server(allow_unauthenticated=True), "0.0.0.0")
    keyed = FakeService()
    keyed.keys.add("k")
    refuse_open_door(keyed, "0.0.0.0")


async def test_without_a_catalog_the_process_is_alive_and_all_else_is_a_problem():
    def away():
        raise StoreError("The catalog cannot be read: connection refused")

    service = FakeService()
    service.keys.asked = away
    async with connect(service) as client:
        assert (await client.get("/healthz")).json() == {"status": "ok"}
        for path in ("/v1/collections", "/"):
            reply = await client.get(path)
            assert (reply.status_code, reply.json()["code"]) == (503, "index_error")
            assert "connection refused" in reply.json()["detail"]


async def test_a_catalog_that_hangs_does_not_keep_health_waiting():
    released = threading.Event()
    service = FakeService()
    service.keys.asked = lambda: released.wait(20)
    async with connect(service) as client:
        started = time.monotonic()
        reply = await client.get("/healthz")
    released.set()
    assert reply.json() == {"status": "ok"} and time.monotonic() - started < 10
