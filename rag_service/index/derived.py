"""The lexical index built anew from the catalog."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from rag_service.index.inventory import LiveChunk
from rag_service.index.lexical import LexicalIndex

_BATCH = 5000


def rebuild_lexical(index: LexicalIndex, collection_id: str, chunks: Iterable[LiveChunk]) -> None:
    """Build a collection's lexical index anew from the catalog."""
    index.drop(collection_id)
    rows = iter(chunks)
    while some := [chunk.lexical for chunk in islice(rows, _BATCH)]:
        index.add(collection_id, some)
    index.release()
