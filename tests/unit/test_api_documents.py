import pytest

from rag_service.models import Page, SourceText
from rag_service.settings import Settings
from tests.fakes import FakeService
from tests.serving import connect, parse_events


@pytest.fixture
def service():
    return FakeService()


def files(*named):
    return [("file", (name, content)) for name, content in named]


async def test_files_become_a_job_that_can_be_followed(service):
    async with connect(service) as client:
        reply = await client.post("/v1/documents", files=files(("a.txt", b"A"), ("sub/b.txt", b"B"), ("c.txt", b"")))
        job = reply.json()
        followed = await client.get(f"/v1/jobs/{job['id']}/events")
        later = (await client.get(f"/v1/jobs/{job['id']}")).json()
    assert reply.status_code == 202
    assert (job["object"], job["status"], job["progress"]) == ("job", "queued", {"done": 0, "total": 3})
    events = parse_events(followed.text)
    assert [name for name, _ in events] == ["job", "done"]
    assert events[-1][1] == later
    assert later["status"] == "succeeded"
    assert [(item["source"], item["status"], item["chunks"]) for item in later["documents"]] == [
        ("a.txt", "added", 1),
        ("sub/b.txt", "added", 1),
        ("c.txt", "failed", 0),
    ]
    assert later["documents"][2]["error"] == "c.txt: the file is empty"
    assert [upload.data for upload in service.library.uploads] == [b"A", b"B", b""]


async def test_job_is_called_off_unless_it_has_finished(service):
    service.library.steps = 50
    async with connect(service) as client:
        job = (await client.post("/v1/documents", files=files(("a.txt", b"A")))).json()
        cancelled = await client.post(f"/v1/jobs/{job['id']}/cancel")
        followed = parse_events((await client.get(f"/v1/jobs/{job['id']}/events")).text)
        done = (await client.post("/v1/documents?wait=true", files=files(("b.txt", b"B")))).json()
        late = await client.post(f"/v1/jobs/{done['id']}/cancel")
        unknown = await client.post("/v1/jobs/job_x/cancel")
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
    assert [name for name, _ in followed] == ["done"]
    assert late.json()["status"] == "succeeded"
    assert unknown.status_code == 404


async def test_text_is_stored_when_waited_for_and_unchanged_the_second_time(service):
    service.library.steps = 3
    document = {
        "source": "notes/a.md",
        "text": "# A",
        "metadata": {"author": "Redaktion", "pages": 3},
        "published": "2019-04",
    }
    async with connect(service) as client:
        first = await client.post("/v1/documents?wait=true&collection=press", json=document)
        second = await client.post("/v1/documents?wait=true&collection=press", json=document)
    assert (first.status_code, first.json()["status"]) == (200, "succeeded")
    assert first.json()["documents"][0]["status"] == "added"
    assert second.json()["documents"][0]["status"] == "unchanged"
    upload = service.library.uploads[0]
    assert (upload.source, upload.text, upload.published) == ("notes/a.md", "# A", "2019-04")
    assert upload.metadata == {"author": "Redaktion", "pages": 3}


