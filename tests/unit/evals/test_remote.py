import time
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path
from types import SimpleNamespace

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from evals.errors import RunError
from evals.run import Scorers, run
from evals.targets import remote
from evals.targets.remote import RemoteTarget
from rag_service.answer.events import Ask
from tests import eval_kit, fakes


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    with HTTPServer() as running:
        yield running


def documents(server: HTTPServer, texts: dict[str, str]) -> None:
    """The documents in pages of three, and their contents."""
    listed = [{"id": f"doc_{place}", "source": source} for place, source in enumerate(texts)]

    def page(request: Request) -> Response:
        start = int(request.args.get("after", 0))
        more = start + 3 < len(listed)
        return reply({"data": listed[start : start + 3], "has_more": more, "next": str(start + 3) if more else None})

    server.expect_request("/v1/documents").respond_with_handler(page)
    for item in listed:
        server.expect_request(f"/v1/documents/{item['id']}/content").respond_with_json({"text": texts[item["source"]]})


def reply(content: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    import json

    return Response(json.dumps(content), status, headers, content_type="application/json")


def answer_object(question: str) -> dict[str, object]:
    """An answer as the HTTP interface sends it."""
    from rag_service.api.schemas.answers import AnswerBody

    return AnswerBody.of(fakes.answer(Ask(question))).model_dump(mode="json")


async def test_cases_are_asked_over_http_with_what_they_carry(server: HTTPServer, tmp_path: Path) -> None:
    texts = eval_kit.texts() | {"notes/besuch.txt": fakes.TEXT}
    documents(server, texts)
    asked: list[dict[str, object]] = []

    def ask(request: Request) -> Response:
        asked.append(request.json or {})
        assert request.headers["Authorization"] == "Bearer key"
        return reply(answer_object(str(asked[-1]["question"])))

    server.expect_request("/v1/ask", method="POST").respond_with_handler(ask)
    path = tmp_path / "one.yaml"
    path.write_text(
        "name: one\ncorpus: .\ncases:\n  - id: a\n    question: Wann kam Kim?\n    answers: [25. April 2019]\n"
        "    evidence: [{source: notes/besuch.txt, quote: Kim traf am 25. April 2019 in Wladiwostok ein.}]\n"
        "    history: [{role: user, content: 'Und?'}]\n    filters: {source: {$eq: notes/besuch.txt}}\n",
        encoding="utf-8",
    )
    target = await RemoteTarget(server.url_for("/"), "default", "extractive", top_k=4, key="key").open()
    folder = await run(eval_kit.load_dataset(path), target, tmp_path / "run", scorers=Scorers())
    await target.close()
    assert asked == [
        {
            "question": "Wann kam Kim?", "collection": "default", "answerer": "extractive", "top_k": 4,
            "history": [{"role": "user", "content": "Und?"}], "filters": {"source": {"$eq": "notes/besuch.txt"}},
        }
    ]  # fmt: skip
    metrics = folder.summary()["metrics"]
    assert metrics["answer_correct"]["mean"] == metrics["citations_verified"]["mean"] == 1.0
    assert metrics["citation_recall"]["mean"] == metrics["document_hit@1"]["mean"] == 1.0
    assert folder.config()["target"]["documents"] == 11


async def test_problems_become_the_reason_of_unscored_cases(server: HTTPServer, tmp_path: Path) -> None:
    documents(server, eval_kit.texts())
    problem = {"code": "model_timeout", "detail": "Too slow."}
    server.expect_request("/v1/ask").respond_with_response(reply(problem, 504))
    target = await RemoteTarget(server.url_for(""), "default", "auto").open()
    folder = await run(eval_kit.dataset(tmp_path), target, tmp_path / "run", scorers=Scorers(), concurrency=4)
    await target.close()
    assert folder.summary()["failed"] == {"model_timeout": 18}
    assert folder.results()[0]["error"] == {"code": "model_timeout", "message": "Too slow."}


@pytest.mark.parametrize(
    ("response", "code"),
    [
        (Response("<html>", 502), "malformed_answer"),
        (reply({"hello": 1}), "malformed_answer"),
        (reply({"error": 1}, 400), "http_400"),
        (reply(["error"], 400), "http_400"),
    ],
)
async def test_what_is_no_answer_object_is_named_so(
    server: HTTPServer, response: Response, code: str, tmp_path: Path
) -> None:
    server.expect_request("/v1/ask").respond_with_response(response)
    target = RemoteTarget(server.url_for(""), "default", "auto")
    with pytest.raises(remote.RemoteError) as caught:
        await target.ask(eval_kit.dataset(tmp_path).cases[0])
    assert caught.value.code == code
    await target.close()


def until(seconds: float) -> str:
    return formatdate(time.time() + seconds, usegmt=True)


@pytest.mark.parametrize(
    ("asked", "pauses"),
    [
        (["7", "0"], [7, 0]),
        (["1000000", until(86_400)], [remote.LONGEST_PAUSE] * 2),
        (["soon", "", None], [1, 2, 4]),
        ([until(-60), None], [0, 2]),
    ],
)
async def test_a_busy_server_is_asked_again_when_it_wants(
    server: HTTPServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    asked: list[str | None],
    pauses: list[float],
) -> None:
    for number, header in enumerate(asked):
        headers = {} if header is None else {"Retry-After": header}
        server.expect_ordered_request("/v1/ask").respond_with_response(reply({}, (503, 429)[number % 2], headers))
    server.expect_ordered_request("/v1/ask").respond_with_json(answer_object("q"))
    waited: list[float] = []

    async def wait(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(remote, "asyncio", SimpleNamespace(sleep=wait))
    target = RemoteTarget(server.url_for(""), "default", "auto")
    answer = await target.ask(eval_kit.dataset(tmp_path).cases[0])
    assert answer.answered
    assert waited == pauses
    await target.close()


@pytest.mark.parametrize("content", [[1], {"ok": True}, {"data": [{"id": "gpt"}], "has_more": False}])
async def test_another_service_behind_the_url_is_named(server: HTTPServer, content: object) -> None:
    server.expect_request("/v1/documents").respond_with_json(content)
    server.expect_request("/v1/documents/gpt/content").respond_with_json({})
    target = RemoteTarget(server.url_for(""), "default", "auto")
    with pytest.raises(RunError, match="does not answer as this service does"):
        await target.open()
    await target.close()
    with pytest.raises(RunError, match="is not a URL"):
        RemoteTarget("http://[::1", "default", "auto")


async def test_a_service_that_went_away_is_not_an_unusable_run(tmp_path: Path) -> None:
    target = RemoteTarget("http://127.0.0.1:9", "default", "auto")
    with pytest.raises(remote.RemoteError, match="cannot be reached") as caught:
        await target.ask(eval_kit.dataset(tmp_path).cases[0])
    assert caught.value.code == "service_unreachable"
    await target.close()


async def test_nobody_there_is_one_clear_line() -> None:
    target = RemoteTarget("http://127.0.0.1:9", "default", "auto")
    with pytest.raises(RunError, match=r"http://127\.0\.0\.1:9 cannot be reached"):
        await target.open()
    await target.close()
