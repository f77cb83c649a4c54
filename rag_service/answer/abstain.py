"""Whether the passages answer the question: a calibrated probability and the threshold below which to decline."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag_service.answer.evidence import Sentences, gather
from rag_service.ports import Encoder, Evidence


@dataclass(frozen=True, slots=True)
class Assessment:
    """The sentences with their scores (n,), higher is better, and the confidence that they hold the answer."""

    sentences: Sentences
    scores: NDArray[np.float32]
    confidence: float


class EvidenceModel:
    """Scores sentences and weighs the evidence as a whole with the shipped, fitted weights."""

    def __init__(self, encoder: Encoder, path: Path | None = None, threshold: float | None = None) -> None:
        fitted = json.loads((path or Path(__file__).with_name("evidence.json")).read_text(encoding="utf-8"))
        self._encoder = encoder
        self._sentence = np.array(fitted["sentence_weights"], np.float32)
        self._confidence = np.array(fitted["confidence_weights"], np.float32)
        self._intercept = float(fitted["confidence_intercept"])
        self.data_sha256: str = fitted["data_sha256"]
        self.threshold: float = fitted["threshold"] if threshold is None else threshold

    def assess(self, evidence: Evidence) -> Assessment:
        """Score every sentence and the whole."""
        sentences = gather(evidence, self._encoder)
        if not sentences.candidates:
            return Assessment(sentences, np.zeros(0, np.float32), 0.0)
        scores = sentences.features @ self._sentence
        best = sentences.features[int(np.argmax(scores))]
        confidence = 1.0 / (1.0 + float(np.exp(-(best @ self._confidence + self._intercept))))
        return Assessment(sentences, scores, confidence)

    def confidence(self, evidence: Evidence) -> float:
        """Probability in [0, 1] that the passages answer the question."""
        return self.assess(evidence).confidence