@pytest.mark.parametrize("published", ["2019", "2019-04", "2019-02-28", "2019-04-23T08:44", "2019-04-23T08:44:01"])
async def test_date_may_be_as_precise_as_known(service, published):
    async with connect(service) as client:
        reply = await client.post("/v1/documents", json={"source": "a.txt", "text": "A", "published": published})
    assert reply.status_code == 202
    assert service.library.uploads[0].published == published


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"published": "23.04.2019"}, "published"),
        ({"published": "2019-13"}, "published"),
        ({"published": "2019-02-30"}, "published"),
        ({"published": "2019-04-23T25:00"}, "published"),
        ({"source": "../etc/passwd"}, "source"),
        ({"source": "/etc/passwd"}, "source"),
        ({"source": "a\nb.txt"}, "source"),
        ({"source": "C:\\x.txt"}, "source"),
        ({"source": " "}, "source"),
        ({"text": ""}, "text"),
        ({"metadata": {"a": {"b": 1}}}, "metadata.a"),
        ({"metadata": {"path": [1]}}, "metadata.path"),
        ({"metadat": {}}, "metadat"),
        ({"query": "x"}, "query"),
    ],
)
async def test_invalid_document_names_its_field(service, change, field):
    async with connect(service) as client:
        reply = await client.post("/v1/documents", json={"source": "a.txt", "text": "A"} | change)
    assert reply.status_code == 422
    assert reply.json()["errors"][0]["field"].startswith(field)
    assert service.library.uploads == []


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e999", "9" * 400])
async def test_numbers_that_cannot_be_given_back_are_refused(service, number):
    content = f'{{"source": "a.txt", "text": "A", "metadata": {{"x": {number}}}}}'
    async with connect(service) as client:
        reply = await client.post("/v1/documents", content=content, headers={"content-type": "application/json"})
    assert (reply.status_code, reply.json()["code"]) == (422, "invalid_request")
    assert reply.json()["errors"][0]["field"].startswith("metadata.x")
    assert service.library.uploads == []


async def test_lone_surrogates_never_reach_a_store(service):
    content = b'{"source": "a.txt", "text": "A", "metadata": {"x": "\\ud800"}}'
    async with connect(service) as client:
        reply = await client.post("/v1/documents", content=content, headers={"content-type": "application/json"})
    assert (reply.status_code, reply.json()["code"]) == (400, "malformed_json")
    assert service.library.uploads == []


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "//etc/./passwd"])
async def test_file_name_cannot_leave_its_place(service, name):
    async with connect(service) as client:
        reply = await client.post("/v1/documents", files=files((name, b"A")))
    assert reply.status_code == 202
    assert service.library.uploads[0].source == "etc/passwd"


@pytest.mark.parametrize(
    ("written", "source"),
    [
        ("Was %22heißt%22 das.txt", 'Was "heißt" das.txt'),
        ('Was \\"heißt\\" das.txt', 'Was "heißt" das.txt'),  # as curl writes it
        ("a%0D%0Ab.txt", "ab.txt"),
        ("%22", '"'),
        ("100 %25 %2e%2e%2F %0a.txt", "100 %25 %2e%2e%2F %0a.txt"),
    ],
)
async def test_file_names_are_read_as_forms_write_them(service, written, source):
    head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{written}"\r\n\r\nA\r\n--x--\r\n'
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    async with connect(service) as client:
        reply = await client.post("/v1/documents", content=head.encode(), headers=kind)
    assert reply.status_code == 202
    assert [(upload.source, upload.data) for upload in service.library.uploads] == [(source, b"A")]


async def test_names_of_json_sources_stay_as_they_are(service):
    async with connect(service) as client:
        await client.post("/v1/documents", json={"source": "a%22b.txt", "text": "A"})
    assert service.library.uploads[0].source == "a%22b.txt"


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (files(("..", b"A")), "is not a file name"),
        (files(("..\r\n", b"A")), "is not a file name"),
        (files(("a.txt", b"A"), ("./a.txt", b"B")), "more than once"),
        ([("file", (None, b"text"))], "at least one file"),
        ([("other", ("a.txt", b"A"))], "at least one file"),
    ],
)
async def test_files_that_cannot_be_named_are_refused(service, parts, said):
    async with connect(service) as client:
        reply = await client.post("/v1/documents", files=parts)
    assert reply.status_code == 422
    assert said in reply.json()["detail"]
    assert service.library.uploads == []


@pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary=x"])
async def test_broken_multipart_is_a_problem(service, kind):
    async with connect(service) as client:
        reply = await client.post("/v1/documents", content=b"--x\r\nnonsense", headers={"content-type": kind})
    assert reply.status_code in (400, 422)
    assert reply.headers["content-type"] == "application/problem+json"


