"""``python -m evals.benchmark load`` against a running service: times of one client and of many, and what failed."""

import json

import pytest

from evals.benchmark import load
from evals.errors import RunError
from tests.e2e.process import run, server
from tests.eval_kit import write_beir


@pytest.fixture
def questions(tmp_path):
    """A BEIR folder with questions alone worth asking."""
    documents = [{"_id": "a", "text": "Der Frachter Nordlicht lief in Emden ein."}]
    asked = [{"_id": str(n), "text": f"Wann lief der Frachter Nordlicht zum {n}. Mal ein?"} for n in range(1, 4)]
    return write_beir(tmp_path / "beir", documents, asked, [("1", "a")])


@pytest.fixture
def fewer(monkeypatch):
    monkeypatch.setattr(load, "ASKED", 5)
    monkeypatch.setattr(load, "WARM", 1)


def test_one_client_and_many_are_timed(tmp_path, questions, fewer, capsys):
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "a.txt").write_text("Der Frachter Nordlicht lief am 3. Mai 2021 im Hafen von Emden ein.")
    assert run(tmp_path / "data", "ingest", str(documents)).returncode == 0
    with server(tmp_path / "data") as (url, process):
        asked = ["--url", url, "--data", str(questions), "--clients", "4", "--seconds", "1.5"]
        assert load.main([*asked, "--pid", str(process.pid), "--json"]) == 0
        found = json.loads(capsys.readouterr().out)
        assert found["errors"] == 0
        assert found["first streamed byte, ms"]["p50"] > 0
        assert 0 < found["one client, ms"]["p50"] <= found["4 clients, ms"]["max"]
        assert found["answers per s"] > 1
        assert found["processor s an answer"] > 0
        assert found["answers per s times processor s"] > 0

        with pytest.raises(RunError, match="404.*nowhere"):
            load.main([*asked, "--collection", "nowhere"])

        too_long = [{"_id": "1", "text": "Wann lief der Frachter ein?"}, {"_id": "2", "text": "Wann? " * 2000}]
        mixed = write_beir(tmp_path / "mixed", [{"_id": "a", "text": "Emden"}], too_long, [("1", "a"), ("2", "a")])
        assert load.main(["--url", url, "--data", str(mixed), "--clients", "1", "--seconds", "0.3", "--json"]) == 1
        found = json.loads(capsys.readouterr().out)
        assert found["errors"] >= 5 and "processor s an answer" not in found
        assert found["one client, ms"]["p50"] > 0  # of what was answered
