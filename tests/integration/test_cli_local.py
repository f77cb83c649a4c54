"""Commands that open the data directory themselves."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from rag_service import __version__
from rag_service.errors import StoreError, UnknownCollection
from rag_service.settings import reference
from tests.cli_kit import FILES, alone, call, parsed, write_files


@pytest.fixture
def docs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    alone(monkeypatch, tmp_path / "data")
    return write_files(tmp_path / "docs")


def test_version_and_settings(docs: Path) -> None:
    assert call("--version").stdout.strip() == __version__
    lines = call("settings").stdout.splitlines()
    assert lines[lines.index("RAG_RETRIEVAL__TOP_K=8") + 1] == "    Passages returned for a question."
    assert call("settings", "--markdown").stdout == reference()


def test_the_encoder_is_prepared_into_a_folder(docs: Path, tmp_path: Path) -> None:
    done = call("prepare")
    assert done.stdout.startswith("multilingual-e5-small/") and done.stdout.endswith(" is ready.\n")
    assert not (tmp_path / "data").exists()


def test_what_was_prepared_is_what_questions_use(docs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    enc = tmp_path / "encoder"
    assert call("prepare", "--cache-dir", str(enc)).exit_code == 0
    prepared = {file: file.stat() for file in enc.iterdir()}
    assert sorted(re.sub("-[0-9a-f]{16}", "", file.name) for file in prepared) == [
        "e5-reader-lower.graph",
        "e5-reader-upper.graph",
        "e5.graph",
    ]
    assert {status.st_mode & 0o777 for status in prepared.values()} == {0o644}
    monkeypatch.setenv("RAG_EMBEDDING__CACHE_DIR", str(enc))
    assert call("ingest", str(docs)).exit_code == 0
    assert call("ask", "Wann traf Kim Jong Un Wladimir Putin?").exit_code == 0
    assert {file: file.stat().st_mtime_ns for file in enc.iterdir()} == {
        file: status.st_mtime_ns for file, status in prepared.items()
    }


def test_collections(docs: Path) -> None:
    assert call("collections", "create", "presse").stdout == "Created presse.\n"
    assert call("ingest", str(docs), "-c", "presse").exit_code == 0
    (only,) = (item for item in parsed("collections", "list")["data"] if item["name"] == "presse")
    assert (only["documents"], only["chunks"]) == (2, 2)
    assert ["presse", "2", "2"] in [line.split() for line in call("collections", "list").stdout.splitlines()]
    assert call("collections", "delete", "presse", said="y\n").exit_code == 0
    assert isinstance(call("ask", "Wann?", "-c", "presse").exception, UnknownCollection)
    assert all((docs / name).is_file() for name in FILES)


def test_a_port_that_is_none_is_wrong_usage(docs: Path) -> None:
    refused = call("serve", "--port", "99999")
    assert refused.exit_code == 2 and "--port" in refused.stderr


def test_a_file_that_cannot_be_read_is_named_once(docs: Path) -> None:
    (docs / "leer.txt").touch()
    assert "  failed leer.txt: is empty; there is nothing to ingest\n" in call("ingest", str(docs)).stdout


def test_names_and_texts_are_printed_as_they_stand(docs: Path) -> None:
    text = "Das Tor :warning: steht [b]offen[/i]."
    (docs / "[bold]tor[").mkdir()
    (docs / "[bold]tor[" / "red].txt").write_text(text)
    assert "  added [bold]tor[/red].txt, 1 chunk" in call("ingest", str(docs)).stdout
    listed = call("documents", "list")
    (row,) = (line for line in listed.stdout.splitlines() if "tor" in line)
    assert "[bold]tor[/red].txt" in row
    assert text in call("documents", "show", row.split()[0]).stdout


def test_a_name_with_control_characters_takes_one_line_and_does_nothing_to_the_terminal(docs: Path) -> None:
    (docs / "zwei\nZeilen\x1b[31m.txt").write_text("Das Tor steht offen.")
    shown = r"zwei\nZeilen\x1b[31m.txt"
    assert f"  added {shown}\n" in call("ingest", str(docs), "--dry-run").stdout
    assert f"  added {shown}, 1 chunk\n" in call("ingest", str(docs)).stdout
    assert shown in call("documents", "list").stdout


def test_a_plan_then_what_was_planned(docs: Path) -> None:
    plan = parsed("ingest", str(docs), "--dry-run")
    assert plan["object"] == "plan" and plan["collection"] == "default"
    assert {item["source"]: item["change"] for item in plan["changes"]} == dict.fromkeys(FILES, "added")
    assert isinstance(call("documents", "list").exception, UnknownCollection)  # nothing was made
    assert {item["status"] for item in parsed("ingest", str(docs))["documents"]} == {"added"}
    (docs / "zug.txt").rename(docs / "bahn.txt")
    (docs / "leer.txt").write_bytes(b"")
    moved = call("ingest", str(docs), "--dry-run").stdout
    assert "  moved bahn.txt from zug.txt\n" in moved and "1 unchanged; nothing was written (dry run)." in moved


def test_files_of_other_formats_are_counted_where_people_see_it(docs: Path) -> None:
    for name in ("a.odt", "b.odt", "LICENSE", ".hidden.odt"):
        (docs / name).write_text("x")
    for options in (["--dry-run"], [], ["--json"]):
        done = call("ingest", str(docs), *options)
        assert done.stderr.splitlines()[-1] == "Passed over: 1 (no suffix), 2 (unknown format .odt)."
    for name in ("a.odt", "b.odt", "LICENSE"):
        (docs / name).unlink()
    assert "Passed over" not in call("ingest", str(docs)).stderr


def test_ingest_without_a_folder_says_what_is_missing() -> None:
    for flags in ((), ("--dry-run",), ("--re-embed", "--watch")):
        refused = call("ingest", *flags)
        assert refused.exit_code == 2 and "Name a folder or a file." in refused.output


def test_embedding_anew_under_another_chunking(docs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert call("ingest", str(docs)).exit_code == 0
    monkeypatch.setenv("RAG_CHUNKING__MAX_TOKENS", "64")
    refused = call("ingest", str(docs))
    assert "--re-embed" in str(refused.exception)
    (command,) = re.findall(r"`rag-service (.+?)`", str(refused.exception))
    assert call(*command.split()).exit_code == 0  # as it was told
    (item,) = parsed("collections", "list")["data"]
    assert "chunks of 64/32 tokens" in item["fingerprint"]
    assert parsed("ask", "Wann traf Kim Jong Un Wladimir Putin?")["citations"][0]["source"] == "gipfel.md"


def test_embedding_anew_and_bringing_in_step_are_both_told(docs: Path) -> None:
    assert call("ingest", str(docs)).exit_code == 0
    (docs / "zug.txt").write_text("Der Zug ist blau.", encoding="utf-8")
    told = call("ingest", str(docs), "--re-embed").stdout.splitlines()
    assert sorted(told[:2]) == ["  updated gipfel.md, 1 chunk", "  updated zug.txt, 1 chunk"]
    assert told[2:] == ["2 updated", "  updated zug.txt, 1 chunk", "1 unchanged, 1 updated"]
    both = parsed("ingest", str(docs), "--re-embed")
    assert both["object"] == "list"
    assert [(job["object"], job["documents"][0]["status"]) for job in both["data"]] == [
        ("job", "updated"),
        ("job", "unchanged"),
    ]


def test_a_data_directory_that_is_not_there_is_named_and_not_made(
    docs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    questions = (("ask", "Wann?"), ("search", "Wann?"), ("documents", "list"), ("collections", "list"), ("doctor",))
    for command in (*questions, ("ingest", "--re-embed")):
        refused = call(*command).exception
        assert isinstance(refused, UnknownCollection), command
        assert str(tmp_path / "data") in str(refused) and "RAG_DATA_DIR" in str(refused)
        assert "`rag-service ingest FOLDER`" in str(refused)
    assert not (tmp_path / "data").exists()
    assert call("ingest", str(docs)).exit_code == 0
    other = str(call("ask", "Wann?", "-c", "presse").exception)
    assert other.startswith("There is no collection named 'presse'. ")
    assert str(tmp_path / "data") in other and "`rag-service ingest FOLDER`" in other
    elsewhere = "postgresql+psycopg://127.0.0.1:9/none?connect_timeout=2"
    monkeypatch.setenv("RAG_DATA_DIR", str(tmp_path / "new"))
    monkeypatch.setenv("RAG_CATALOG__URL", elsewhere)
    assert isinstance(call("ask", "Wann?").exception, StoreError)  # a shared catalog needs no directory of before


def test_the_catalog_alone_is_a_backup(docs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of the commands that the documentation names restores it, without the files."""
    page = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
    section = page.partition("## Backup")[2].partition("\n## ")[0]
    commands = [each.replace("NAME", "default").split() for each in re.findall(r"`rag-service ([^`]+)`", section)]
    assert len(commands) == 2
    assert call("ingest", str(docs)).exit_code == 0
    shutil.rmtree(docs)
    for number, command in enumerate(commands):
        (tmp_path / f"restored{number}").mkdir()
        shutil.copy(tmp_path / "data" / "catalog.sqlite", tmp_path / f"restored{number}")
        monkeypatch.setenv("RAG_DATA_DIR", str(tmp_path / f"restored{number}"))
        assert call(*command).exit_code == 0, command
        assert call("doctor").stdout == "Everything is in order: 2 chunks.\n"
        assert parsed("ask", "Wann traf Kim Jong Un Wladimir Putin?")["citations"][0]["source"] == "gipfel.md"


