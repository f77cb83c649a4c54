"""LlamaIndex readers as this package's readers, by dotted path."""

from __future__ import annotations

import inspect
import math
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from rag_service import dotted
from rag_service.ingest.readers.base import Extracted, UnreadableError
from rag_service.models import MetadataValue

_REMEDY = "check the file, or the reader named in RAG_INGEST__READERS"


def read_with(path: str, suffix: str, data: bytes) -> Extracted:
    """What a LlamaIndex reader class makes of the bytes: one page for each document that it returns."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"document{suffix}"
        file.write_bytes(data)
        try:
            documents = list(_reader(path).load_data(file))
            texts = tuple(document.text for document in documents)
            held = documents[0].metadata if documents else {}
        except (UnreadableError, MemoryError, RecursionError):
            raise
        except Exception as error:
            # Whatever class a user names may raise or return whatever it likes.
            failed = dotted.failure(error)
            raise UnreadableError(f"made its reader {path} fail ({failed}); {_REMEDY}") from error
    if not documents:
        raise UnreadableError(f"gave its reader {path} nothing to read; {_REMEDY}")
    metadata = {
        key: value
        for key, value in ((str(key), _told(value)) for key, value in held.items())
        if value is not None and folder not in str(value) and not key.startswith("file_")
    }
    title, published = metadata.pop("title", None), metadata.pop("published", None)
    return Extracted(
        texts,
        paginated=len(documents) > 1,
        title=str(title) if title else None,
        published=str(published) if published else None,
        metadata=metadata,
    )


def _told(value: object) -> MetadataValue | None:
    """A value as metadata holds it; None for what it cannot hold."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, (str, int, float, bool)) else None


def _reader(path: str) -> Any:
    try:
        reader = dotted.load(path)
    except ImportError as error:
        raise UnreadableError(f"needs the reader {path}, which cannot be imported: {error}; {_REMEDY}") from error
    if not inspect.isclass(reader):
        raise UnreadableError(f"needs the reader {path}, which is no class; {_REMEDY}")
    return reader()
