"""What commands leave in the home of who calls them: nothing, wherever the encoder's cache is elsewhere."""

import pytest

from rag_service.bootstrap.adapters import _user_cache
from tests.e2e.process import run


@pytest.fixture
def chosen():
    return {"RAG_EMBEDDING__CACHE_DIR": str(_user_cache())}


def test_nothing_is_written_into_an_empty_home(tmp_path, chosen):
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "zug.txt").write_text("Der Sonderzug ist gepanzert und olivgrün.", encoding="utf-8")
    chosen |= {"HOME": str(home)}
    chosen |= {f"XDG_{kind}_HOME": str(home / kind) for kind in ("CACHE", "CONFIG", "DATA", "STATE")}
    assert run(tmp_path / "data", "ingest", str(tmp_path / "zug.txt"), **chosen).returncode == 0
    asked = run(tmp_path / "data", "ask", "Welche Farbe hat der Sonderzug?", **chosen)
    assert "olivgrün" in asked.stdout, asked.stderr
    assert list(home.rglob("*")) == []


def test_a_home_that_cannot_be_written_is_not_worth_a_word(tmp_path, chosen):
    (tmp_path / "zug.txt").write_text("Der Sonderzug ist gepanzert und olivgrün.", encoding="utf-8")
    done = run(tmp_path / "data", "ingest", str(tmp_path / "zug.txt"), HOME="/dev/null/home", **chosen)
    assert (done.stdout, done.stderr) == ("  added zug.txt, 1 chunk\n1 added\n", "")
