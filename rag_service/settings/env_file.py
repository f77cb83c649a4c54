"""The file ``.env`` in the working directory, and what is read from it or the environment beside the settings."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from pathlib import Path

from dotenv import dotenv_values
from dotenv.parser import parse_stream

from rag_service.errors import SettingsError

CONFIG = "RAG_CONFIG"
CLIENT_KEY = "RAG_API_KEY"


def config_file() -> str | None:
    """The TOML file that holds settings."""
    return _variable(CONFIG)


def client_key() -> str | None:
    """The key that commands send to a server."""
    return _variable(CLIENT_KEY)


def _variable(name: str) -> str | None:
    return os.environ.get(name) or env_file().get(name)


def env_file() -> Mapping[str, str | None]:
    """What .env sets, nothing where there is none; SettingsError names a line that sets nothing."""
    path = Path(".env")
    try:
        if not path.is_file():
            return {}
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f".env: cannot be read: {error}; save it as UTF-8, readable for this user") from error
    for binding in parse_stream(io.StringIO(text)):
        if binding.error or (binding.key is not None and binding.value is None):
            written = binding.original.string
            blank = written[: len(written) - len(written.lstrip())]  # lines before it
            raise SettingsError(f".env, line {binding.original.line + blank.count(chr(10))}: not NAME=value")
    return dotenv_values(stream=io.StringIO(text))