async def test_documents_are_listed_page_by_page(service):
    for number in range(5):
        service.library.put("default", f"doc_{number}", f"{number}.txt", "A")
    async with connect(service) as client:
        first = (await client.get("/v1/documents?limit=2")).json()
        second = (await client.get("/v1/documents", params={"limit": 2, "after": first["next"]})).json()
        last = (await client.get("/v1/documents", params={"limit": 2, "after": second["next"]})).json()
        unknown = await client.get("/v1/documents?collection=nothing")
    assert [item["source"] for page in (first, second, last) for item in page["data"]] == [
        "0.txt",
        "1.txt",
        "2.txt",
        "3.txt",
        "4.txt",
    ]
    assert [page["has_more"] for page in (first, second, last)] == [True, True, False]
    assert last["next"] is None
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_collection")


async def test_document_and_its_content(service):
    service.library.put("default", "doc_1", "notes/a.txt", "Größe 🚂")
    service.library.texts["doc_1"] = SourceText("Größe 🚂", (Page(1, 0, 6), Page(2, 6, 7)))
    async with connect(service) as client:
        document = (await client.get("/v1/documents/doc_1")).json()
        content = (await client.get("/v1/documents/doc_1/content")).json()
    assert document == {
        "id": "doc_1",
        "object": "document",
        "collection": "default",
        "source": "notes/a.txt",
        "title": "a.txt",
        "published": "2019-04-25",
        "language": "de",
        "media_type": "text/plain",
        "sha256": "0" * 64,
        "characters": 7,
        "chunks": 1,
        "metadata": {"author": "Redaktion"},
        "created": 1,
        "updated": 2,
    }
    assert content == {
        "document_id": "doc_1",
        "text": "Größe 🚂",
        "pages": [
            {"number": 1, "start_char_index": 0, "end_char_index": 6},
            {"number": 2, "start_char_index": 6, "end_char_index": 7},
        ],
    }


async def test_deleted_document_is_gone(service):
    service.library.put("default", "doc_1", "a.txt", "A")
    async with connect(service) as client:
        reply = await client.delete("/v1/documents/doc_1")
        again = await client.delete("/v1/documents/doc_1")
    assert reply.json() == {"id": "doc_1", "object": "document", "deleted": True}
    assert again.status_code == 404
    assert service.library.stored == {}


async def test_collections_are_made_listed_and_deleted(service):
    service.library.put("default", "doc_1", "a.txt", "A")
    async with connect(service) as client:
        made = await client.post("/v1/collections", json={"name": "press"})
        twice = await client.post("/v1/collections", json={"name": "press"})
        listed = (await client.get("/v1/collections")).json()
        gone = await client.delete("/v1/collections/press")
        again = await client.delete("/v1/collections/press")
    assert (made.status_code, made.json()["name"], made.json()["documents"]) == (201, "press", 0)
    assert (twice.status_code, twice.json()["code"]) == (409, "conflict")
    assert [(item["name"], item["documents"]) for item in listed["data"]] == [("default", 1), ("press", 0)]
    assert listed["default"] == "default"
    assert gone.json() == {"id": "press", "object": "collection", "deleted": True}
    assert again.status_code == 404


async def test_the_list_of_collections_names_the_default_one_before_it_is_made(service):
    service.settings = Settings(collection="press")
    async with connect(service) as client:
        listed = (await client.get("/v1/collections")).json()
    assert (listed["default"], [item["name"] for item in listed["data"]]) == ("press", ["default"])


@pytest.mark.parametrize("name", ["", "a b", "-x", "../x", "ä", "x" * 64, "a\n", 7])
async def test_collection_name_is_explained_when_it_is_none(service, name):
    async with connect(service) as client:
        reply = await client.post("/v1/collections", json={"name": name})
    assert reply.status_code == 422
    assert reply.json()["errors"][0]["field"] == "name"
    assert set(service.library.names) == {"default"}
