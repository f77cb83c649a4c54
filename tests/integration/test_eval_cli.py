"""``rag-service eval`` over the wired service: a small corpus, the bundled encoder, real stores."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from evals.cli import app
from evals.cli.common import GATE_NOT_MET, folder_name
from rag_service.errors import RagError
from rag_service.prompts import shipped_prompts
from rag_service.settings import Settings
from tests import eval_kit
from tests.llm_server import Body, LlmServer, Reply
from tests.serving import served

Command = Callable[..., Result]
STABLE = ("config.json", "results.jsonl", "summary.json")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A working directory with a dataset; indexes are cached in it, the prepared encoder in the user's cache."""
    import os

    folder = tmp_path_factory.mktemp("eval")
    eval_kit.write_dataset(folder)
    with pytest.MonkeyPatch.context() as patch:
        eval_kit.keep_caches(patch, folder / "cache")
        patch.setenv("GIT_DIR", str(folder / "none"))  # a commit made meanwhile must not tell runs apart
        for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
            patch.delenv(name, raising=False)
        before = Path.cwd()
        os.chdir(folder)
        yield folder
        os.chdir(before)


def call(*arguments: str) -> Result:
    result = CliRunner().invoke(app, list(arguments), prog_name="rag-service eval")
    if result.exception and not isinstance(result.exception, SystemExit | RagError):
        raise result.exception
    return result


def parsed(*arguments: str) -> dict[str, Any]:
    result = call(*arguments, "--json")
    assert result.exit_code == 0, result.output
    content: dict[str, Any] = json.loads(result.stdout)
    return content


@pytest.fixture(scope="module")
def first(home: Path) -> dict[str, Any]:
    return parsed("run", "capitals.yaml", "--out", "runs/first")


def test_the_figures_of_a_run(first: dict[str, Any]) -> None:
    metrics = first["summary"]["metrics"]
    assert first["summary"]["cases"] == 18
    assert metrics["document_hit@1"]["mean"] == 1.0
    assert metrics["citations_verified"]["mean"] == 1.0
    assert metrics["answer_correct"]["n"] == 10
    assert metrics["answer_correct"]["mean"] >= 0.8
    assert metrics["answer_similarity"]["n"] >= 8
    assert metrics["confidence_auroc"]["n"] == 18
    assert first["config"]["target"]["documents"] == 10
    assert "multilingual-e5-small" in first["config"]["target"]["fingerprint"]


def test_a_second_run_uses_the_index_and_is_the_same_to_the_byte(first: dict[str, Any], home: Path) -> None:
    ready = next((home / "cache").rglob("ready"))
    made = ready.stat().st_mtime_ns
    second = parsed("run", "capitals.yaml", "--out", "runs/second")
    assert ready.stat().st_mtime_ns == made
    for file in STABLE:
        assert (home / "runs/first" / file).read_bytes() == (home / "runs/second" / file).read_bytes(), file
    assert second["summary"] == first["summary"]
    comparison = parsed("compare", "runs/first", "runs/second")
    assert comparison["flips"] == []
    assert all(item["verdict"] == "same" for item in comparison["metrics"].values())


