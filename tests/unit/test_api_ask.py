import pytest

from rag_service.errors import ModelTimeout, UnknownCollection
from rag_service.models import PromptInfo, Turn, Usage
from tests.fakes import TEXT, FakeService, abstention, answer, passage
from tests.serving import connect, parse_events

QUESTION = "Wann kam Kim nach Wladiwostok?"


@pytest.fixture
def service():
    return FakeService()


async def test_answer_has_every_field_of_the_contract(service):
    async with connect(service) as client:
        reply = await client.post("/v1/ask", json={"question": QUESTION})
    assert reply.status_code == 200
    body = reply.json()
    sentence = TEXT[:46]
    assert body["object"] == "answer"
    assert (body["answered"], body["abstention"]) == (True, None)
    assert body["answer"] == f"{sentence} [1]"
    assert body["statements"] == [
        {"text": sentence, "start_index": 0, "end_index": 46, "citations": [1], "supported": True}
    ]
    assert body["citations"] == [
        {
            "number": 1,
            "type": "char_location",
            "document_id": "doc_1",
            "source": "notes/besuch.txt",
            "title": "Besuch",
            "published": "2019-04-25",
            "cited_text": sentence,
            "start_char_index": 0,
            "end_char_index": 46,
            "start_line": 1,
            "end_line": 1,
            "start_page_number": None,
            "end_page_number": None,
            "verified": True,
            "score": 0.8,
            "url": "/documents/doc_1#char=0,46",
        }
    ]
    found = body["passages"][0]
    assert (found["start_char_index"], found["end_char_index"]) == (0, len(TEXT))
    assert (found["rank"], found["score"], found["dense_score"], found["lexical_score"]) == (
        1,
        0.9,
        0.88,
        12.5,
    )
    assert body["timings"] == {"retrieve_ms": 12.0, "answer_ms": 30.0, "total_ms": 43.0}
    assert (body["answerer"], body["model"], body["prompt"], body["usage"], body["warnings"]) == (
        "extractive",
        None,
        None,
        None,
        [],
    )


async def test_abstention_carries_its_reason_and_the_passages_looked_at(service):
    service.asker.script = abstention
    async with connect(service) as client:
        body = (await client.post("/v1/ask", json={"question": QUESTION})).json()
    assert body["answered"] is False
    assert body["abstention"]["reason"] == "insufficient_evidence"
    assert body["answer"] == body["abstention"]["message"]
    assert len(body["passages"]) == 1


async def test_prompt_and_usage_of_a_model_are_reported(service):
    prompt = PromptInfo("answer", "3", "ab" * 32)
    service.asker.script = lambda ask: answer(ask, answerer="llm", model="m", prompt=prompt, usage=Usage(100, 20, 0.5))
    async with connect(service) as client:
        body = (await client.post("/v1/ask", json={"question": QUESTION})).json()
        metrics = (await client.get("/metrics")).text
    assert body["prompt"] == {"name": "answer", "version": "3", "sha256": "ab" * 32}
    assert body["usage"] == {"prompt_tokens": 100, "completion_tokens": 20, "cost": 0.5}
    assert 'rag_llm_tokens_total{kind="prompt"} 100.0' in metrics
    assert "rag_llm_cost_total 0.5" in metrics


async def test_request_reaches_the_ask_path_unchanged(service):
    request = {
        "question": QUESTION,
        "collection": "press",
        "history": [{"role": "user", "content": "Hallo"}, {"role": "assistant", "content": "Guten Tag"}],
        "filters": {"published": {"$gte": "2019"}},
        "top_k": 3,
        "answerer": "extractive",
    }
    async with connect(service) as client:
        await client.post("/v1/ask", json=request)
    asked = service.asker.asked[0]
    assert (asked.question, asked.collection, asked.top_k, asked.answerer) == (
        QUESTION,
        "press",
        3,
        "extractive",
    )
    assert asked.history == (Turn("user", "Hallo"), Turn("assistant", "Guten Tag"))
    assert asked.filters == {"published": {"$gte": "2019"}}


async def test_stream_tells_the_same_answer_in_order(service):
    async with connect(service) as client:
        plain = (await client.post("/v1/ask", json={"question": QUESTION})).json()
        reply = await client.post("/v1/ask", json={"question": QUESTION, "stream": True})
    assert reply.headers["content-type"].startswith("text/event-stream")
    events = parse_events(reply.text)
    assert [name for name, _ in events] == ["passages", "delta", "citation", "done"]
    assert events[0][1]["passages"] == plain["passages"]
    assert "".join(data["text"] for name, data in events if name == "delta") == plain["answer"]
    assert events[2][1] == plain["citations"][0]
    assert events[-1][1] == plain


