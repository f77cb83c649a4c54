"""``rag-service eval`` as somebody meets it who brings a corpus of their own."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from evals.cli import app
from rag_service.errors import RagError
from tests import eval_kit

DATASET = """
name: notes
corpus: notes
cases:
  - id: cook
    question: Who is the cook?
    answers: [Marta]
    evidence: [{source: kitchen.note, quote: The cook is Marta.}]
    tags: [to-edit]
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "kitchen.note").write_text("The cook is Marta.", encoding="utf-8")
    (tmp_path / "notes.yaml").write_text(DATASET, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    eval_kit.keep_caches(monkeypatch, tmp_path / "cache")
    monkeypatch.setenv("RAG_INGEST__READERS", '{".note": "tests.ingest_kit.Titled"}')
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def call(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments), prog_name="rag-service eval")


def test_the_corpus_is_read_as_ingest_reads_it(home: Path) -> None:
    checked = call("check", "notes.yaml")
    assert checked.exit_code == 0, checked.exception
    assert "every quote is in its source" in checked.stdout
    assert "1 still have the tag to-edit" in checked.stdout


def test_json_lines_are_held_against_their_corpus(home: Path) -> None:
    lines = home / "lines.jsonl"
    good = '{"id": "cook", "question": "Who cooks?", "evidence": [{"source": "kitchen.note", "quote": "is Marta"}]}'
    lines.write_text(f"{good}\n", encoding="utf-8")
    command = ("import", "jsonl", "lines.jsonl", "--out", "made.yaml", "--corpus")
    for folder in ("nowhere", "notes.yaml"):
        refused = call(*command, folder).exception
        assert isinstance(refused, RagError) and str(refused) == f"{folder}: is no folder; name the one with the corpus"
    lines.write_text(f"{good}\n" + good.replace("cook", "chef", 1).replace("Marta", "Anna"), encoding="utf-8")
    told = str(call(*command, "notes").exception)
    assert told.startswith("lines.jsonl:2: case 'chef': the quote is not in kitchen.note: 'is Anna'")
    lines.write_text(good.replace("kitchen", "cellar"), encoding="utf-8")
    assert "source 'cellar.note' is not in the corpus" in str(call(*command, "notes").exception)
    assert not (home / "made.yaml").exists()
    lines.write_text(good, encoding="utf-8")
    assert call(*command, "notes").stdout == "made.yaml: 1 cases\n"
    (home / "notes" / "lines.jsonl").write_text(good, encoding="utf-8")
    within = call("import", "jsonl", "notes/lines.jsonl", "--out", "other.yaml", "--corpus", "notes").exception
    assert "lies in its own corpus" in str(within)


def test_a_run_in_which_every_case_failed_has_failed(home: Path) -> None:
    result = call("run", "notes.yaml", "--answerer", "llm", "--no-similarity", "--out", "runs/llm")
    assert result.exit_code == 1
    assert "1 of 1 cases failed:" in result.stdout
    assert "invalid_request, as in cook: " in result.stdout


def test_folders_and_files_are_not_confused(home: Path) -> None:
    for command, said in (("new", "is a folder; name one of its documents"), ("check", "is a folder; name a dataset")):
        refused = call(command, "notes").exception
        assert isinstance(refused, RagError) and said in str(refused)


def test_no_run_is_begun_among_the_documents(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    began = ("run", "notes.yaml", "--no-similarity", "--out", "notes/runs/a")
    swept = ("sweep", "notes.yaml", "--set", "retrieval.top_k=1", "--out", "notes/runs/b")
    for command in (began, swept):
        refused = call(*command).exception
        assert isinstance(refused, RagError) and "would lie in the corpus" in str(refused)
    monkeypatch.chdir(home / "notes")
    assert "would lie in the corpus" in str(call("run", "../notes.yaml", "--no-similarity").exception)
    monkeypatch.chdir(home)
    assert not (home / "notes" / "runs").exists()
    (home / "notes" / ".ragignore").write_text("runs/\n", encoding="utf-8")
    for command in (began, began, swept):
        assert call(*command).exit_code == 0
    assert call("run", "notes.yaml", "--no-similarity", "--out", "notes/.runs/a").exit_code == 0  # hidden


def test_a_file_that_cannot_be_read_can_be_left_out(home: Path) -> None:
    (home / "notes" / "scan.pdf").write_bytes(b"%PDF-1.7 nothing")
    for arguments in (("check", "notes.yaml"), ("run", "notes.yaml", "--no-similarity", "--out", "runs/x")):
        told = str(call(*arguments).exception)
        assert told.count("scan.pdf") == 1 and ".ragignore" in told, told
    (home / "notes" / ".ragignore").write_text("scan.pdf\n", encoding="utf-8")
    assert call("check", "notes.yaml").exit_code == 0