def test_secrets_stay_out_of_the_config(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from evals.targets.local import public_settings
    from rag_service.settings import load_settings

    monkeypatch.setenv("RAG_LLM__API_KEY", "sk-very-secret")
    monkeypatch.setenv("RAG_RETRIEVAL__RERANKER_API_KEY", "sk-very-secret")
    monkeypatch.setenv("RAG_LLM__BASE_URL", "http://team:very-secret@llm:8000/v1")
    shown = json.dumps(public_settings(load_settings()))
    assert "secret" not in shown
    assert "api_key" not in shown
    assert "max_tokens" in shown


def test_own_prompts_tell_two_runs_apart(
    first: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "answer.jinja"
    shutil.copy(shipped_prompts() / own.name, own)
    monkeypatch.setenv("RAG_ANSWER__PROMPTS_DIR", str(tmp_path))
    arguments = ("run", "capitals.yaml", "--out", "runs/prompts", "--case", "irland", "--no-similarity")
    assert list(parsed(*arguments)["config"]["target"]["prompts"]) == [own.name]
    own.write_text(own.read_text(encoding="utf-8") + " ", encoding="utf-8")
    assert "differs in target.prompts.answer.jinja" in str(call(*arguments).exception)


def test_tables_markdown_and_report(first: dict[str, Any], home: Path) -> None:
    again = call("run", "capitals.yaml", "--out", "runs/first")
    assert again.stderr == "runs/first: already complete; nothing was asked.\n"
    assert "capitals: 18 cases" in again.stdout
    assert "Answers right" in again.stdout
    assert "| Cases handled right |" in call("run", "capitals.yaml", "--out", "runs/first", "--markdown").stdout
    assert "→" in call("compare", "runs/first", "runs/first").stdout
    assert "0 cases flipped" in call("compare", "runs/first", "runs/first", "--markdown").stdout
    report = call("report", "runs/first", "--against", "runs/first")
    assert report.exit_code == 0
    assert "Evaluation: capitals" in (home / "runs/first/report.html").read_text(encoding="utf-8")
    assert parsed("report", "runs/first", "--out", "other.html") == {"object": "report", "path": "other.html"}


def test_the_gate_closes_with_its_reasons(first: dict[str, Any], home: Path) -> None:
    assert call("baseline", "runs/first", "--to", "base").exit_code == 0
    gate = home / "gate.yaml"
    gate.write_text("thresholds: {document_mrr: {min: 0.9}}\nbaseline: base\n", encoding="utf-8")
    assert call("gate", "runs/first", "--gate", "gate.yaml").exit_code == 0
    gate.write_text("thresholds: {document_mrr: {min: 1.1}}\nbaseline: base\n", encoding="utf-8")
    closed = call("gate", "runs/first", "--gate", "gate.yaml", "--json")
    assert closed.exit_code == GATE_NOT_MET == 4
    content = json.loads(closed.stdout)
    assert content["passed"] is False
    assert [item["name"] for item in content["checks"] if not item["passed"]] == ["document_mrr at least 1.1"]
    shown = call("gate", "runs/first", "--gate", "gate.yaml").stdout.splitlines()
    assert shown[-3].startswith("failed  document_mrr at least 1.1: 1.0000 over 10 cases [")
    assert shown[-2:] == [
        "What changed: rag-service eval compare base runs/first",
        "Gate not met: 1 of 3 checks failed.",
    ]
    assert "### Gate not met" in call("gate", "runs/first", "--gate", "gate.yaml", "--markdown").stdout


def test_a_baseline_over_another_corpus_or_other_cases_says_so(first: dict[str, Any], home: Path) -> None:
    (home / "old.yaml").write_text("thresholds: {case_right: {min: 0.1}}\nbaseline: old\n", encoding="utf-8")
    assert call("baseline", "runs/first", "--to", "old").exit_code == 0
    config = json.loads((home / "old/config.json").read_text(encoding="utf-8"))
    (home / "old/config.json").write_text(json.dumps(config | {"corpus_sha256": "0"}), encoding="utf-8")
    result = call("gate", "runs/first", "--gate", "old.yaml")
    assert result.exit_code == 1 and isinstance(result.exception, RagError)
    assert str(result.exception) == (
        "The baseline old does not fit the run: the corpus changed between them; "
        "make a new one with `rag-service eval baseline RUN`, or name your own gate with --gate FILE."
    )
    assert parsed("run", "capitals.yaml", "--tag", "north", "--out", "runs/north")["summary"]["cases"] == 3
    part = call("gate", "runs/north", "--gate", "gate.yaml").exception
    assert "north lacks 15 cases of the other" in str(part)


def mild(body: Body) -> Reply:
    """A judge that finds every answer right and every fact in its passages."""
    return Reply(f"VERDICT: {'FAITHFUL' if 'Passages:' in body['messages'][-1]['content'] else 'CORRECT'}")


def test_a_judge_named_on_the_command_line(home: Path) -> None:
    with LlmServer(mild) as server:
        judging = ("--judge-model", "judge", "--judge-url", server.base_url)
        judged = parsed("run", "capitals.yaml", "--tag", "north", "--out", "runs/judged", "--no-similarity", *judging)
        assert {request["model"] for request in server.requests} == {"judge"}
    metrics = judged["summary"]["metrics"]
    assert (metrics["judge_correct"]["mean"], metrics["judge_correct"]["n"]) == (1.0, 3)
    assert (metrics["judge_faithful"]["mean"], metrics["judge_faithful"]["n"]) == (1.0, 3)
    assert judged["config"]["judge"]["model"] == "judge"
    missing = call("run", "capitals.yaml", "--out", "runs/none", "--judge-model", "j", "--judge-key-env", "NO_KEY")
    assert str(missing.exception) == "The judge's key should stand in NO_KEY, which is not set."


def test_a_sweep_ranks_and_draws(home: Path) -> None:
    swept = parsed(
        "sweep", "capitals.yaml", "--set", "retrieval.top_k=1,3", "--metric", "document_mrr", "--out", "runs/sweep"
    )
    assert {row["values"]["retrieval.top_k"] for row in swept["data"]} == {1, 3}
    assert any(row["optimal"] for row in swept["data"])
    assert (home / "runs/sweep/sweep.html").read_text(encoding="utf-8").count("<circle") == 2
    for row in swept["data"]:
        lines = (Path(row["path"]) / "results.jsonl").read_text(encoding="utf-8").splitlines()
        assert max(len(json.loads(line)["outcome"]["passages"]) for line in lines) <= row["values"]["retrieval.top_k"]
    assert "Report: " in call("sweep", "capitals.yaml", "--set", "retrieval.top_k=1,3", "--out", "runs/sweep").stdout


def test_a_service_behind_a_url_gives_the_same_answers(first: dict[str, Any], home: Path) -> None:
    from rag_service.bootstrap import open_service

    service = open_service(Settings(data_dir=home / "served"))
    try:
        service.library.ingest("capitals", [home / "corpus"])
        with served(service) as url:
            remote = parsed(
                "run", "capitals.yaml", "--out", "runs/remote", "--url", url, "--collection", "capitals",
                "--concurrency", "3",
            )  # fmt: skip
    finally:
        service.close()
    for name, figure in first["summary"]["metrics"].items():
        assert remote["summary"]["metrics"][name] == figure, name
    assert remote["config"]["target"]["kind"] == "url"


def test_drafts_pass_the_check_of_a_dataset(home: Path) -> None:
    drafted = call("new", "corpus/frankreich.txt", "--out", "drafts/draft.yaml", "--limit", "3")
    assert drafted.exit_code == 0, drafted.output
    content = yaml.safe_load((home / "drafts/draft.yaml").read_text(encoding="utf-8"))
    assert content["corpus"] == "../corpus"
    checked = call("check", "drafts/draft.yaml")
    assert "every quote is in its source" in checked.stdout


@pytest.mark.parametrize(
    ("name", "folder"),
    [("team/leave: 2024", "team-leave-2024"), ("../../up", "up"), ("n" * 300, "n" * 60), ("?", "dataset")],
)
def test_whatever_a_dataset_is_called_its_run_is_one_folder(name: str, folder: str) -> None:
    assert folder_name(name) == folder


def test_a_draft_without_a_name_goes_beside_the_folder_of_its_document(home: Path) -> None:
    assert call("new", "corpus/italien.txt", "--limit", "1").exit_code == 0
    assert call("check", "italien.cases.yaml").exit_code == 0
    assert not list((home / "corpus").glob("*.yaml"))


def test_a_dataset_or_a_run_among_its_own_documents_is_refused(first: dict[str, Any], tmp_path: Path) -> None:
    path = eval_kit.write_dataset(tmp_path)
    inside = path.rename(tmp_path / "corpus" / "capitals.yaml")
    inside.write_text(inside.read_text(encoding="utf-8").replace("corpus: corpus", "corpus: ."), encoding="utf-8")
    shutil.copytree("runs/first", tmp_path / "corpus" / "runs" / "first")
    for command in ("check", "run"):
        refused = call(command, str(inside))
        assert refused.exit_code == 1
        assert f"{inside}: lies in its own corpus" in str(refused.exception)
        assert "runs/first: a run lies in the corpus" in str(refused.exception)
    (tmp_path / "corpus" / ".ragignore").write_text("*.yaml\nruns/\n", encoding="utf-8")
    assert call("check", str(inside)).exit_code == 0


def test_imports_from_the_command_line(home: Path) -> None:
    line = {
        "id": "a",
        "question": "q",
        "answers": ["Paris"],
        "evidence": [{"source": "frankreich.txt", "quote": "Paris"}],
    }
    (home / "cases.jsonl").write_text(json.dumps(line), encoding="utf-8")
    assert "1 cases" in call("import", "jsonl", "cases.jsonl", "--out", "jl.yaml", "--corpus", "corpus").stdout
    assert call("check", "jl.yaml").exit_code == 0
    assert call("import", "jsonl", "cases.jsonl", "--out", "jl2.yaml").exit_code == 2
    queries = [{"_id": "q", "text": "Was ist schön?"}, {"_id": "r", "text": "?", "answerable": True}]
    eval_kit.write_beir(home / "beir", [{"_id": "d", "text": "Rom ist schön."}], queries, [("q", "d")])
    imported = call("import", "beir", "beir", "--out", "b.yaml")
    assert "1 cases over 1 documents" in imported.stdout
    assert "1 answerable queries left out" in imported.stderr
    asked = [
        {"id": "s", "question": "?", "answers": [], "is_impossible": True},
        {"id": "t", "question": "?", "answers": []},
    ]
    squad = {"data": [{"title": "t", "paragraphs": [{"context": "Rom.", "qas": asked}]}]}
    (home / "squad.json").write_text(json.dumps(squad), encoding="utf-8")
    imported = call("import", "squad", "squad.json", "--out", "s.yaml")
    assert "1 cases over 1 documents" in imported.stdout
    assert "1 questions left out" in imported.stderr


def test_errors_are_for_people(home: Path) -> None:
    result = call("run", "nowhere.yaml")
    assert isinstance(result.exception, RagError)
    assert str(result.exception) == "nowhere.yaml: no such file"
    result = call("sweep", "capitals.yaml", "--set", "retrieval.top_k=1", "--metric", "mrr")
    assert "unknown metric 'mrr'" in str(result.exception)


def test_a_corpus_that_cannot_be_ingested_stops_the_run(home: Path) -> None:
    broken = home / "broken"
    broken.mkdir()
    (broken / "good.txt").write_text("Alles gut.", encoding="utf-8")
    (broken / "bad.pdf").write_bytes(b"%PDF-1.7 nothing")
    (home / "broken.yaml").write_text(
        'name: broken\ncorpus: broken\ncases:\n  - {id: a, question: "Was ist gut?", answers: [alles]}\n',
        encoding="utf-8",
    )
    unreadable = call("check", "broken.yaml").exception
    assert str(unreadable).startswith("bad.pdf: ")
    result = call("run", "broken.yaml", "--out", "runs/broken", "--no-similarity")
    assert "The corpus cannot be ingested" in str(result.exception)
    assert "bad.pdf" in str(result.exception)
