"""Commands called in this process, over a small folder."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from rag_service.cli import app
from rag_service.errors import RagError

FILES = {
    "gipfel.md": "---\ntitle: Gipfel\ndate: 2019-04-25\n---\n# Gipfel\n\nKim Jong Un traf Wladimir Putin am 25. April "
    "2019 in Wladiwostok. Das Gespräch dauerte rund zwei Stunden.\n",
    "zug.txt": "Der Sonderzug ist gepanzert und olivgrün. Er fährt selten schneller als 60 Kilometer in der Stunde.\n",
}


def write_files(folder: Path) -> Path:
    """The folder with its files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def alone(patch: pytest.MonkeyPatch, data: Path) -> None:
    """No settings but the data directory, and the prepared encoder of the user's cache."""
    from rag_service.bootstrap.adapters import _user_cache

    for name in list(os.environ):
        if name.startswith(("RAG_", "OPENAI_")):
            patch.delenv(name)
    patch.chdir(data.parent)
    patch.setenv("RAG_DATA_DIR", str(data))
    patch.setenv("RAG_EMBEDDING__CACHE_DIR", str(_user_cache()))
    patch.setenv("COLUMNS", "200")


def call(*arguments: str, said: str | None = None) -> Result:
    """One command; errors of ours stay in ``exception``, others are raised."""
    result = CliRunner().invoke(app, list(arguments), input=said, prog_name="rag-service")
    if result.exception and not isinstance(result.exception, SystemExit | RagError):
        raise result.exception
    return result


def parsed(*arguments: str) -> dict[str, Any]:
    """What a command that must go well prints with --json."""
    result = call(*arguments, "--json")
    assert result.exit_code == 0, result.output + str(result.exception)
    content: dict[str, Any] = json.loads(result.stdout)
    return content
