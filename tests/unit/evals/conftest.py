from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def outside_of_git(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A commit made while tests run must not tell two runs apart."""
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "none"))
