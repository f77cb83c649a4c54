"""The verbatim span of a passage that bears a statement out, or none."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from rag_service.answer.evidence.candidates import is_fragment
from rag_service.answer.instructions import tainted_sentences
from rag_service.embed.maxsim import cosines
from rag_service.models import Passage, Quote
from rag_service.ports import Encoded, Encoder, Evidence, TokenBlock
from rag_service.text.days import find_dates, within
from rag_service.text.names import find_names
from rag_service.text.words import content_words

_WORTH_A_SENTENCE = 0.2  # share of a statement's weight that a further sentence must add
_FRAGMENT = 0.3  # what a heading must be better by, in coverage, than a sentence


@dataclass(frozen=True, slots=True)
class Weights:
    """The fitted model of alignment: logistic weights of (1, coverage, late), and the floors.

    ``same`` is for statement and passage in one language, ``across`` for two; below ``floor`` no citation is made,
    nor below ``coverage_floor`` where there are no token vectors.
    """

    same: tuple[float, ...]
    across: tuple[float, ...]
    floor: float
    coverage_floor: float


def load_weights(path: Path | None = None) -> Weights:
    """The shipped weights, fitted by ``python -m evals.fit_alignment``, or those of another file."""
    fitted = json.loads((path or Path(__file__).with_name("alignment.json")).read_text(encoding="utf-8"))
    return Weights(tuple(fitted["same"]), tuple(fitted["across"]), fitted["floor"], fitted["coverage_floor"])


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence of a passage, ``[start, end)`` within it, with the terms it holds."""

    start: int
    end: int
    words: frozenset[str]
    fragment: bool


class _Source:
    """A passage prepared for alignment; its sentences are found at first use."""

    def __init__(self, passage: Passage, block: TokenBlock | None) -> None:
        self.passage = passage
        self.block = block if block is not None and len(block.tokens) else None

    @cached_property
    def sentences(self) -> list[_Sentence]:
        text, language = self.passage.text, self.passage.language
        return [
            _Sentence(start, end, frozenset(content_words(text[start:end], language)), is_fragment(text[start:end]))
            for start, end, tainted in tainted_sentences(text, language)
            if not tainted and any(character.isalnum() for character in text[start:end])
        ]


@dataclass(frozen=True, slots=True)
class Measure:
    """How well a passage's best span bears a statement out.

    ``coverage`` is the share of the statement's weighted terms in the span, ``late`` the mean best token cosine
    (None without token vectors), ``spans`` are offsets within the passage.
    """

    coverage: float
    late: float | None
    spans: tuple[tuple[int, int], ...]


