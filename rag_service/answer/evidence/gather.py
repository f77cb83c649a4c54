"""Sentences of the passages as candidates for an answer, with the features that speak for each."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag_service.answer.evidence.candidates import Candidate, find_candidates, without_other_rows
from rag_service.answer.evidence.labels import find_labels, headed_by, without_others
from rag_service.answer.evidence.reading import read
from rag_service.answer.evidence.typed import readings, values
from rag_service.answer.evidence.wording import wording
from rag_service.embed.maxsim import cosines
from rag_service.models import Passage
from rag_service.ports import Encoder, Evidence, Reader
from rag_service.retrieve.fusion import unsquash
from rag_service.text.days import find_dates
from rag_service.text.names import find_figures
from rag_service.text.questions import AnswerType, expected_answer
from rag_service.text.values import Value
from rag_service.text.versions import word_set
from rag_service.text.words import content_words, word_spans

FEATURES = (
    "late",  # mean over question tokens of the best cosine within the sentence
    "late_before",  # the same over the sentence and the one before it
    "late_beside",  # the same over the sentence and its better neighbour
    "late_worst",  # mean of the three question tokens that match worst
    "late_rare",  # as late, question tokens weighted by how rare their word is among the candidates
    "late_rare_before",
    "coverage",  # share of the question's content words, rare ones counting more
    "date",  # expected type is a date, and the sentence has one that the question lacks
    "number",
    "name",  # the same for persons and places
    "reason",  # expected type is a reason, and the sentence gives one
    "agreement",  # share of the question's dates and numbers that the sentence repeats
    "length",  # log of the number of characters
    "passage",  # fused score of the passage against the best passage's
    "passage_dense",
    "passage_late",
    "read",  # the reader's log odds that the sentence holds the answer
)
_FALLBACK_SENTENCES = 8
_WORST = 3
_YEAR = re.compile(r"(?:19|20)\d\d(?:-|$)")
_COMMON = 0.2
_REASON = re.compile(
    r"\b(?:weil|denn|deshalb|deswegen|daher|damit|wegen|aufgrund|grund|gründe\w*|angesichts|because"
    r"|due to|since|therefore|so that|in order|reasons?|owing)\b",
    re.IGNORECASE,
)
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Sentences:
    """Candidates with their features, an array of shape (n, len(FEATURES)), and the question's answer type.

    ``span`` and ``answerable`` are the reader's log odds of the likeliest answer, and of there being one.
    """

    kind: AnswerType
    candidates: tuple[Candidate, ...]
    features: Floats
    span: float = 0.0
    answerable: float = 0.0

    def column(self, name: str) -> Floats:
        """One feature of every candidate, shape (n,)."""
        found: Floats = self.features[:, FEATURES.index(name)]
        return found


def gather(evidence: Evidence, encoder: Encoder, reader: Reader) -> Sentences:
    """All candidates of the evidence and their features; token vectors that are missing are made, boundedly."""
    language = wording(evidence)
    figures = {value.norm for value in find_figures(evidence.question, language)}
    asked = _Told(word_set(evidence.question, language), figures)
    dates = find_dates(evidence.question)
    kind = expected_answer(evidence.question)
    candidates, told = _candidates(evidence, asked, dates, kind)
    features = np.zeros((len(candidates), len(FEATURES)), np.float32)
    if not candidates:
        return Sentences(kind, (), features)
    rarity = _rarity(asked, told)
    coverage = _coverage(told, rarity)
    matches = _matches(evidence, candidates, coverage, encoder)
    _match_dates(evidence, matches, dates, told)
    features[:, :6] = _late_features(candidates, matches, _token_weights(evidence, rarity, matches.shape[1]))
    found = read(evidence, candidates, features[:, 4] + features[:, 0], reader)
    features[:, 6] = coverage
    features[:, 7:11] = _type_features(kind, evidence, candidates)
    features[:, 11] = [len(each.figures) / len(asked.figures) if asked.figures else 1.0 for each in told]
    features[:, 12] = [math.log(item.end - item.start) for item in candidates]
    features[:, 13:16] = _passage_features(evidence.passages)[[item.passage for item in candidates]]
    features[:, 16] = found.sentences
    return Sentences(kind, tuple(candidates), features, found.best, found.answerable)


@dataclass(frozen=True, slots=True)
class _Told:
    """Content words, and dates and numbers: the question's, or those of them that a candidate repeats.

    ``meant`` are dates that it does not name, being of a document published then.
    """

    words: Set[str]
    figures: Set[str]
    meant: Set[str] = frozenset()


def _candidates(
    evidence: Evidence, asked: _Told, dates: Sequence[Value], kind: AnswerType
) -> tuple[list[Candidate], list[_Told]]:
    """The sentences that may answer, and what each repeats of the question."""
    named = {
        each.norm: asked.words & word_set(evidence.question[each.start : each.end], wording(evidence)) for each in dates
    }

    def answers(passage: Passage, heading: str) -> bool:
        repeated = _told(asked, named, heading, passage)
        return bool(repeated.words or repeated.figures) and asked.figures <= repeated.figures

    labels = find_labels(evidence.question, wording(evidence))
    found = find_candidates(evidence.passages, answers if kind == "date" else None)
    above = [headed_by(labels, evidence.passages[item.passage], item) for item in found]
    kept = without_others(labels, found, above)
    found, above = [found[row] for row in kept], [above[row] for row in kept]
    told = [
        _told(asked, named, item.text, evidence.passages[item.passage], headed)
        for item, headed in zip(found, above, strict=True)
    ]
    kept = without_other_rows(found, [each.words | each.figures for each in told])
    return [found[row] for row in kept], [told[row] for row in kept]


def _told(
    asked: _Told, dates: Mapping[str, Set[str]], text: str, passage: Passage, above: Set[str] = frozenset()
) -> _Told:
    """What a text repeats; where it names no year, it speaks of the time in which its document was published.

    ``dates`` are the question's, each with its words; ``above`` is what its heading repeats.
    """
    words = asked.words & word_set(text, passage.language)
    if not asked.figures:
        return _Told(words, frozenset())
    own = {norm for value in find_figures(text, passage.language) for norm in value.readings}
    published = passage.published or ""
    meant: set[str] = set()
    if published and not any(_YEAR.match(value) for value in own):
        meant = {value for value in asked.figures if _YEAR.match(value) and published.startswith(value)}
    words |= {word for value in meant for word in dates.get(value, ())}
    return _Told(words, asked.figures & (own | meant | above), meant - own)


def _matches(evidence: Evidence, candidates: Sequence[Candidate], coverage: Floats, encoder: Encoder) -> Floats:
    """Best cosine of every question token within every candidate, shape (n, m).

    A passage without stored token vectors has its best covered sentences encoded alone; the rest stay 0.
    """
    question = evidence.encoded or encoder.encode_query(evidence.question)
    out = np.zeros((len(candidates), max(len(question.tokens), 1)), np.float32)
    if not len(question.tokens):
        return out
    known: dict[int, Floats] = {}
    missing: list[int] = []
    for row, item in enumerate(candidates):
        passage = evidence.passages[item.passage]
        block = evidence.blocks.get(passage.chunk_id)
        if block is None:
            missing.append(row)
            continue
        if item.passage not in known:
            known[item.passage] = cosines(question.tokens, block.tokens)
        first, last = np.searchsorted(block.spans[:, 0], (item.start - passage.start, item.end - passage.start))
        if last > first:
            out[row] = known[item.passage][first:last].max(axis=0)
    chosen = sorted(missing, key=lambda row: (-coverage[row], row))[:_FALLBACK_SENTENCES]
    made = encoder.encode_documents([candidates[row].text for row in chosen]) if chosen else ()
    for row, encoded in zip(chosen, made, strict=True):
        if len(encoded.tokens):
            out[row] = cosines(question.tokens, encoded.tokens).max(axis=0)
    return out


def _match_dates(evidence: Evidence, matches: Floats, dates: Sequence[Value], told: Sequence[_Told]) -> None:
    """Let candidates that mean a date match it as well as the one that names it best, in place."""
    question = evidence.encoded
    if question is None or len(question.spans) != matches.shape[1]:
        return
    for date in dates:
        rows = [row for row, each in enumerate(told) if date.norm in each.meant]
        inside = np.flatnonzero((question.spans[:, 0] < date.end) & (question.spans[:, 1] > date.start))
        if rows and len(inside):
            matches[np.ix_(np.array(rows), inside)] = matches[:, inside].max(axis=0)


def _late_features(candidates: Sequence[Candidate], matches: Floats, weights: Floats) -> Floats:
    """The late-interaction features, shape (n, 6), from matches (n, m) and a weight for each question token (m,)."""
    before = np.array([_neighbour(candidates, row, -1) for row in range(len(candidates))])
    after = np.array([_neighbour(candidates, row, 1) for row in range(len(candidates))])
    both = np.maximum(matches, matches[before])
    with_before = both.mean(axis=1)
    with_after = np.maximum(matches, matches[after]).mean(axis=1)
    worst = np.sort(matches, axis=1)[:, :_WORST].mean(axis=1)
    columns = [matches.mean(axis=1), with_before, np.maximum(with_before, with_after), worst]
    found: Floats = np.stack([*columns, matches @ weights, both @ weights], axis=1)
    return found


def _token_weights(evidence: Evidence, rarity: Mapping[str, float], tokens: int) -> Floats:
    """A weight for each question token, shape (m,), summing to 1: its word's rarity, little for stop words."""
    weights = np.full(tokens, _COMMON, np.float32)
    question = evidence.encoded
    if question is not None and len(question.spans) == tokens:
        language = wording(evidence)
        for start, end in word_spans(evidence.question):
            stems = content_words(evidence.question[start:end], language)
            inside = (question.spans[:, 0] < end) & (question.spans[:, 1] > start)
            weights[inside] = max((rarity.get(stem, _COMMON) for stem in stems), default=_COMMON)
    found: Floats = weights / weights.sum()
    return found


