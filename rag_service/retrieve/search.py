"""A question to ranked passages: dense and lexical search, filtered, fused, reranked, made diverse."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from rag_service.errors import ModelError
from rag_service.models import Passage, SearchMode, Warning
from rag_service.ports import (
    Embedder,
    Encoded,
    Encoder,
    Evidence,
    LexicalSearch,
    LiveCatalog,
    Reranker,
    TermStatistics,
    TokenBlock,
    TokenSearch,
    Vector,
    VectorSearch,
)
from rag_service.retrieve.diversity import collapse, diversify
from rag_service.retrieve.features import FEATURES
from rag_service.retrieve.fusion import Floats, fill_lexical, fuse, squash
from rag_service.retrieve.leaning import dense_share
from rag_service.retrieve.period import bounded, prefer
from rag_service.retrieve.ranking import Candidates, Ranking
from rag_service.retrieve.types import Retrieval
from rag_service.text.languages import detect_language
from rag_service.text.periods import Period, find_period

_ROUNDS = 3  # searches for one question whose documents are replaced meanwhile


@dataclass(frozen=True, slots=True)
class Options:
    """How passages are found and ranked; see the settings of the same names."""

    top_k: int
    candidates: int
    dense_weight: float
    rerank_depth: int
    max_per_document: int


@dataclass(frozen=True, slots=True)
class Stores:
    """The read sides of the stores; ``tokens`` is None when late interaction is off."""

    catalog: LiveCatalog
    vectors: VectorSearch
    lexical: LexicalSearch
    tokens: TokenSearch | None


@dataclass(frozen=True, slots=True)
class _Query:
    collection: str
    text: str
    encoded: Encoded
    vector: Vector
    versions: Sequence[str] | None
    limit: int
    period: Period | None


@dataclass(frozen=True, slots=True)
class _Fused:
    """Candidates in order, with arrays (n,) of fused scores, cosines, and BM25; and what either search scored.

    ``gone`` are hits that are not live: their version was replaced after the search, or is not written yet.
    """

    passages: list[Passage]
    scores: Floats
    similarities: Floats
    matches: Floats
    dense: Mapping[str, float]
    lexical: Mapping[str, float]
    gone: frozenset[str]
    statistics: TermStatistics | None


@dataclass(frozen=True, slots=True)
class _Ranked:
    """Passages best first, their final scores and the head's late ones by chunk id, and the head's token vectors."""

    passages: list[Passage]
    blocks: Mapping[str, TokenBlock]
    scores: Mapping[str, float]
    late: Mapping[str, float]
    fused: _Fused
    warnings: tuple[Warning, ...] = ()

    def said(self, passages: Sequence[Passage]) -> tuple[Passage, ...]:
        """Passages with every score they got; few are left of the many candidates by now."""
        return tuple(
            replace(
                passage,
                score=squash(self.scores[passage.chunk_id]),
                late_score=self.late.get(passage.chunk_id),
                dense_score=self.fused.dense.get(passage.chunk_id),
                lexical_score=self.fused.lexical.get(passage.chunk_id),
            )
            for passage in passages
        )


_NO_VECTORS = Warning(
    "vectors_missing",
    "The vector store holds nothing of this collection, so passages were found by their words alone; "
    "`rag-service doctor --repair` makes the vectors anew.",
)


class Retriever:
    """Finds the passages that may answer a question; safe to share between threads."""

    def __init__(
        self,
        stores: Stores,
        embedder: Embedder,
        encoder: Encoder,
        options: Options,
        ranking: Ranking,
        reranker: Reranker | None = None,
        today: Callable[[], date] = date.today,
    ) -> None:
        """``today`` is what 'last week' in a question is relative to."""
        self._stores = stores
        self._embedder = embedder
        self._encoder = encoder
        self._options = options
        self._ranking = ranking
        self._reranker = reranker
        self._today = today

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
        catalog = self._stores.catalog
        if not catalog.count_chunks(collection):
            return Retrieval(Evidence(query, detect_language(query), None, (), {}), (), _since(started))
        period = find_period(query, self._today())
        limit = max(self._options.candidates, 2 * top_k)
        encoded, vector = self._vectors(query, mode)
        gone: frozenset[str] = frozenset()
        for _ in range(_ROUNDS):
            versions, warnings = bounded(catalog, collection, filters, period)
            asked = _Query(collection, query, encoded, vector, versions, limit, period)
            fused = self._fused(asked, mode, self._statistics(asked) if mode == "hybrid" else None)
            if fused.gone <= gone:  # what is still being written is gone every time
                break
            gone = fused.gone
        found = self._ranked(asked, fused)
        chosen = diversify(collapse(found.passages), top_k, self._options.max_per_document)
        passages = found.said(chosen)
        blocks = {each.chunk_id: found.blocks[each.chunk_id] for each in passages if each.chunk_id in found.blocks}
        evidence = Evidence(query, detect_language(query), asked.encoded, passages, blocks)
        if mode != "lexical" and versions != [] and not found.fused.dense:
            warnings += (_NO_VECTORS,)
        return Retrieval(evidence, warnings + found.warnings, _since(started))

    def candidates(self, collection: str, query: str) -> tuple[list[Passage], Floats]:
        """The candidates for the learned ranking with their features (n, len(FEATURES)), as fitting needs them."""
        asked = _Query(collection, query, *self._vectors(query, "hybrid"), None, self._options.candidates, None)
        statistics = self._statistics(asked)
        fused = self._fused(asked, "hybrid", statistics)
        features = self._features(asked, fused, statistics, self._blocks(asked, fused))
        return fused.passages[: self._options.rerank_depth], features

    def _vectors(self, query: str, mode: SearchMode) -> tuple[Encoded, Vector]:
        """A question for the token vectors and for the vector store."""
        encoded = self._encoder.encode_query(query)
        own = mode == "lexical" or self._embedder is self._encoder
        return encoded, encoded.vector if own else self._embedder.embed_query(query)

    def _ranked(self, asked: _Query, fused: _Fused) -> _Ranked:
        """The head of the fused candidates by the learned ranking or the reranker, the rest behind it."""
        statistics = fused.statistics
        depth = self._options.rerank_depth
        passages, scores = fused.passages[:depth], fused.scores[:depth]
        if not passages:
            return _Ranked([], {}, {}, {}, fused)
        blocks: Mapping[str, TokenBlock] = {}
        late: dict[str, float] = {}
        if statistics is not None and self._stores.tokens is not None:
            blocks = self._blocks(asked, fused)
            features = self._features(asked, fused, statistics, blocks)
            late = _late(passages, features, blocks)
            scores = self._ranking.scores(features)
        scores, warnings = self._second_opinion(asked.text, passages, scores)
        scores, told = prefer(passages, scores, asked.period)
        order = sorted(range(len(passages)), key=lambda i: (-scores[i], passages[i].chunk_id))
        behind = fused.scores[len(passages) :] - fused.scores[len(passages) - 1] + scores.min()
        final = {each.chunk_id: float(score) for each, score in zip(passages, scores, strict=True)}
        rest = fused.passages[len(passages) :]
        final |= {each.chunk_id: float(score) for each, score in zip(rest, behind, strict=True)}
        return _Ranked([passages[i] for i in order] + rest, blocks, final, late, fused, warnings + told)

    def _statistics(self, asked: _Query) -> TermStatistics:
        return self._stores.lexical.statistics(asked.collection, asked.text)

    def _fused(self, asked: _Query, mode: SearchMode, statistics: TermStatistics | None) -> _Fused:
        """Live candidates of both searches, best first by the fused score."""
        dense, lexical = ({}, {}) if asked.versions == [] else self._hits(asked, mode)
        hits = dict.fromkeys([*dense, *lexical])
        found = self._stores.catalog.passages(asked.collection, list(hits))
        gone = frozenset(hits.keys() - found.keys())
        ids = list(found)
        share = dense_share(self._options.dense_weight, statistics) if statistics else float(mode == "dense")
        similarities = np.array([dense.get(chunk_id, -1.0) for chunk_id in ids])
        matches = np.array(fill_lexical(ids, lexical, asked.limit))
        scores = fuse(similarities, matches, share) if ids else similarities
        order = sorted(range(len(ids)), key=lambda i: (-scores[i], ids[i]))
        passages = [found[ids[i]] for i in order]
        return _Fused(passages, scores[order], similarities[order], matches[order], dense, lexical, gone, statistics)

    def _hits(self, asked: _Query, mode: SearchMode) -> tuple[dict[str, float], dict[str, float]]:
        """Dense and lexical scores by chunk id; what only the lexical search found gets its cosine, too."""
        dense: dict[str, float] = {}
        lexical: dict[str, float] = {}
        place = (asked.collection, asked.limit, asked.versions)
        if mode != "dense":
            hits = self._stores.lexical.query(place[0], asked.text, *place[1:])
            lexical = {hit.chunk_id: hit.score for hit in hits}
        if mode != "lexical":
            vector = asked.vector
            dense = {hit.chunk_id: hit.score for hit in self._stores.vectors.query(place[0], vector, *place[1:])}
            unseen = [chunk_id for chunk_id in lexical if chunk_id not in dense]
            dense |= self._stores.vectors.similarities(asked.collection, vector, unseen)
        return dense, lexical

    def _blocks(self, asked: _Query, fused: _Fused) -> Mapping[str, TokenBlock]:
        head = [passage.chunk_id for passage in fused.passages[: self._options.rerank_depth]]
        return self._stores.tokens.blocks(asked.collection, head) if self._stores.tokens else {}

    def _features(
        self, asked: _Query, fused: _Fused, statistics: TermStatistics, blocks: Mapping[str, TokenBlock]
    ) -> Floats:
        """Features of the head of the candidates."""
        depth = self._options.rerank_depth
        candidates = Candidates(fused.passages[:depth], blocks, fused.similarities[:depth], fused.matches[:depth])
        return self._ranking.features(asked.text, asked.encoded, statistics, candidates)

    def _second_opinion(
        self, query: str, passages: Sequence[Passage], scores: Floats
    ) -> tuple[Floats, tuple[Warning, ...]]:
        """The reranker's scores where there is one; a failure leaves the ranking as it is, with a warning."""
        if self._reranker is None:
            return scores, ()
        try:
            return np.array(self._reranker.scores(query, [passage.text for passage in passages])), ()
        except ModelError as error:
            return scores, (Warning("reranker_unavailable", f"{error} The ranking is without it."),)


def _late(passages: Sequence[Passage], features: Floats, blocks: Mapping[str, TokenBlock]) -> dict[str, float]:
    """The late interaction of those passages that have token vectors."""
    column = features[:, FEATURES.index("late")]
    pairs = zip(passages, column, strict=True)
    return {passage.chunk_id: float(late) for passage, late in pairs if passage.chunk_id in blocks}


def _since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
