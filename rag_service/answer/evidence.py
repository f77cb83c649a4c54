"""Sentences of the passages as candidates for an answer, with the features that speak for each."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag_service.models import Passage
from rag_service.ports import Encoded, Encoder, Evidence, TokenBlock
from rag_service.text.names import Value, find_dates, find_names, find_numbers
from rag_service.text.questions import AnswerType, expected_answer
from rag_service.text.sentences import split_sentences
from rag_service.text.words import content_words

FEATURES = ("late", "rest", "coverage", "type", "passage", "fragment", "opening", "length")
_FALLBACK_SENTENCES = 12
_LIST_ITEM = re.compile(r"\s*(?:[-*+•▪●–]|\(?\d{1,3}[.)])\s+\S")
_CAPTION = re.compile(r"\s*(?:\(?(?:foto|bild|photo|image|quelle|source|grafik|video|archivbild)s?\s*[:/©]|©)", re.I)
_ENDS = re.compile(r"[.!?…:;。！？][\"'”“»«›‹)\]]*$")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence of a passage, ``[start, end)`` in code points of the source text; ``passage`` is an index.

    ``fragment`` marks what is no sentence: a heading, caption, dateline or piece of navigation.
    """

    passage: int
    start: int
    end: int
    text: str
    fragment: bool


@dataclass(frozen=True, slots=True)
class Sentences:
    """Candidates with their features, an array of shape (n, len(FEATURES))."""

    kind: AnswerType
    candidates: tuple[Candidate, ...]
    features: NDArray[np.float32]


def gather(evidence: Evidence, encoder: Encoder) -> Sentences:
    """All candidates of the evidence and their features; token vectors that are missing are made, boundedly."""
    candidates = find_candidates(evidence.passages)
    kind = expected_answer(evidence.question)
    features = np.zeros((len(candidates), len(FEATURES)), np.float32)
    if not candidates:
        return Sentences(kind, (), features)
    overlap = _coverage(evidence, candidates)
    late, rest = _late(evidence, candidates, overlap, encoder)
    columns: Mapping[str, Sequence[float] | NDArray[np.float32]] = {
        "late": late,
        "rest": rest,
        "coverage": overlap,
        "type": [type_match(kind, item.text, evidence) for item in candidates],
        "passage": _passage_scores(evidence.passages)[[item.passage for item in candidates]],
        "fragment": [float(item.fragment) for item in candidates],
        "opening": [float(item.start == evidence.passages[item.passage].start) for item in candidates],
        "length": [math.log1p(len(item.text)) for item in candidates],
    }
    for index, name in enumerate(FEATURES):
        features[:, index] = columns[name]
    return Sentences(kind, tuple(candidates), features)


def find_candidates(passages: Sequence[Passage]) -> list[Candidate]:
    """Every sentence once, although neighbouring passages of a document overlap."""
    seen: set[tuple[str, int]] = set()
    found: list[Candidate] = []
    for index, passage in enumerate(passages):
        for start, end in split_sentences(passage.text, passage.language):
            text = passage.text[start:end]
            key = (passage.version_id, passage.start + end)
            if key in seen or not any(character.isalnum() for character in text):
                continue
            seen.add(key)
            found.append(Candidate(index, passage.start + start, passage.start + end, text, is_fragment(text)))
    return found


def is_fragment(text: str) -> bool:
    """Whether a span is a heading, caption, dateline or navigation rather than a sentence or list item."""
    if _CAPTION.match(text):
        return True
    words = text.split()
    if _ENDS.search(text):
        return len(words) < 3
    if text.lstrip().startswith("#"):
        return True
    return not (_LIST_ITEM.match(text) or "|" in text or "\t" in text or len(words) > 14)


def type_match(kind: AnswerType, text: str, evidence: Evidence) -> float:
    """1 when the text holds a value of the expected type that the question does not, 0 when not, .5 when unknown."""
    known = {value.norm for value in values(kind, evidence.question, evidence.language)}
    if kind in ("date", "number", "person", "place"):
        return float(any(value.norm not in known for value in values(kind, text, evidence.language)))
    if kind == "reason":
        return float(bool(re.search(r"\b(?:weil|denn|da|wegen|aufgrund|damit|um|because|due|since|so that|to)\b", text)))
    return 0.5


def values(kind: AnswerType, text: str, language: str) -> list[Value]:
    """Dates, numbers or names in a text, as the expected answer type asks for; empty for the other types."""
    if kind == "date":
        return find_dates(text)
    if kind == "number":
        return find_numbers(text, language)
    if kind in ("person", "place"):
        return find_names(text, language)
    return []


def _coverage(evidence: Evidence, candidates: Sequence[Candidate]) -> list[float]:
    """Share of the question's content words in each candidate, rare words counting more."""
    wanted = set(content_words(evidence.question, evidence.language))
    words = [set(content_words(item.text, evidence.passages[item.passage].language)) for item in candidates]
    frequency = Counter(word for found in words for word in found & wanted)
    weight = {word: math.log(1 + len(words) / (0.5 + frequency[word])) for word in wanted}
    total = sum(weight.values())
    return [sum(weight[word] for word in found & wanted) / total if total else 0.0 for found in words]


def _passage_scores(passages: Sequence[Passage]) -> NDArray[np.float32]:
    return np.array([passage.score - passages[0].score for passage in passages], np.float32)


def _late(
    evidence: Evidence, candidates: Sequence[Candidate], overlap: Sequence[float], encoder: Encoder
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Mean best token cosine of the question to each sentence, and to the whole passage around it."""
    encoded = evidence.encoded or encoder.encode_query(evidence.question)
    late = np.zeros(len(candidates), np.float32)
    rest = np.zeros(len(candidates), np.float32)
    missing = [i for i, item in enumerate(candidates) if _block(evidence, item) is None]
    for index in {item.passage for item in candidates}:
        passage = evidence.passages[index]
        block = evidence.blocks.get(passage.chunk_id)
        if block is None or not len(block.tokens) or not len(encoded.tokens):
            continue
        cosines = similarities(encoded, block)
        whole = float(cosines.max(axis=1).mean())
        for i, item in enumerate(candidates):
            if item.passage == index:
                bounds = np.array([item.start, item.end]) - passage.start
                first, last = np.searchsorted(block.spans[:, 0], bounds)
                late[i] = cosines[:, first:last].max(axis=1).mean() if last > first else 0.0
                rest[i] = whole
    if missing:
        chosen = sorted(missing, key=lambda i: (-overlap[i], candidates[i].passage))[:_FALLBACK_SENTENCES]
        for i, made in zip(chosen, encoder.encode_documents([candidates[i].text for i in chosen]), strict=True):
            if len(made.tokens) and len(encoded.tokens):
                late[i] = similarities(encoded, made).max(axis=1).mean()
        for i in chosen:
            rest[i] = max(late[j] for j in chosen if candidates[j].passage == candidates[i].passage)
    return late, rest


def _block(evidence: Evidence, item: Candidate) -> TokenBlock | None:
    return evidence.blocks.get(evidence.passages[item.passage].chunk_id)


def similarities(question: Encoded, block: Encoded | TokenBlock) -> NDArray[np.float32]:
    """Cosines of every question token to every token of a block, shape (m, t)."""
    left, right = question.tokens.astype(np.float32), block.tokens.astype(np.float32)
    product: NDArray[np.float32] = left @ right.T
    norms = np.linalg.norm(left, axis=1)[:, None] * np.linalg.norm(right, axis=1)[None]
    product /= np.maximum(norms, 1e-6)
    return product
