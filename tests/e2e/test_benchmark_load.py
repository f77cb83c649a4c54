"""``python -m evals.benchmark load`` against a running service: times of one client and of many, and what failed."""

import json

import pytest

from evals.benchmark import load
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

        assert load.main([*asked, "--collection", "nowhere"]) == 1  # every answer is a problem
        lines = dict(line.rsplit(None, 1) for line in capsys.readouterr().out.splitlines() if "ms" not in line)
        assert int(lines["errors"]) >= 11 and "processor s an answer" not in lines