@pytest.mark.parametrize("stream", [False, True])
async def test_error_before_the_first_event_keeps_its_status(service, stream):
    service.asker.error = UnknownCollection("There is no collection named 'x'.")
    async with connect(service) as client:
        reply = await client.post("/v1/ask", json={"question": QUESTION, "stream": stream})
    assert reply.status_code == 404
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json()["code"] == "unknown_collection"


async def test_error_after_the_first_event_is_an_event(service):
    service.asker.error, service.asker.fail_after = ModelTimeout("No reply within 5 s."), 1
    async with connect(service) as client:
        reply = await client.post("/v1/ask", json={"question": QUESTION, "stream": True})
        metrics = (await client.get("/metrics")).text
    events = parse_events(reply.text)
    assert [name for name, _ in events] == ["passages", "error"]
    problem = events[-1][1]
    assert (problem["status"], problem["code"], problem["detail"]) == (
        504,
        "model_timeout",
        "No reply within 5 s.",
    )
    assert problem["request_id"] == reply.headers["x-request-id"]
    assert 'rag_answer_failures_total{code="model_timeout"} 1.0' in metrics


async def test_unforeseen_error_in_a_stream_shows_no_internals(service):
    service.asker.error, service.asker.fail_after = ZeroDivisionError("secret detail"), 2
    async with connect(service) as client:
        reply = await client.post("/v1/ask", json={"question": QUESTION, "stream": True})
    name, problem = parse_events(reply.text)[-1]
    assert (name, problem["status"], problem["code"]) == ("error", 500, "internal_error")
    assert "secret" not in reply.text


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"question": ""}, "question"),
        ({"question": "x" * 4001}, "question"),
        ({"question": "\ud800"}, "question"),
        ({"question": 7}, "question"),
        ({"top_k": 0}, "top_k"),
        ({"top_k": 51}, "top_k"),
        ({"answerer": "oracle"}, "answerer"),
        ({"collection": "../x"}, "collection"),
        ({"history": [{"role": "system", "content": "x"}]}, "history.0.role"),
        ({"filters": {"source": "\udfff"}}, "filters"),
        ({"filters": [{"a": ["\udfff"]}]}, "filters"),
        ({"topk": 3}, "topk"),
    ],
)
async def test_invalid_field_is_named(service, change, field):
    import json

    content = json.dumps({"question": QUESTION} | change)
    async with connect(service) as client:
        reply = await client.post("/v1/ask", content=content, headers={"content-type": "application/json"})
    assert reply.status_code == 422
    problem = reply.json()
    assert problem["errors"][0]["field"] == field
    assert problem["detail"].startswith(field)
    assert service.asker.asked == []


@pytest.mark.parametrize("question", ["   ", "?!…", "🚂🚂"])
async def test_question_without_a_word_is_refused(service, question):
    async with connect(service) as client:
        reply = await client.post("/v1/ask", json={"question": question})
    assert (reply.status_code, reply.json()["code"]) == (422, "invalid_question")


async def test_search_returns_passages_with_their_scores(service):
    service.retriever.passages = (passage(rank=1), passage("Zweite Stelle.", rank=2, dense_score=None))
    request = {"query": "Gipfel", "top_k": 2, "mode": "lexical", "filters": {"source": {"$in": ["a.txt"]}}}
    async with connect(service) as client:
        body = (await client.post("/v1/search", json=request)).json()
    assert body["object"] == "list"
    assert [item["rank"] for item in body["data"]] == [1, 2]
    assert body["data"][1]["dense_score"] is None
    assert body["timings"]["retrieve_ms"] == 1.5
    assert service.retriever.searched == [
        {
            "collection": "default",
            "query": "Gipfel",
            "filters": {"source": {"$in": ["a.txt"]}},
            "top_k": 2,
            "mode": "lexical",
        }
    ]


async def test_search_refuses_a_query_without_a_word(service):
    async with connect(service) as client:
        reply = await client.post("/v1/search", json={"query": "..."})
    assert (reply.status_code, reply.json()["code"]) == (422, "invalid_question")


@pytest.mark.parametrize("query", ["", "x" * 4001, 7])
async def test_invalid_query_is_named(service, query):
    async with connect(service) as client:
        reply = await client.post("/v1/search", json={"query": query})
    assert reply.status_code == 422
    assert [error["field"] for error in reply.json()["errors"]] == ["query"]
    assert reply.json()["detail"].startswith("query: ")
