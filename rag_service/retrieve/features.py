"""What speaks for a candidate passage, as numbers: the input of the learned ranking.

Late interaction follows ColBERT (Khattab & Zaharia, 2020, doi:10.1145/3397271.3401075): for every token of the
question the best cosine among a passage's tokens. Rarity is BM25's inverse document frequency, so that names,
numbers and rare words count more than the question's common words.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag_service.embed.maxsim import cosines
from rag_service.ports import Encoded, TermStatistics, TokenBlock
from rag_service.retrieve.fusion import Floats
from rag_service.text.sentences import sentence_spans
from rag_service.text.words import terms, word_spans

FEATURES = (
    "dense",  # cosine of the dense vectors
    "lexical",  # BM25
    "late",  # mean over question tokens of the best cosine in the passage
    "late_rare",  # the same, tokens weighted by their word's rarity
    "late_sentence",  # the same within the best sentence
    "coverage",  # share of the question's rarity that one sentence's stems cover
    "late_least",  # best cosine of the question token that fits worst
    "late_third",  # mean of the three best cosines: high when everything in the passage is alike
)
_BEST = 3


@dataclass(frozen=True, slots=True)
class Analysed:
    """A passage's sentences as spans of its text, each with its stems."""

    spans: tuple[tuple[int, int], ...]
    stems: tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A question's token vectors (q, d), a weight a token (q,), and the rarity of each stem."""

    vectors: NDArray[np.int8]
    weights: NDArray[np.float32]
    rarity: Mapping[str, float]


def analyse(text: str, language: str) -> Analysed:
    """Sentences and stems of a passage."""
    spans = sentence_spans(text, language) or ((0, len(text)),)
    return Analysed(spans, tuple(frozenset(terms(text[start:end], language)) for start, end in spans))


def rarity(frequency: int, documents: int) -> float:
    """Inverse document frequency as in BM25 (Robertson & Zaragoza, 2009, doi:10.1561/1500000019)."""
    return math.log(1 + (documents - frequency + 0.5) / (frequency + 0.5))


def rarities(statistics: TermStatistics) -> dict[str, float]:
    """The rarity of each of a question's stems."""
    return {stem: rarity(count, statistics.chunks) for stem, count in statistics.frequencies.items()}


def weigh(text: str, encoded: Encoded, languages: Sequence[str], rarities: Mapping[str, float]) -> Question:
    """The question with its tokens weighted by the rarity of the word they belong to."""
    weights = np.zeros(len(encoded.tokens), np.float32)
    spans = encoded.spans
    for start, end in word_spans(text):
        stems = {stem for language in languages for stem in terms(text[start:end], language)}
        inside = (spans[:, 0] < end) & (spans[:, 1] > start)
        weights[inside] = np.maximum(weights[inside], max((rarities[stem] for stem in stems), default=0.0))
    if not weights.any():
        weights[:] = 1.0
    return Question(encoded.tokens, weights, rarities)


def coverage(question: Question, passage: Analysed) -> float:
    """Share of the question's rarity in the sentence that covers most of it."""
    total = sum(question.rarity.values())
    if not total:
        return 0.0
    found = (sum(question.rarity[stem] for stem in question.rarity.keys() & stems) for stems in passage.stems)
    return max(found, default=0.0) / total


def late_features(question: Question, blocks: Sequence[TokenBlock], passages: Sequence[Analysed]) -> Floats:
    """The features named late*, shape (n, 5); every block must hold at least one token."""
    sizes = [len(block.tokens) for block in blocks]
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.intp)
    matches = cosines(question.vectors, np.concatenate([block.tokens for block in blocks]))
    cuts, owners = _sentence_cuts(starts, blocks, passages)
    sentences = np.maximum.reduceat(matches, cuts, axis=0)
    firsts = np.searchsorted(owners, np.arange(len(blocks)))
    best = np.maximum.reduceat(sentences, firsts, axis=0)
    weights = question.weights / question.weights.sum()
    out = np.empty((len(blocks), 5))
    out[:, 0] = best.mean(axis=1)
    out[:, 1] = best @ weights
    out[:, 2] = np.maximum.reduceat(sentences @ weights, firsts)
    out[:, 3] = best.min(axis=1)
    for row, (start, size) in enumerate(zip(starts, sizes, strict=True)):
        own = matches[start : start + size]
        top = np.partition(own, max(0, size - _BEST), axis=0)[-_BEST:]
        out[row, 4] = top.mean()
    return out


def _sentence_cuts(
    starts: NDArray[np.intp], blocks: Sequence[TokenBlock], passages: Sequence[Analysed]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """First token of every sentence that has tokens, and which passage it belongs to."""
    cuts: list[NDArray[np.intp]] = []
    owners: list[NDArray[np.intp]] = []
    for row, (start, block, passage) in enumerate(zip(starts, blocks, passages, strict=True)):
        begins = np.searchsorted(block.spans[:, 0], [span[0] for span in passage.spans])
        begins = np.unique(np.concatenate([[0], begins[begins < len(block.spans)]]))
        cuts.append((begins + start).astype(np.intp))
        owners.append(np.full(len(begins), row, np.intp))
    return np.concatenate(cuts), np.concatenate(owners)
