"""The command line in processes of its own, over a small folder."""

import json
import time

import pytest

from tests.e2e.process import run, server
from tests.llm_server import LlmServer, citing

FILES = {
    "gipfel.md": "---\ntitle: Gipfel\ndate: 2019-04-25\n---\n# Gipfel\n\nKim Jong Un traf Wladimir Putin am 25. April "
    "2019 in Wladiwostok. Das Gespräch dauerte rund zwei Stunden.\n",
    "zug.txt": "Der Sonderzug ist gepanzert und olivgrün. Er fährt selten schneller als 60 Kilometer in der Stunde.\n",
    "sub/china.html": "<html><head><title>China</title></head><body><article><h1>China</h1><p>Kim besuchte China "
    "viermal in dreizehn Monaten. Im April wurde ein vierter Grenzübergang am Yalu eröffnet.</p></article></body>"
    "</html>",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("documents")
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def data(folder, tmp_path_factory):
    place = tmp_path_factory.mktemp("data")
    done = run(place, "ingest", str(folder), "--json")
    assert done.returncode == 0, done.stderr
    assert {item["status"] for item in json.loads(done.stdout)["documents"]} == {"added"}
    return place


def test_help_names_every_command_of_the_contract():
    done = run(None, "--help")
    assert done.returncode == 0
    for command in ("ingest", "ask", "search", "documents", "serve", "doctor", "eval"):
        assert f"  {command} " in done.stdout


def test_help_does_not_pay_for_the_heavy_libraries():
    script = (
        "import sys; from rag_service.cli import app\n"
        "heavy = {'llama_index', 'chromadb', 'openai', 'onnxruntime', 'tantivy', 'fastapi', 'sqlalchemy', 'numpy'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    import subprocess
    import sys

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


def test_ingesting_again_does_nothing(data, folder):
    done = run(data, "ingest", str(folder))
    assert done.returncode == 0
    assert "3 unchanged" in done.stdout


def test_an_answer_for_people_and_one_for_programs(data):
    shown = run(data, "ask", "Wann traf Kim Jong Un Wladimir Putin in Wladiwostok?")
    assert shown.returncode == 0, shown.stderr
    assert "25. April 2019" in shown.stdout and "[1] gipfel.md" in shown.stdout
    assert "\x1b[" not in shown.stdout  # no colour into a pipe
    printed = run(data, "ask", "Wann traf Kim Jong Un Wladimir Putin in Wladiwostok?", "--json")
    body = json.loads(printed.stdout)
    assert body["object"] == "answer" and body["answered"]
    citation = body["citations"][0]
    content = run(data, "documents", "show", citation["document_id"], "--json")
    text = json.loads(content.stdout)["text"]
    assert text[citation["start_char_index"] : citation["end_char_index"]] == citation["cited_text"]


def test_an_output_that_is_not_in_utf8_fails_no_command(data):
    question = "Wie schnell fährt der Sonderzug?"
    plain = run(data, "ask", question, PYTHONIOENCODING="ascii")
    assert plain.returncode == 0, plain.stderr
    assert r"\u201c" in plain.stdout
    asked = run(data, "ask", question, "--json", PYTHONIOENCODING="ascii")
    assert asked.stdout.isascii()
    assert json.loads(asked.stdout)["question"] == question
    assert run(data, "documents", "show", "dök", PYTHONIOENCODING="ascii").stderr.startswith("Error: ")


def test_declining_is_exit_code_3(data):
    done = run(data, "ask", "Wie hoch ist der Mount Everest in Metern über dem Meer?", "--json")
    assert done.returncode == 3
    body = json.loads(done.stdout)
    assert not body["answered"] and body["abstention"]["reason"] in ("no_relevant_passage", "insufficient_evidence")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("ask", "?!"), 1, "no word"),
        (("ask", "Wann?", "--collection", "press"), 1, "press"),
        (("ask", "Wann?", "--filters", "{"), 1, "not JSON"),
        (("ask", "Wann?", "--filters", '{"source": {"$like": "x"}}'), 1, "$like"),
        (("ask", "Wann?", "--answerer", "llm"), 1, "RAG_LLM__BASE_URL"),
        (("ask", "Wann?", "--answerer", "magic"), 2, "magic"),
        (("ask",), 2, "QUESTION"),
        (("documents", "show", "doc_nowhere"), 1, "doc_nowhere"),
        (("keys", "revoke", "key_nowhere"), 1, "key_nowhere"),
        (("ingest", "/nowhere/at/all"), 1, "/nowhere/at/all"),
    ],
)
def test_what_goes_wrong_is_one_clear_line(data, arguments, code, said):
    done = run(data, *arguments)
    assert done.returncode == code
    assert said.lower() in (done.stdout + done.stderr).lower()
    assert "Traceback" not in done.stderr


