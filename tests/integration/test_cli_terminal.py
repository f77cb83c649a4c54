"""What the command line draws on a terminal, and what it says when something fails."""

from __future__ import annotations

import json
import sys
from contextlib import redirect_stderr
from pathlib import Path

import pytest

from evals.cli.running import case_progress
from rag_service.cli.output import failing
from rag_service.cli.progress import bar
from rag_service.errors import UnknownCollection
from rag_service.models import Progress
from tests.cli_kit import Terminal


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """To be put in the place of stderr by the test itself: pytest sets its own after the fixtures."""
    monkeypatch.setenv("TERM", "xterm")
    return Terminal()


def test_progress_is_drawn_on_a_terminal(terminal: Terminal) -> None:
    with redirect_stderr(terminal.stream), bar() as show:
        assert show is not None
        show(Progress(1, 4, 30, 130, 1.0))
        show(Progress(2, 4, 60, 130, 2.0))
    drawn = terminal.text()
    assert "Ingesting" in drawn and "2/4" in drawn and "30 chunks/s" in drawn


def test_cases_are_counted_on_a_terminal(terminal: Terminal) -> None:
    with redirect_stderr(terminal.stream), case_progress() as on_case:
        assert on_case is not None
        on_case(3, 4)
    drawn = terminal.text()
    assert "Asking" in drawn and "75%" in drawn


def test_no_progress_into_a_pipe() -> None:
    with bar() as show:
        assert show is None


def test_a_file_that_cannot_be_opened_is_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as left, failing():
        (tmp_path / "none" / "report.html").write_text("x", encoding="utf-8")
    assert left.value.code == 1
    assert "report.html: No such file or directory; check the path and its permissions." in capsys.readouterr().err


def test_errors_as_json_and_as_a_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["rag-service", "ask", "--json"])
    with pytest.raises(SystemExit) as left, failing():
        raise UnknownCollection("There is no collection presse.")
    assert left.value.code == 1
    shown = capsys.readouterr()
    assert json.loads(shown.out) == {
        "object": "error",
        "code": "unknown_collection",
        "message": "There is no collection presse.",
    }
    assert "Error: There is no collection presse." in shown.err
