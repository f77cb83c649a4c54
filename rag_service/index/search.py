"""The stores as retrieval sees them: by a collection's name, within document versions."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rag_service.errors import FingerprintMismatch
from rag_service.index.ids import version_of
from rag_service.index.stores import Stores
from rag_service.ports import Hit, TermStatistics, TokenBlock, Vector
from rag_service.text.words import terms

_BROAD = 0.1  # share of the documents above which more hits are fetched and filtered afterwards
_FETCH = 1000
_FEW = 300  # chunks whose vectors are compared one by one
_LANGUAGES = 4


class DenseSearch:
    """ports.VectorSearch over the vector store."""

    def __init__(self, stores: Stores, embedder: str) -> None:
        """``embedder`` is the identity of what makes the query vectors."""
        self._stores = stores
        self._embedder = embedder

    def query(self, collection: str, vector: Vector, limit: int, versions: Sequence[str] | None) -> list[Hit]:
        """Nearest chunks by cosine, within the given document versions if not None.

        A metadata filter of Chroma would scan, and so does its search among a few ids. Instead, a filter that leaves
        much of the collection is applied to a longer list of hits, a very narrow one is answered by the vectors of
        its chunks, and one between by the ids of its chunks. FingerprintMismatch, UnknownCollection.
        """
        own = self._collection(collection)
        if versions is None:
            return self._stores.vectors.query(own, vector, limit, None)
        share = len(versions) / max(self._stores.catalog.collections.facts.of(collection).documents, 1)
        if share >= _BROAD:
            wanted = set(versions)
            fetched = min(_FETCH, math.ceil(limit / share * 1.5))
            hits = self._stores.vectors.query(own, vector, fetched, None)
            kept = [hit for hit in hits if version_of(hit.chunk_id) in wanted]
            if len(kept) >= limit:
                return kept[:limit]
        chunk_ids = self._stores.catalog.live.chunk_ids(versions)
        if len(chunk_ids) <= _FEW:
            found = self._stores.vectors.vectors(own, chunk_ids)
            return sorted((Hit(name, float(each @ vector)) for name, each in found.items()), key=_rank)[:limit]
        return self._stores.vectors.query(own, vector, limit, chunk_ids)

    def similarities(self, collection: str, vector: Vector, chunk_ids: Sequence[str]) -> dict[str, float]:
        """Cosine of the given chunks: for candidates that another index found."""
        if not chunk_ids:
            return {}
        found = self._stores.vectors.vectors(self._collection(collection), chunk_ids)
        return {name: float(own @ vector) for name, own in found.items()}

    def _collection(self, name: str) -> str:
        own = self._stores.catalog.collections.facts.identity(name)
        if own.embedder is not None and own.embedder != self._embedder:
            raise FingerprintMismatch(
                f"Collection {name!r} was embedded with {own.embedder}, the settings name {self._embedder}: "
                f"go back to it, or run `rag-service ingest --collection {name} --re-embed`."
            )
        return own.id


def _rank(hit: Hit) -> tuple[float, str]:
    return -hit.score, hit.chunk_id


class BestMatches:
    """ports.LexicalSearch over the lexical index: the question is analysed in the collection's languages."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    def statistics(self, collection: str, text: str) -> TermStatistics:
        """How frequent the stems of a text are, analysed in the collection's languages."""
        languages = self._stores.catalog.live.languages(collection)[:_LANGUAGES]
        own = self._stores.catalog.collections.id_of(collection)
        stems = dict.fromkeys(stem for language in languages for stem in terms(text, language))
        frequencies, chunks = self._stores.lexical.frequencies(own, list(stems))
        return TermStatistics(languages, frequencies, chunks)

    def query(self, collection: str, text: str, limit: int, versions: Sequence[str] | None) -> list[Hit]:
        """Best chunks by BM25 over stems, within the given document versions if not None."""
        languages = self._stores.catalog.live.languages(collection)[:_LANGUAGES]
        own = self._stores.catalog.collections.id_of(collection)
        return self._stores.lexical.query(own, text, languages, limit, versions)


class TokenBlocks:
    """ports.TokenSearch over the token vectors."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    def blocks(self, collection: str, chunk_ids: Sequence[str]) -> dict[str, TokenBlock]:
        """Token vectors of the chunks that have them."""
        return self._stores.tokens.blocks(self._stores.catalog.collections.id_of(collection), chunk_ids)
