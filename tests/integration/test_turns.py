"""Questions that wait: for a thread, or for a free place at the model; each gets an answer within its time."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from types import SimpleNamespace

import httpx
import pytest

from rag_service.answer.ask import Answerers, Asker, Standalone
from rag_service.answer.events import Ask
from rag_service.answer.generate import GenerativeAnswerer
from rag_service.models import DraftStatement, Quote, SourceText
from rag_service.ports import Evidence, Finished
from rag_service.prompts import load_prompt
from rag_service.retrieve.types import Retrieval
from rag_service.settings import Settings
from tests.fakes import TEXT, FakeService, passage
from tests.generate_kit import chat_model
from tests.llm_server import LlmServer, saying
from tests.serving import parse_events, served

NOTHING = Evidence("", "de", None, (), {})
QUESTION = "Wann traf Kim in Wladiwostok ein?"


class Extractive:
    name, model = "extractive", None

    async def draft(self, evidence):
        yield DraftStatement(TEXT[0:46], (Quote(evidence.passages[0], 0, 46, 0.8),))
        yield Finished()


def asker(retrieve=None, llm=None, timeout=20.0):
    def found(collection, query, /, *, filters, top_k):
        return Retrieval(Evidence(query, "de", None, (passage(),), {}), (), 1.0)

    return Asker(
        catalog=SimpleNamespace(
            count_chunks=lambda collection: 1,
            passages=lambda collection, chunk_ids: dict.fromkeys(chunk_ids, passage()),
            source_text=lambda version: SourceText(TEXT, ()),
        ),
        retrieve=retrieve or found,
        converse=SimpleNamespace(reply=lambda question, history: None, standalone=as_it_is),
        assess=lambda evidence: SimpleNamespace(confidence=0.9),
        threshold=0.5,
        answerers=Answerers(Extractive(), llm, "auto"),
        timeout=timeout,
    )


async def as_it_is(question, history, *, by_rule):
    return Standalone(question)


@contextmanager
def client_of(one):
    with served(FakeService(asker=one)) as url, httpx.Client(base_url=url, timeout=60) as client:
        yield client


def ask(client, **options):
    return client.post("/v1/ask", json={"question": QUESTION} | options)


@pytest.mark.parametrize("stream", [True, False])
def test_a_question_that_does_not_get_its_turn_is_told_so_in_time(stream):
    free = threading.Event()

    def retrieve(collection, query, /, *, filters, top_k):
        free.wait(30)
        return Retrieval(Evidence(query, "de", None, (passage(),), {}), (), 1.0)

    with client_of(asker(retrieve, timeout=2.0)) as client:
        asked = time.monotonic()
        with ThreadPoolExecutor(40) as pool:
            replies = list(pool.map(lambda _: ask(client, stream=stream), range(40)))
        assert time.monotonic() - asked < 20
        assert {(reply.status_code, reply.json()["code"]) for reply in replies} == {(503, "overloaded")}
        assert all("RAG_ANSWER__TIMEOUT" in reply.json()["detail"] for reply in replies)
        free.set()
        assert ask(client).json()["answered"]


def test_a_search_that_does_not_get_its_turn_is_told_so_in_time():
    free = threading.Event()
    retriever = SimpleNamespace(search=lambda *arguments, **named: free.wait(30) and Retrieval(NOTHING, (), 1.0))
    service = FakeService(retriever=retriever, settings=Settings(answer={"timeout": 1.0}))
    body = {"query": QUESTION}
    with served(service) as url, httpx.Client(base_url=url, timeout=60) as client, ThreadPoolExecutor(60) as pool:
        replies = [pool.submit(client.post, "/v1/search", json=body) for _ in range(60)]
        late = next(reply.result() for reply in as_completed(replies))
        assert (late.status_code, late.json()["code"]) == (503, "overloaded")
        assert "RAG_ANSWER__TIMEOUT" in late.json()["detail"]
        free.set()
        codes = [reply.result().status_code for reply in replies]
        assert client.post("/v1/search", json=body).status_code == 200
    assert set(codes) == {200, 503}


async def test_an_error_of_the_work_itself_is_not_taken_for_a_full_house():
    def retrieve(collection, query, /, *, filters, top_k):
        raise TimeoutError("the index did not answer")

    with pytest.raises(TimeoutError, match="the index did not answer"):
        await asyncio.wait_for(asker(retrieve).answer(Ask(QUESTION)), 10)


def test_questions_without_a_free_place_at_the_model_end_in_time():
    endless = saying(" ".join(f"Am {day}. Mai kam Kim mit {day * 7} Leuten an." for day in range(1, 99)), gap=0.1)
    with LlmServer(endless) as server:
        model = chat_model(server, max_concurrency=1, first_token_timeout=2.0, timeout=6.0)
        llm = GenerativeAnswerer(model, load_prompt("answer"))
        with client_of(asker(llm=llm)) as client, ThreadPoolExecutor(8) as pool:
            asked = time.monotonic()
            streams = [pool.submit(ask, client, answerer="llm", stream=True) for _ in range(4)]
            others = [pool.submit(ask, client, answerer="auto") for _ in range(4)]
            ends = [parse_events(stream.result().text)[-1] for stream in streams]
            bodies = [other.result().json() for other in others]
            assert time.monotonic() - asked < 20
        assert server.most_open == 1
    cut = [body for name, body in ends if name == "done"]  # had a place, and keeps what was whole when its time ended
    assert all([warning["code"] for warning in body["warnings"]][-1] == "answer_cut" for body in cut)
    refused = [problem for name, problem in ends if name == "error"]
    assert {(problem["status"], problem["code"]) for problem in refused} == {(504, "model_timeout")}
    assert sum("RAG_LLM__MAX_CONCURRENCY" in problem["detail"] for problem in refused) >= 2
    instead = [body for body in bodies if "No free place" in str(body.get("warnings"))]
    assert len(instead) >= 2
    assert all(body["answered"] and body["answerer"] == "extractive" for body in instead)