def test_documents_for_people(docs: Path) -> None:
    assert call("ingest", str(docs)).stdout.splitlines()[-1] == "2 added"
    own = next(item for item in parsed("documents", "list")["data"] if item["source"] == "gipfel.md")
    shown = call("documents", "show", own["id"]).stdout
    assert shown.startswith("source: gipfel.md\ntitle: Gipfel\npublished: 2019-04-25\nlanguage: de\n")
    assert "rund zwei Stunden" in shown
    assert parsed("documents", "delete", own["id"]) == {"id": own["id"], "object": "document", "deleted": True}
    assert call("search", "Gipfel", "--filters", '{"source": {"$eq": "gipfel.md"}}').stdout == "No passages.\n"
    assert str(call("search", "Gipfel", "--filters", "[1]").exception).startswith("--filters must be a JSON object")


@pytest.mark.parametrize(("query", "said"), [("", "is empty"), (" \n", "is empty"), ("???", "holds no word")])
def test_what_is_no_question_is_not_looked_for_either(docs: Path, query: str, said: str) -> None:
    call("ingest", str(docs))
    for command in ("ask", "search"):
        failed = call(command, query)
        assert (failed.exit_code, said in str(failed.exception), failed.stdout) == (1, True, "")


def test_tables_are_not_cut_where_no_terminal_is(docs: Path) -> None:
    name = f"{'langer-name-' * 10}.txt"
    (docs / name).write_text("Ein Dokument.", encoding="utf-8")
    assert call("ingest", str(docs)).exit_code == 0
    assert name in call("documents", "list").stdout


