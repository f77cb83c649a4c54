"""A document handed over by a client, as bytes of a file or as text, to a Document."""

from __future__ import annotations

from dataclasses import replace

from rag_service.errors import LoadError
from rag_service.ingest.assemble import assemble
from rag_service.ingest.limits import Limits
from rag_service.ingest.load import Loader, data_digest
from rag_service.ingest.readers.base import Extracted, UnreadableError
from rag_service.models import Document, Upload


def load_upload(loader: Loader, limits: Limits, upload: Upload) -> Document:
    """The document, the client's metadata and date before those found in it; LoadError."""
    if upload.data is not None:
        document = loader.load_bytes(upload.source, upload.data)
    else:
        document = _from_text(upload.source, upload.text or "", limits)
    return replace(
        document,
        metadata={**document.metadata, **upload.metadata},
        published=upload.published or document.published,
    )


def _from_text(source: str, text: str, limits: Limits) -> Document:
    """Text is taken as it stands, whatever the source's suffix says."""
    data = text.encode("utf-8", "surrogatepass")
    if len(data) > limits.max_file_bytes:
        raise LoadError(f"{source}: has {len(data)} bytes, more than ingest.max_file_mb allows")
    try:
        return assemble(source, data_digest(data), "text/plain", Extracted((text,)), limits)
    except UnreadableError as error:
        raise LoadError(f"{source}: {error}") from error