def _neighbour(candidates: Sequence[Candidate], row: int, step: int) -> int:
    """The row of the sentence next to a candidate in its passage; the row itself at the passage's edge."""
    other = row + step
    inside = 0 <= other < len(candidates) and candidates[other].passage == candidates[row].passage
    return other if inside else row


def _rarity(asked: _Told, told: Sequence[_Told]) -> dict[str, float]:
    """How rare each content word of the question is among the candidates: what all of them say tells nothing."""
    frequency = Counter(word for each in told for word in each.words)
    return {word: math.log(1 + len(told) / (1 + frequency[word])) for word in sorted(asked.words)}


def _coverage(told: Sequence[_Told], rarity: Mapping[str, float]) -> Floats:
    """Share of the question's content words in each candidate, rare ones counting more."""
    total = math.fsum(rarity.values()) or 1.0
    return np.array([math.fsum(rarity[word] for word in sorted(each.words)) / total for each in told], np.float32)


def _type_features(kind: AnswerType, evidence: Evidence, candidates: Sequence[Candidate]) -> Floats:
    """Whether each candidate has a date, number or name that the question lacks, where it asks for one."""
    out = np.zeros((len(candidates), 4), np.float32)
    columns = {"date": 0, "number": 1, "rate": 1, "person": 2, "place": 2}
    if kind == "reason":
        out[:, 3] = [_REASON.search(item.text) is not None for item in candidates]
    if kind in columns:
        known = readings(kind, evidence.question, wording(evidence))
        for row, item in enumerate(candidates):
            language = evidence.passages[item.passage].language
            fresh = any(value.norm not in known for value in values(kind, item.text, language))
            out[row, columns[kind]] = float(fresh)
    return out


def _passage_features(passages: Sequence[Passage]) -> Floats:
    """Fused, dense and late score of each passage less those of the first, shape (p, 3); 0 where unknown."""
    first = passages[0]
    rows = [
        (
            unsquash(passage.score) - unsquash(first.score),
            _difference(passage.dense_score, first.dense_score),
            _difference(passage.late_score, first.late_score),
        )
        for passage in passages
    ]
    return np.array(rows, np.float32)


def _difference(score: float | None, other: float | None) -> float:
    return score - other if score is not None and other is not None else 0.0