@pytest.mark.parametrize("columns", ["80", "40"])
def test_ids_stay_whole_and_nothing_is_cut_on_a_narrow_terminal(
    docs: Path, monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    name = f"{'langer-name-' * 5}.txt"
    (docs / name).write_text("Ein Dokument.", encoding="utf-8")
    assert call("ingest", str(docs)).exit_code == 0
    made = parsed("keys", "create", "ein ziemlich langer Name", "-c", "default", "-c", "presse-von-heute-und-gestern")
    assert call("collections", "create", "presse-von-heute-und-gestern").exit_code == 0
    monkeypatch.setenv("COLUMNS", columns)
    listed = call("documents", "list").stdout
    for item in parsed("documents", "list")["data"]:
        assert f" {item['id']} " in listed
    assert name in "".join(line[27:].split()[0] for line in listed.splitlines()[1:])
    keys, collections = call("keys", "list").stdout, call("collections", "list").stdout
    assert f" {made['id']} " in keys and " presse-von-heute-und-gestern " in collections
    assert "…" not in listed + keys + collections


def test_keys_for_programs_and_people(docs: Path) -> None:
    made = parsed("keys", "create", "presse", "-c", "presse", "--write")
    assert made["object"] == "key" and made["key"].startswith("rag_")
    assert call("keys", "list").stdout.splitlines()[1].split() == [made["id"], "presse", "presse", "yes"]


def test_a_warning_is_printed_with_the_answer(docs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert call("ingest", str(docs)).exit_code == 0
    monkeypatch.setenv("RAG_LLM__BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("RAG_LLM__MAX_RETRIES", "0")
    shown = call("ask", "Wann traf Kim Jong Un Wladimir Putin?").stdout
    assert "[1] gipfel.md, line " in shown and "2019-04-25" in shown
    assert "\n  warning: " in shown


def test_the_demo_says_when_it_does_not_go_as_it_should(docs: Path, capfd: pytest.CaptureFixture[str]) -> None:
    done = call("demo", str(docs))
    assert done.exit_code == 1
    assert "The demo did not go as it should" in done.stderr
    assert done.stdout.count("$ rag-service ask") == 4
    (docs / "kaputt.pdf").write_bytes(b"%PDF-1.7 kaputt")
    assert "Some documents could not be ingested." in call("demo", str(docs)).stderr


def test_doctor_tells_what_it_found_and_mended(docs: Path, tmp_path: Path) -> None:
    assert call("ingest", str(docs)).exit_code == 0
    assert call("doctor").stdout == "Everything is in order: 2 chunks.\n"
    for path in (tmp_path / "data" / "tokens").rglob("*.data"):
        path.write_bytes(b"\0" * path.stat().st_size)
    found = call("doctor")
    assert found.exit_code == 1
    assert "  tokens mismatched " in found.stdout and "`rag-service doctor --repair`" in found.stdout
    mended = call("doctor", "--repair")
    assert mended.exit_code == 0 and mended.stdout.endswith("2 chunks are in order.\n")
