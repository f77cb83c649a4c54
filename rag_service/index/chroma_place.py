"""Where Chroma is: embedded in a folder or a server, how to reach it, and what its failures mean."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, cast

from rag_service.errors import DiskFull, StoreError
from rag_service.index.chroma_files import lacks_room

if TYPE_CHECKING:
    from chromadb.api.client import Client

_FULL = ("(code: 13)", "os error 28", "no space left")  # what SQLite, Rust and C say of a full disk
_ROOM = 1 << 16  # bytes; with less, SQLite fails in other ways, too
_SHOWN = 300


@dataclass(frozen=True, slots=True)
class ChromaServer:
    """Where a Chroma server is."""

    host: str
    port: int = 8000
    ssl: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    tenant: str = "default_tenant"
    database: str = "default_database"
    api_key: str | None = None


def connect(place: Path | ChromaServer) -> Client:
    """A client; chromadb's own errors, which ``explained`` makes into ours."""
    import chromadb
    from chromadb.api.shared_system_client import SharedSystemClient
    from chromadb.config import Settings

    quiet = Settings(anonymized_telemetry=False)
    if isinstance(place, Path):
        place.mkdir(parents=True, exist_ok=True)
        try:
            return cast("Client", chromadb.PersistentClient(str(place), settings=quiet))
        except BaseException:
            SharedSystemClient._identifier_to_system.pop(str(place), None)  # else the next try meets the failed one
            raise
    headers = dict(place.headers) | ({"x-chroma-token": place.api_key} if place.api_key else {})
    remote = chromadb.HttpClient(
        host=place.host,
        port=place.port,
        ssl=place.ssl,
        headers=headers,
        settings=quiet,
        tenant=place.tenant,
        database=place.database,
    )
    return cast("Client", remote)


@contextmanager
def explained(place: Path | ChromaServer) -> Iterator[None]:
    """Chroma's and its transport's errors as StoreError that says which store failed; DiskFull for lack of room."""
    import httpx
    from chromadb.errors import ChromaError

    where = (
        f"embedded Chroma in {place}"
        if isinstance(place, Path)
        else f"the Chroma server at {place.host}:{place.port} (RAG_CHROMA__HOST)"
    )
    try:
        yield
    except (ChromaError, httpx.HTTPError, OSError) as error:
        if _is_full(place, error):
            raise DiskFull(f"The vector store ({where}) failed because its disk is full: {_said(error)}") from error
        raise StoreError(f"The vector store ({where}) failed: {_said(error)}") from error
    except ValueError as error:
        if isinstance(place, Path):
            raise
        raise StoreError(f"The vector store ({where}) cannot be reached: {_said(error)}") from error


def _said(error: Exception) -> str:
    """An error's message on one line: what answers at the wrong address may send whole pages."""
    return " ".join(str(error).split())[:_SHOWN]


def _is_full(place: Path | ChromaServer, error: Exception) -> bool:
    """Whether a full disk is to blame."""
    if isinstance(error, OSError) and lacks_room(error):
        return True
    if any(sign in str(error).lower() for sign in _FULL):
        return True
    return isinstance(place, Path) and place.exists() and shutil.disk_usage(place).free < _ROOM
