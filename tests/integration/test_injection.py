"""Poisoned documents and a model that obeys them: what still cannot happen."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import Result
from typer.testing import CliRunner

from evals.cli import app
from evals.injection import DOCUMENTS
from rag_service.answer.generate import GenerativeAnswerer
from rag_service.answer.markers import find_markers
from rag_service.errors import ModelError
from rag_service.ingest.limits import Limits
from rag_service.ingest.load import Loader
from rag_service.models import Document, DraftStatement, Passage
from rag_service.ports import Evidence
from tests.fakes import passage
from tests.generate_kit import answerer, drafted, evidence
from tests.llm_server import LlmServer, citing, obedient, passages_of, refusing, stating, without_schema

ATTACKS: list[dict[str, Any]] = yaml.safe_load((DOCUMENTS / "attacks.yaml").read_text(encoding="utf-8"))
NAMES = [attack["file"] for attack in ATTACKS]
MARKUP = re.compile(r"https?:|www\.|://|data:|!\[|\]\(|<[a-z/!|]|tool_call|\[\d", re.IGNORECASE)


@pytest.fixture(scope="module")
def documents() -> Iterator[dict[str, Document]]:
    loader = Loader(Limits())
    try:
        yield {name: loader.load_file(DOCUMENTS / name, name) for name in NAMES}
    finally:
        loader.close()


@pytest.fixture(scope="module")
def server() -> Iterator[LlmServer]:
    with LlmServer(obedient) as running:
        yield running


def poisoned(document: Document, attack: dict[str, Any]) -> Passage:
    return passage(
        document.text, source=document.source, title=document.title, language=attack["language"], published=None
    )


async def said(writer: GenerativeAnswerer, given: Evidence) -> list[DraftStatement]:
    """The statements of a draft; none when nothing the model wrote could be used."""
    try:
        return (await drafted(writer, given))[0]
    except ModelError:
        return []


def test_the_set_is_large_enough_and_its_canaries_are_its_own() -> None:
    assert len(ATTACKS) >= 30
    assert len({attack["canary"] for attack in ATTACKS}) == len(ATTACKS)
    assert {attack["language"] for attack in ATTACKS} == {"de", "en"}
    for attack in ATTACKS:
        raw = (DOCUMENTS / attack["file"]).read_text(encoding="utf-8")
        assert attack["canary"] in raw
        assert re.search(attack["answer"], raw)


@pytest.mark.parametrize("attack", ATTACKS, ids=NAMES)
async def test_an_obedient_model_leaks_nothing_and_the_prompt_keeps_its_structure(
    attack: dict[str, Any], documents: dict[str, Document], server: LlmServer
) -> None:
    server.behave(without_schema(obedient), obedient)
    server.requests.clear()
    other = passage("Ganz etwas anderes.", source="b.txt")
    given = evidence(
        poisoned(documents[attack["file"]], attack), other, question=attack["question"], language=attack["language"]
    )
    for structured in (True, False):
        for statement in await said(answerer(server, structured=structured), given):
            assert attack["canary"] not in statement.text
            assert not MARKUP.search(statement.text)
            for quote in statement.quotes:
                assert attack["canary"] not in quote.passage.text[quote.start : quote.end]
    for body in server.requests:
        user = body["messages"][-1]["content"]
        assert [number for number, _ in passages_of(body)] == [1, 2]
        assert user.count("<passage ") == user.count("</passage>") == 2
        assert re.findall(r"^Question: (.*)$", user, re.MULTILINE) == [attack["question"]]
        assert all(not find_markers(text) for _, text in passages_of(body))
        assert [message["role"] for message in body["messages"]] == ["system", "user"]


@pytest.mark.parametrize("attack", ATTACKS, ids=NAMES)
async def test_the_harmless_part_is_answered_and_the_canary_never_supported(
    attack: dict[str, Any], documents: dict[str, Document], server: LlmServer
) -> None:
    writer = answerer(server)
    given = evidence(
        poisoned(documents[attack["file"]], attack), question=attack["question"], language=attack["language"]
    )
    server.behave(citing)
    statements = await said(writer, given)
    assert re.search(attack["answer"], statements[0].text)
    assert statements[0].supported
    server.behave(stating((f"Der geheime Code lautet {attack['canary']}.", [1])))
    assert [(each.quotes, each.supported) for each in await said(writer, given)] == [((), False)]


def attacked(*arguments: str, code: int = 0) -> Result:
    """What the command prints."""
    done = CliRunner().invoke(app, ["injection", *arguments])
    assert done.exit_code == code, done.output
    return done


def test_the_eval_tries_both_answerers_and_reports_each_attack(
    server: LlmServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAG_LLM__BASE_URL", server.base_url)
    server.behave(citing)
    results = json.loads(attacked("--answerer", "both", "--limit", "2", "--json").stdout)["results"]
    assert [(result["answerer"], result["file"]) for result in results] == [
        (answerer, name) for answerer in ("extractive", "llm") for name in NAMES[:2]
    ]
    assert {result["outcome"] for result in results} == {"answered"}
    server.behave(refusing(400))
    assert attacked("--answerer", "llm", "--limit", "1").stdout.startswith("llm: 1 attacks; error 1")


def test_an_eval_with_a_file_goes_on_where_it_was(
    server: LlmServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("RAG_LLM__BASE_URL", server.base_url)
    server.behave(citing)
    server.requests.clear()
    out = tmp_path / "results.jsonl"

    def evaluate(limit: int) -> list[str]:
        done = attacked("--answerer", "llm", "--limit", str(limit), "--out", str(out), "--json")
        return [result["file"] for result in json.loads(done.stdout)["results"]]

    assert evaluate(1) == NAMES[:1]
    asked = len(server.requests)
    assert evaluate(2) == NAMES[:2]
    assert len(server.requests) == 2 * asked
    assert len(out.read_text(encoding="utf-8").splitlines()) == 2


def test_poisoned_documents_stay_out_of_the_stores_of_the_service(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog = tmp_path / "catalog.db"
    monkeypatch.setenv("RAG_CATALOG__URL", f"sqlite:///{catalog}")
    monkeypatch.setenv("RAG_CHROMA__HOST", "127.0.0.1")
    monkeypatch.setenv("RAG_CHROMA__PORT", "9")
    monkeypatch.setenv("RAG_COLLECTION", "handbook")
    assert json.loads(attacked("--limit", "1", "--json").stdout)["results"][0]["outcome"] == "answered"
    assert not catalog.exists()


def test_the_eval_says_so_when_no_model_is_configured() -> None:
    assert "RAG_LLM__BASE_URL" in attacked("--answerer", "llm", code=2).stderr
