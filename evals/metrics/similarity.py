"""Semantic similarity: cosine of the embedder's vectors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evals.metrics.normalise import without_markers
from rag_service.ports import Embedder


def similarities(pairs: Sequence[tuple[str, Sequence[str]]], embedder: Embedder) -> list[float]:
    """For each (answer, gold answers) the best cosine; every distinct text is embedded once.

    The bundled encoder's cosines lie between about .7 and 1: they rank answers, they are no percentages.
    """
    cleaned = [(without_markers(answer), list(golds)) for answer, golds in pairs]
    texts = sorted({text for answer, golds in cleaned for text in (answer, *golds)})
    if not texts:
        return []
    rows = dict(zip(texts, embedder.embed_documents(texts), strict=True))
    return [float(np.max([rows[answer] @ rows[gold] for gold in golds])) for answer, golds in cleaned]