def test_an_error_as_json_stays_json(data):
    done = run(data, "ask", "Wann?", "--collection", "press", "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["code"] == "unknown_collection"


def test_search_documents_collections(data):
    found = json.loads(run(data, "search", "Grenzübergang Yalu", "--json").stdout)
    assert found["data"][0]["source"] == "sub/china.html"
    assert "sub/china.html" in run(data, "search", "Grenzübergang Yalu").stdout
    listed = json.loads(run(data, "documents", "list", "--json").stdout)["data"]
    assert [item["source"] for item in listed] == ["gipfel.md", "sub/china.html", "zug.txt"]
    assert "gipfel.md" in run(data, "documents", "list").stdout
    assert "default" in run(data, "collections", "list").stdout


def test_a_plan_changes_nothing(data, folder, tmp_path):
    extra = tmp_path / "more"
    extra.mkdir()
    (extra / "neu.txt").write_text("Ein neues Dokument steht hier.", encoding="utf-8")
    done = run(data, "ingest", str(extra), "--dry-run")
    assert "added neu.txt" in done.stdout and "nothing was written" in done.stdout
    assert len(json.loads(run(data, "documents", "list", "--json").stdout)["data"]) == 3


def test_a_bad_file_is_named_and_the_rest_ingested(tmp_path):
    root = tmp_path / "mixed"
    root.mkdir()
    (root / "gut.txt").write_text("Das ist ein guter Text über den Zug.", encoding="utf-8")
    (root / "leer.txt").write_bytes(b"")
    (root / "kaputt.pdf").write_bytes(b"%PDF-1.7 kaputt")
    done = run(tmp_path / "data", "ingest", str(root))
    assert done.returncode == 1
    assert "added gut.txt" in done.stdout
    assert "failed leer.txt" in done.stdout and "failed kaputt.pdf" in done.stdout
    assert "1 added" in done.stdout and "2 failed" in done.stdout


def test_an_empty_folder(tmp_path):
    (tmp_path / "leer").mkdir()
    done = run(tmp_path / "data", "ingest", str(tmp_path / "leer"))
    assert done.returncode == 1
    assert "leer: holds no file that can be ingested" in done.stdout


def test_delete_and_doctor(tmp_path, folder):
    place = tmp_path / "data"
    assert run(place, "ingest", str(folder / "zug.txt"), str(folder / "gipfel.md")).returncode == 0
    listed = json.loads(run(place, "documents", "list", "--json").stdout)["data"]
    assert "Deleted" in run(place, "documents", "delete", listed[0]["id"]).stdout
    assert len(json.loads(run(place, "documents", "list", "--json").stdout)["data"]) == 1
    healthy = run(place, "doctor", "--json")
    assert healthy.returncode == 0 and json.loads(healthy.stdout)["healthy"]
    for path in (place / "tokens").rglob("*.data"):
        path.write_bytes(b"\0" * path.stat().st_size)
    assert run(place, "doctor").returncode == 1
    assert run(place, "doctor", "--repair").returncode == 0
    assert "in order" in run(place, "doctor").stdout


def test_keys(tmp_path):
    token = run(tmp_path, "keys", "create", "laptop", "--write").stdout.strip()
    assert token.startswith("rag_")
    listed = json.loads(run(tmp_path, "keys", "list", "--json").stdout)["data"]
    assert [(key["name"], key["write"]) for key in listed] == [("laptop", True)]
    assert token not in (tmp_path / "catalog.sqlite").read_bytes().decode("latin-1")
    assert run(tmp_path, "keys", "revoke", listed[0]["id"]).returncode == 0
    assert json.loads(run(tmp_path, "keys", "list", "--json").stdout)["data"] == []


def test_a_server_that_owns_the_directory_is_asked(data, folder):
    with server(data) as (url, _):
        answer = run(data, "ask", "Wann traf Kim Jong Un Wladimir Putin in Wladiwostok?", "--json")
        assert answer.returncode == 0, answer.stderr
        assert "25. April 2019" in json.loads(answer.stdout)["answer"]
        assert "zug.txt" in run(data, "search", "Sonderzug gepanzert").stdout
        assert "gipfel.md" in run(data, "documents", "list").stdout
        began = time.monotonic()
        refused = run(data, "ingest", str(folder))
        assert refused.returncode == 1
        assert url in refused.stderr and "in use" in refused.stderr
        assert time.monotonic() - began < 30


def test_a_model_answers_and_auto_falls_back(data):
    with LlmServer(citing) as llm:
        done = run(data, "ask", "Wann traf Kim Putin?", "--json", RAG_LLM__BASE_URL=llm.base_url, RAG_LLM__MODEL="m")
        body = json.loads(done.stdout)
        assert (body["answerer"], body["model"]) == ("llm", "m"), body["warnings"]
        assert body["citations"] and body["prompt"]["name"] == "answer"
    gone = {"RAG_LLM__BASE_URL": "http://127.0.0.1:9/v1", "RAG_LLM__MAX_RETRIES": "0"}
    body = json.loads(run(data, "ask", "Wann traf Kim Putin in Wladiwostok?", "--json", **gone).stdout)
    assert body["answerer"] == "extractive"
    assert "llm_unavailable" in {warning["code"] for warning in body["warnings"]}


def test_settings_are_printed_and_typos_named(tmp_path):
    done = run(tmp_path, "settings", "--json", RAG_RETRIEVAL__TOP_K="5")
    rows = {row["variable"]: row["value"] for row in json.loads(done.stdout)["data"]}
    assert rows["RAG_RETRIEVAL__TOP_K"] == "5"
    typo = run(tmp_path, "settings", RAG_RETRIEVAL__TOPK="5")
    assert typo.returncode == 1 and "RAG_RETRIEVAL__TOP_K" in typo.stderr
