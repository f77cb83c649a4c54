"""LlamaIndex readers as this package's readers, by dotted path."""

from __future__ import annotations

import inspect
import tempfile
from pathlib import Path
from typing import Any

from rag_service import dotted
from rag_service.ingest.readers.base import Extracted, UnreadableError
from rag_service.models import MetadataValue


def read_with(path: str, suffix: str, data: bytes) -> Extracted:
    """What a LlamaIndex reader class makes of the bytes: one page for each document that it returns."""
    reader = _reader(path)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"document{suffix}"
        file.write_bytes(data)
        documents = reader.load_data(file)
    if not documents:
        raise UnreadableError(f"gave {path} nothing to read; check the file or the reader in ingest.readers")
    metadata: dict[str, MetadataValue] = {
        key: value
        for key, value in documents[0].metadata.items()
        if isinstance(value, (str, int, float, bool)) and folder not in str(value) and not key.startswith("file_")
    }
    title, published = metadata.pop("title", None), metadata.pop("published", None)
    return Extracted(
        tuple(document.text for document in documents),
        paginated=len(documents) > 1,
        title=str(title) if title else None,
        published=str(published) if published else None,
        metadata=metadata,
    )


def _reader(path: str) -> Any:
    try:
        reader = dotted.load(path)
    except ImportError as error:
        raise UnreadableError(f"needs the reader {path}, which cannot be imported: {error}") from error
    if not inspect.isclass(reader):
        raise UnreadableError(f"needs the reader {path}, which is no class; correct ingest.readers")
    return reader()
