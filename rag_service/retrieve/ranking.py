"""The learned ranking of the fused candidates: a linear model over standardised features."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from rag_service.errors import SettingsError
from rag_service.models import Passage
from rag_service.ports import Encoded, TermStatistics, TokenBlock
from rag_service.retrieve.features import FEATURES, analyse, coverage, late_features, rarities, weigh
from rag_service.retrieve.fusion import Floats, standardise

_LATE = [2, 3, 4, 6, 7]  # columns of the features that need token vectors
_CACHED = 4096  # analysed passages that are kept; about 15 kB each


@dataclass(frozen=True, slots=True)
class Candidates:
    """Passages with their token vectors by chunk id, and the scores of both searches in the same order."""

    passages: Sequence[Passage]
    blocks: Mapping[str, TokenBlock]
    dense: Floats
    lexical: Floats


class Ranking:
    """Scores candidates by the shipped weights; ``python -m evals.fit_ranking`` fits them."""

    def __init__(self, path: Path | None = None) -> None:
        path = path or Path(__file__).with_name("ranking.json")
        fitted = json.loads(path.read_text(encoding="utf-8"))
        if list(fitted["weights"]) != list(FEATURES):
            raise SettingsError(
                f"{path}: weights for {list(fitted['weights'])}, but the features are {list(FEATURES)}."
            )
        self._weights = np.array(list(fitted["weights"].values()))
        self._analyse = lru_cache(_CACHED)(analyse)

    def scores(self, features: Floats) -> Floats:
        """One score a candidate from features of shape (n, len(FEATURES)); higher is better."""
        return np.asarray(standardise(features) @ self._weights)

    def features(self, query: str, encoded: Encoded, statistics: TermStatistics, candidates: Candidates) -> Floats:
        """Features of candidates, shape (n, len(FEATURES)); where token vectors are missing, the worst late ones."""
        question = weigh(query, encoded, statistics.languages, rarities(statistics))
        passages = candidates.passages
        analysed = [self._analyse(passage.text, passage.language) for passage in passages]
        out = np.zeros((len(passages), len(FEATURES)))
        out[:, 0], out[:, 1] = candidates.dense, candidates.lexical
        out[:, 5] = [coverage(question, passage) for passage in analysed]
        rows = [row for row, passage in enumerate(passages) if _has_tokens(candidates.blocks.get(passage.chunk_id))]
        if rows and len(question.vectors):
            own = [candidates.blocks[passages[row].chunk_id] for row in rows]
            late = late_features(question, own, [analysed[row] for row in rows])
            out[:, _LATE] = late.min(axis=0)
            out[np.ix_(rows, _LATE)] = late
        return out


def _has_tokens(block: TokenBlock | None) -> bool:
    return block is not None and len(block.tokens) > 0
