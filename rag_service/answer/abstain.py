"""Whether the passages answer the question: a calibrated probability and the threshold below which to decline."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from rag_service.answer.evidence import FEATURES, Floats, Sentences, gather, similarities, values
from rag_service.errors import SettingsError
from rag_service.ports import Encoded, Encoder, Evidence, Reader, TokenBlock
from rag_service.text.polarity import contrary

SIGNALS = (
    "late_before",  # of the best sentence, as in FEATURES
    "late_worst",
    "late_rare",
    "late_rare_before",
    "coverage",
    "agreement",
    "unmet",  # share of the question's content words that no sentence has
    "dense",  # cosine of the question to the best sentence's passage, both by the bundled encoder
    "pooled",  # the same of their mean token vectors
    "late",  # mean best token cosine of the question to that passage
    "share",  # of the best sentence in the distribution over all
    "entropy",  # of that distribution
    "contrary",  # the best sentence speaks of the contrary
    "type_missing",  # the best sentence has no value of the expected type
    "span",  # the reader's log odds of the likeliest answer
    "answerable",  # and of there being one
)
SHIPPED = "evidence.json"


@dataclass(frozen=True, slots=True)
class Assessment:
    """The sentences, the probability (n,) that each holds the answer if any does, and that any does."""

    sentences: Sentences
    shares: Floats
    confidence: float


@dataclass(frozen=True, slots=True)
class Fitted:
    """Weights by the names of FEATURES and SIGNALS, and the hash of the data they were fitted on."""

    sentence: Mapping[str, float]
    signal: Mapping[str, float]
    intercept: float
    threshold: float
    data_sha256: str

    @classmethod
    def load(cls, path: Path | None = None) -> Fitted:
        """Read a fitted file; the shipped one by default."""
        source = path or Path(__file__).with_name(SHIPPED)
        content: dict[str, Any] = json.loads(source.read_text(encoding="utf-8"))
        if set(content["sentence"]) != set(FEATURES) or set(content["signal"]) != set(SIGNALS):
            raise SettingsError(f"{source} was fitted for other features; run `python -m evals.calibrate`.")
        return cls(
            content["sentence"],
            content["signal"],
            content["intercept"],
            content["threshold"],
            content["data"]["sha256"],
        )

    @classmethod
    def blank(cls) -> Fitted:
        """No weights yet: what fitting starts from."""
        return cls(dict.fromkeys(FEATURES, 0.0), dict.fromkeys(SIGNALS, 0.0), 0.0, 0.0, "")


class EvidenceModel:
    """Scores sentences and weighs the evidence as a whole; weights are fitted by ``rag-service eval calibrate``."""

    def __init__(
        self,
        encoder: Encoder,
        reader: Reader,
        fitted: Fitted | None = None,
        *,
        threshold: float | None = None,
        own_vectors: bool = True,
    ) -> None:
        """``own_vectors``: the passages' dense scores are cosines of the bundled encoder."""
        fitted = fitted or Fitted.load()
        self._encoder = encoder
        self._reader = reader
        self._own_vectors = own_vectors
        self._sentence = np.array([fitted.sentence[name] for name in FEATURES], np.float32)
        self._signal = np.array([fitted.signal[name] for name in SIGNALS], np.float32)
        self._intercept = fitted.intercept
        self.data_sha256 = fitted.data_sha256
        self.threshold = fitted.threshold if threshold is None else threshold

    def assess(self, evidence: Evidence) -> Assessment:
        """Score every sentence and the whole; confidence 0 where there is no sentence."""
        sentences = gather(evidence, self._encoder, self._reader)
        if not sentences.candidates:
            return Assessment(sentences, np.zeros(0, np.float32), 0.0)
        shares = softmax(sentences.features @ self._sentence)
        found = self.signals(evidence, sentences, shares)
        logit = float(found @ self._signal) + self._intercept
        return Assessment(sentences, shares, 1.0 / (1.0 + math.exp(-logit)))

    def signals(self, evidence: Evidence, sentences: Sentences, shares: Floats) -> Floats:
        """What speaks for or against the evidence as a whole, shape (len(SIGNALS),)."""
        best = int(np.argmax(shares))
        item = sentences.candidates[best]
        found = dict(zip(FEATURES, sentences.features[best].tolist(), strict=True))
        found |= {"unmet": sentences.unmet, "span": sentences.span, "answerable": sentences.answerable}
        found["share"] = float(shares[best])
        found["entropy"] = float(-(shares * np.log(shares + 1e-9)).sum())
        found["contrary"] = float(contrary(evidence.question, item.text))
        found["type_missing"] = float(_type_missing(evidence, sentences, best))
        found["dense"], found["pooled"], found["late"] = self._whole(evidence, item.passage)
        return np.array([found[name] for name in SIGNALS], np.float32)

    def _whole(self, evidence: Evidence, index: int) -> tuple[float, float, float]:
        """How the question compares to a whole passage; encodes the passage where that is not known."""
        passage = evidence.passages[index]
        question = evidence.encoded or self._encoder.encode_query(evidence.question)
        block: Encoded | TokenBlock | None = evidence.blocks.get(passage.chunk_id)
        dense = passage.dense_score if self._own_vectors else None
        if block is None or dense is None:
            (block,) = self._encoder.encode_documents([passage.text])
            dense = float(block.vector @ question.vector)
        if not len(block.tokens) or not len(question.tokens):
            return dense, 0.0, 0.0
        left, right = question.tokens.mean(axis=0), block.tokens.mean(axis=0)
        pooled = float(left @ right / max(float(np.linalg.norm(left) * np.linalg.norm(right)), 1e-6))
        return dense, pooled, float(similarities(question, block).max(axis=1).mean())


def softmax(scores: Floats) -> Floats:
    """Scores as a distribution."""
    powers = np.exp(scores - scores.max())
    found: Floats = powers / powers.sum()
    return found


def _type_missing(evidence: Evidence, sentences: Sentences, best: int) -> bool:
    if sentences.kind not in ("date", "number", "person", "place"):
        return False
    item = sentences.candidates[best]
    known = {value.norm for value in values(sentences.kind, evidence.question, evidence.language)}
    language = evidence.passages[item.passage].language
    return all(value.norm in known for value in values(sentences.kind, item.text, language))
