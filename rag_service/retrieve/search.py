"""A question to ranked passages: dense and lexical search, filtered, fused, reranked, made diverse."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rag_service.embed.maxsim import maxsim_many
from rag_service.models import Passage, SearchMode, Warning
from rag_service.ports import (
    Embedder,
    Encoded,
    Encoder,
    Evidence,
    LexicalSearch,
    LiveCatalog,
    Reranker,
    TokenBlock,
    TokenSearch,
    VectorSearch,
)
from rag_service.retrieve.diversity import collapse, diversify
from rag_service.retrieve.fusion import fill_lexical, fuse, squash, standardise
from rag_service.retrieve.types import Retrieval
from rag_service.retrieve.weight import dense_share
from rag_service.text.languages import detect_language


@dataclass(frozen=True, slots=True)
class Options:
    """How passages are found and ranked; see the settings of the same names."""

    top_k: int
    candidates: int
    dense_weight: float
    adaptive_weight: bool
    late_weight: float
    rerank_depth: int
    max_per_document: int


@dataclass(frozen=True, slots=True)
class Stores:
    """The read sides of the stores; ``tokens`` is None when late interaction is off."""

    catalog: LiveCatalog
    vectors: VectorSearch
    lexical: LexicalSearch
    tokens: TokenSearch | None


class Retriever:
    """Finds the passages that may answer a question."""

    def __init__(
        self, stores: Stores, embedder: Embedder, encoder: Encoder | None, options: Options, reranker: Reranker | None
    ) -> None:
        self._stores = stores
        self._embedder = embedder
        self._encoder = encoder
        self._options = options
        self._reranker = reranker

    def search(
        self,
        collection: str,
        query: str,
        *,
        filters: Mapping[str, Any] | None = None,
        top_k: int | None = None,
        mode: SearchMode = "hybrid",
    ) -> Retrieval:
        """The best passages with ranks and scores; UnknownCollection, InvalidFilter."""
        started = time.perf_counter()
        top_k = top_k or self._options.top_k
        language = detect_language(query)
        self._stores.catalog.count_chunks(collection)  # UnknownCollection before any work
        encoded = self._encoder.encode_query(query) if self._encoder else None
        versions = self._stores.catalog.matching_versions(collection, filters) if filters else None
        ranked: list[Passage] = []
        blocks: dict[str, TokenBlock] = {}
        warnings: tuple[Warning, ...] = ()
        if versions is None or versions:
            ranked, blocks, warnings = self._ranked(collection, query, encoded, versions, top_k, mode)
        passages = tuple(diversify(collapse(ranked), top_k, self._options.max_per_document))
        kept = {passage.chunk_id: blocks[passage.chunk_id] for passage in passages if passage.chunk_id in blocks}
        evidence = Evidence(query, language, encoded, passages, kept)
        return Retrieval(evidence, warnings, (time.perf_counter() - started) * 1000)

    def _ranked(
        self,
        collection: str,
        query: str,
        encoded: Encoded | None,
        versions: Sequence[str] | None,
        top_k: int,
        mode: SearchMode,
    ) -> tuple[list[Passage], dict[str, TokenBlock], tuple[Warning, ...]]:
        limit = max(self._options.candidates, 2 * top_k)
        dense, lexical = self._candidates(collection, query, encoded, versions, limit, mode)
        found = self._stores.catalog.passages(collection, list(dict.fromkeys([*dense, *lexical])))
        if not found:
            return [], {}, ()
        ids = list(found)
        scores = self._fused(query, ids, dense, lexical, limit, mode)
        order = sorted(range(len(ids)), key=lambda i: (-scores[i], ids[i]))
        head = [ids[i] for i in order[: max(self._options.rerank_depth, top_k)]]
        base = [scores[i] for i in order[: len(head)]]
        blocks = self._blocks(collection, head) if encoded is not None else {}
        late: dict[str, float] = {}
        if encoded is not None and blocks and mode == "hybrid":
            late = maxsim_many(encoded.tokens, {chunk_id: blocks[chunk_id].tokens for chunk_id in head if chunk_id in blocks})
        final = self._reranked(head, base, late)
        final, warnings = self._second_opinion(query, head, found, final)
        passages = [
            replace(
                found[chunk_id],
                score=squash(score),
                dense_score=dense.get(chunk_id),
                lexical_score=lexical.get(chunk_id),
                late_score=late.get(chunk_id),
            )
            for chunk_id, score in sorted(zip(head, final, strict=True), key=lambda pair: (-pair[1], pair[0]))
        ]
        return passages, blocks, warnings

    def _candidates(
        self,
        collection: str,
        query: str,
        encoded: Encoded | None,
        versions: Sequence[str] | None,
        limit: int,
        mode: SearchMode,
    ) -> tuple[dict[str, float], dict[str, float]]:
        dense: dict[str, float] = {}
        lexical: dict[str, float] = {}
        if mode != "dense":
            hits = self._stores.lexical.query(collection, query, limit, versions)
            lexical = {hit.chunk_id: hit.score for hit in hits}
        if mode != "lexical":
            own = encoded is not None and self._embedder is self._encoder
            vector = encoded.vector if encoded is not None and own else self._embedder.embed_query(query)
            hits = self._stores.vectors.query(collection, vector, limit, versions)
            dense = {hit.chunk_id: hit.score for hit in hits}
            unseen = [chunk_id for chunk_id in lexical if chunk_id not in dense]
            dense |= self._stores.vectors.similarities(collection, vector, unseen)
        return dense, lexical

    def _fused(
        self,
        query: str,
        ids: list[str],
        dense: Mapping[str, float],
        lexical: Mapping[str, float],
        limit: int,
        mode: SearchMode,
    ) -> list[float]:
        if mode == "lexical":
            return standardise([lexical[chunk_id] for chunk_id in ids]).tolist()
        similarities = [dense.get(chunk_id, -1.0) for chunk_id in ids]
        if mode == "dense":
            return standardise(similarities).tolist()
        share = self._options.dense_weight
        if self._options.adaptive_weight:
            share = dense_share(query, share, sorted(lexical.values(), reverse=True))
        return fuse(similarities, fill_lexical(ids, lexical, limit), share).tolist()

    def _blocks(self, collection: str, chunk_ids: list[str]) -> dict[str, TokenBlock]:
        return self._stores.tokens.blocks(collection, chunk_ids) if self._stores.tokens else {}

    def _reranked(self, head: list[str], base: list[float], late: Mapping[str, float]) -> list[float]:
        """Fused plus late-interaction score; a chunk without token vectors gets the mean late score."""
        if not late:
            return base
        mean = sum(late.values()) / len(late)
        standardised = standardise([late.get(chunk_id, mean) for chunk_id in head])
        return [score + self._options.late_weight * float(z) for score, z in zip(base, standardised, strict=True)]

    def _second_opinion(
        self, query: str, head: list[str], found: Mapping[str, Passage], scores: list[float]
    ) -> tuple[list[float], tuple[Warning, ...]]:
        """The reranker's scores where there is one; a failure leaves the ranking as it is, with a warning."""
        if self._reranker is None:
            return scores, ()
        from rag_service.errors import ModelError

        try:
            return self._reranker.scores(query, [found[chunk_id].text for chunk_id in head]), ()
        except ModelError as error:
            return scores, (Warning("reranker_unavailable", f"{error} The ranking is without it."),)
