"""Whether the passages answer the question: a calibrated probability and the threshold below which to decline."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from rag_service.answer.evidence.candidates import CLOSED, Candidate
from rag_service.answer.evidence.gather import FEATURES, Floats, Sentences, gather
from rag_service.answer.evidence.leads import with_lead
from rag_service.embed.maxsim import maxsim
from rag_service.errors import SettingsError
from rag_service.ports import Encoded, Encoder, Evidence, Reader, TokenBlock
from rag_service.text.codes import find_codes, has_code
from rag_service.text.forms import lacks_form
from rag_service.text.polarity import contrary
from rag_service.text.questions import asks_several

SIGNALS = (
    "agreement",  # of the best sentence, as in FEATURES
    "read",
    "contrary",  # the best sentence speaks of the contrary
    "dense",  # cosine of the question to the best sentence's passage, both by the bundled encoder
    "late",  # mean best token cosine of the question to that passage
    "span",  # the reader's log odds of the likeliest answer
    "answerable",  # and of there being one
)
# What a question in another language than its passage loses in both: the mean over the English claims and the German
# questions on the same documents in evals/alignment_claims.jsonl (43 pairs: cosine .870 to .817, late .726 to .612).
_ACROSS = (0.053, 0.115)
SHIPPED = "evidence.json"
Number = TypeVar("Number", np.float32, np.float64)


@dataclass(frozen=True, slots=True)
class Assessment:
    """The sentences, the probability (n,) that each holds the answer if any does, and that any does."""

    sentences: Sentences
    shares: Floats
    confidence: float


@dataclass(frozen=True, slots=True)
class Fitted:
    """Weights by the names of FEATURES and SIGNALS, and the threshold."""

    sentence: Mapping[str, float]
    signal: Mapping[str, float]
    intercept: float
    threshold: float

    @classmethod
    def load(cls, path: Path | None = None) -> Fitted:
        """Read a fitted file; the shipped one by default."""
        source = path or Path(__file__).with_name(SHIPPED)
        content: dict[str, Any] = json.loads(source.read_text(encoding="utf-8"))
        if set(content["sentence"]) != set(FEATURES) or set(content["signal"]) != set(SIGNALS):
            raise SettingsError(f"{source} was fitted for other features; run `rag-service eval calibrate`.")
        return cls(
            content["sentence"],
            content["signal"],
            content["intercept"],
            content["threshold"],
        )

    @classmethod
    def blank(cls) -> Fitted:
        """No weights yet: what fitting starts from."""
        return cls(dict.fromkeys(FEATURES, 0.0), dict.fromkeys(SIGNALS, 0.0), 0.0, 0.0)


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
        self.threshold = fitted.threshold if threshold is None else threshold

    def assess(self, evidence: Evidence) -> Assessment:
        """Score every sentence and the whole; confidence 0 where nothing can be an answer.

        There is no sentence, no passage has the code that is asked about, or a price, telephone number or the like is
        asked for and the likeliest sentence has none.
        """
        if evidence.encoded is None:
            evidence = replace(evidence, encoded=self._encoder.encode_query(evidence.question))
        sentences = gather(evidence, self._encoder, self._reader)
        if not sentences.candidates:
            return Assessment(sentences, np.zeros(0, np.float32), 0.0)
        shares = softmax(sentences.features @ self._sentence)
        found = self.signals(evidence, sentences, shares)
        logit = float(found @ self._signal) + self._intercept
        hopeless = _unheard_of(evidence) or _formless(evidence, sentences.candidates[int(np.argmax(shares))])
        return Assessment(sentences, shares, 0.0 if hopeless else 1.0 / (1.0 + math.exp(-logit)))

    def narrowed(self, evidence: Evidence, question: str) -> Evidence:
        """The evidence for another question: its passages by how well they match that, not yet weighed."""
        encoded = self._encoder.encode_query(question)
        passages = sorted(
            evidence.passages, key=lambda each: _late(encoded, evidence.blocks.get(each.chunk_id)), reverse=True
        )
        return replace(evidence, question=question, encoded=encoded, passages=tuple(passages), assessment=None)

    def signals(self, evidence: Evidence, sentences: Sentences, shares: Floats) -> Floats:
        """What speaks for or against the evidence as a whole, shape (len(SIGNALS),)."""
        best = int(np.argmax(shares))
        item = sentences.candidates[best]
        dense, late = self._whole(evidence, item.passage)
        if _across(evidence.language, evidence.passages[item.passage].language):
            dense, late = dense + _ACROSS[0], late + _ACROSS[1]
        found = {
            "agreement": float(sentences.column("agreement")[best]),
            "read": float(sentences.column("read")[best]),
            "contrary": float(contrary(evidence.question, item.text)),
            "dense": dense,
            "late": late,
            "span": sentences.span,
            "answerable": sentences.answerable,
        }
        return np.array([found[name] for name in SIGNALS], np.float32)

    def _whole(self, evidence: Evidence, index: int) -> tuple[float, float]:
        """How the question compares to a whole passage; encodes the passage where that is not known."""
        passage = evidence.passages[index]
        question = evidence.encoded or self._encoder.encode_query(evidence.question)
        block: Encoded | TokenBlock | None = evidence.blocks.get(passage.chunk_id)
        dense = passage.dense_score if self._own_vectors else None
        if block is None or dense is None:
            (block,) = self._encoder.encode_documents([passage.text])
            dense = float(block.vector @ question.vector)
        return dense, _late(question, block)


def _unheard_of(evidence: Evidence) -> bool:
    """Whether the question names codes, and no passage any of them: what Q-1001 means is no answer about Q-4001."""
    codes = find_codes(evidence.question)
    texts = [f"{passage.title}\n{passage.text}" for passage in evidence.passages]
    return bool(codes) and not any(has_code(text, code) for text in texts for code in codes)


def _formless(evidence: Evidence, item: Candidate) -> bool:
    """Whether a sentence lacks what an answer must have by its form; a line of data with digits may have its own.

    Where several things are asked, it may answer another one.
    """
    data = not CLOSED.search(item.text) and any(each.isdecimal() for each in item.text)
    if data or asks_several(evidence.question, evidence.language):
        return False
    passage = evidence.passages[item.passage]
    return lacks_form(evidence.question, with_lead(passage, item), dated=passage.published is not None)


def softmax(scores: NDArray[Number]) -> NDArray[Number]:
    """Scores as a distribution."""
    powers = np.exp(scores - scores.max())
    found: NDArray[Number] = powers / powers.sum()
    return found


def _late(question: Encoded, block: Encoded | TokenBlock | None) -> float:
    """Late interaction; 0 where either has no tokens."""
    if block is None or not len(block.tokens) or not len(question.tokens):
        return 0.0
    return maxsim(question.tokens, block.tokens)


def _across(question: str, passage: str) -> bool:
    return "und" not in (question, passage) and question != passage