class Aligner:
    """Aligns statements to the passages of one evidence; blocking, for a thread."""

    def __init__(self, evidence: Evidence, encoder: Encoder | None, weights: Weights) -> None:
        self._encoder = encoder
        self._fitted = weights
        self._language = evidence.language
        self._sources = [_Source(passage, evidence.blocks.get(passage.chunk_id)) for passage in evidence.passages]

    def quotes(self, statement: str, cited: Iterable[int]) -> tuple[Quote, ...]:
        """The spans that bear the statement out, best first, at most two a passage.

        Each is above the floor, and at least half as sure as the best.

        ``cited`` are indices of the passages to look in.
        """
        found: list[Quote] = []
        encoded: Encoded | None = None
        for index in cited:
            passage = self._sources[index].passage
            if encoded is None and self._encoder is not None and self._sources[index].block is not None:
                encoded = self._encoder.encode_query(statement)
            measure = self.measure(statement, index, encoded)
            score = None if measure is None else self._sureness(measure, passage)
            if measure is not None and score is not None:
                start = passage.start
                found += [Quote(passage, start + first, start + last, score) for first, last in measure.spans]
        best = max((quote.score for quote in found), default=0.0)
        return tuple(sorted((each for each in found if each.score >= best / 2), key=lambda each: -each.score))

    def measure(self, statement: str, index: int, encoded: Encoded | None) -> Measure | None:
        """The best span of one passage, however well it fits; None when there is nothing to compare."""
        source = self._sources[index]
        sentences = source.sentences
        weights = self._weights(_undated(statement, source.passage), source.passage.language)
        if not sentences or not weights:
            return None
        coverage = [_covered(weights, item.words) for item in sentences]
        late = _late(encoded, source, sentences)
        model = self._model(source.passage)

        def evidence(position: int, covered: float) -> float:
            return model[1] * covered + model[2] * late[position] if late else covered

        rank = [evidence(i, coverage[i] - _FRAGMENT * item.fragment) for i, item in enumerate(sentences)]
        best = max(range(len(sentences)), key=lambda i: (rank[i], -i))
        covered, chosen = coverage[best], [best]
        further = self._further(weights, sentences, best)
        if further is not None:
            chosen = sorted((best, further))
            covered = _covered(weights, sentences[best].words | sentences[further].words)
        spans = _spans(source.passage.text, [sentences[i] for i in chosen])
        return Measure(covered, max(late[i] for i in chosen) if late else None, spans)

    def _sureness(self, measure: Measure, passage: Passage) -> float | None:
        """How sure it is that the span bears the statement out, from 0 to 1; None below the floor."""
        if measure.late is None:
            return measure.coverage if measure.coverage >= self._fitted.coverage_floor else None
        model = self._model(passage)
        score = 1.0 / (1.0 + math.exp(-(model[0] + model[1] * measure.coverage + model[2] * measure.late)))
        return score if score >= self._fitted.floor else None

    def _model(self, passage: Passage) -> tuple[float, ...]:
        across = self._language != passage.language and "und" not in (self._language, passage.language)
        return self._fitted.across if across else self._fitted.same

    def _weights(self, statement: str, language: str) -> dict[str, float]:
        """Weight of each term: more when few sentences have it; the words of one name share the weight of one."""
        sentences = [item.words for source in self._sources for item in source.sentences]
        weights = {
            word: math.log(1 + len(sentences) / (0.5 + sum(word in known for known in sentences)))
            for word in set(content_words(statement, language))
        }
        for name in find_names(statement, self._language):
            words = set(content_words(statement[name.start : name.end], language)) & weights.keys()
            for word in words:
                weights[word] /= len(words)
        return weights

    def _further(self, weights: dict[str, float], sentences: Sequence[_Sentence], best: int) -> int | None:
        """A second sentence that covers a good part of what the best one leaves open, if there is one."""
        left = {word: weight for word, weight in weights.items() if word not in sentences[best].words}
        total = sum(weights.values())
        gains = {
            i: sum(left[word] for word in item.words & left.keys()) / total
            for i, item in enumerate(sentences)
            if i != best and not item.fragment and _tells(item.words & left.keys())
        }
        if not gains:
            return None
        most = max(gains, key=lambda i: (gains[i] + (0.05 if abs(i - best) == 1 else 0.0), -abs(i - best)))
        return most if gains[most] >= _WORTH_A_SENTENCE else None


def _spans(text: str, sentences: Sequence[_Sentence]) -> tuple[tuple[int, int], ...]:
    """One span for neighbours, two for sentences apart."""
    first, last = sentences[0], sentences[-1]
    between = text[first.end : last.start] if len(sentences) > 1 else ""
    if not between.strip() and "\n\n" not in between:
        return ((first.start, last.end),)
    return tuple((item.start, item.end) for item in sentences)


def _tells(words: Set[str]) -> bool:
    """Whether shared words are more than a coincidence: two of them, or a number."""
    return len(words) > 1 or any(word[0].isdigit() for word in words)


def _covered(weights: dict[str, float], words: frozenset[str]) -> float:
    total = sum(weights.values())
    return sum(weights[word] for word in weights.keys() & words) / total if total else 0.0


def _late(encoded: Encoded | None, source: _Source, sentences: Sequence[_Sentence]) -> list[float]:
    """Mean best token cosine of the statement to each sentence; empty without token vectors."""
    if encoded is None or source.block is None or not len(encoded.tokens):
        return []
    matches = cosines(encoded.tokens, source.block.tokens)
    found = []
    for item in sentences:
        first, last = np.searchsorted(source.block.spans[:, 0], [item.start, item.end])
        found.append(float(matches[first:last].max(axis=0).mean()) if last > first else 0.0)
    return found


def _undated(statement: str, passage: Passage) -> str:
    """The statement without the passage's own date, which its text need not repeat."""
    published = (passage.published or "")[:10]
    for date in reversed(find_dates(statement) if published else []):
        if any(within(norm, published) for norm in date.readings):
            statement = statement[: date.start] + statement[date.end :]
    return statement
