"""Commands called in this process, over a small folder; a terminal that can be read."""

from __future__ import annotations

import contextlib
import json
import os
import threading
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
    """No settings but the data directory, the prepared encoder of the user's cache, and no terminal of any width."""
    from rag_service.bootstrap.adapters import _user_cache

    for name in list(os.environ):
        if name.startswith(("RAG_", "OPENAI_")) or name == "COLUMNS":
            patch.delenv(name)
    patch.chdir(data.parent)
    patch.setenv("RAG_DATA_DIR", str(data))
    patch.setenv("RAG_EMBEDDING__CACHE_DIR", str(_user_cache()))


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


class Terminal:
    """A terminal whose far end is read until it is closed."""

    def __init__(self) -> None:
        self._reading, writing = os.openpty()
        self.stream = os.fdopen(writing, "w")
        self._drawn = b""
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def text(self) -> str:
        """Close it: all that was drawn."""
        self.stream.close()
        self._thread.join(10)
        os.close(self._reading)
        return self._drawn.decode()

    def _read(self) -> None:
        with contextlib.suppress(OSError):  # raised when the near end is closed
            while piece := os.read(self._reading, 4096):
                self._drawn += piece
