"""Source code and configuration, as it stands."""

from __future__ import annotations

from rag_service.ingest.limits import Limits
from rag_service.ingest.readers.base import Extracted
from rag_service.ingest.readers.decode import decode


def read(data: bytes, limits: Limits) -> Extracted:
    """The decoded text; its language stays unknown, since identifiers are no prose."""
    return Extracted((decode(data),), language="und")
