"""Which sentences make the answer, and in which order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from rag_service.answer.abstain import Assessment
from rag_service.answer.candidates import Candidate
from rag_service.answer.evidence import values
from rag_service.answer.series import steps, whole
from rag_service.ports import Evidence
from rag_service.text.names import Value, find_names
from rag_service.text.questions import AnswerType
from rag_service.text.words import content_words

_ENOUGH = 0.93
_LEAST_SHARE = 0.06
_LEAST_GAIN = 0.0006
_ALIKE = 0.8
_RIVAL = 0.25
_CONSIDERED = 24
_PRONOUN = re.compile(
    r"(?:er|sie|es|ihr[emnrs]*|dies\w*|jene[mnrs]?|letztere[mnrs]?|dort|dabei|dazu|daraufhin|danach|"
    r"he|she|it|they|his|her|their|this|these|that|those|there)\b",
    re.IGNORECASE,
)
_THEREFORE = re.compile(
    r"(?:deshalb|deswegen|daher|darum|damit|dadurch|somit|folglich|infolgedessen|aus (?:diesem|dem) grund"
    r"|therefore|thus|hence|consequently|as a (?:result|consequence)|because of th(?:is|at)|for th(?:is|at) reason)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """One statement to be: the candidate, those of other documents that say the same, and its share."""

    item: Candidate
    same: tuple[Candidate, ...]
    share: float


def choose(evidence: Evidence, assessment: Assessment, limit: int) -> list[Chosen]:
    """At most ``limit`` statements: the likeliest sentence first, the others in the order of their documents.

    Another sentence joins while the answer is not yet likely to be complete and it adds enough for its length.
    A sentence that leans on the one before it is quoted with that, and the first one with what it announces; sources
    that disagree stand newest first.
    """
    pool = _Pool(evidence, assessment)
    if not pool.groups:
        return []
    taken = _rivals(evidence, assessment, pool.groups, limit)
    if not taken:
        best, *others = _likeliest(pool.groups, limit)
        others.sort(key=lambda group: _place(evidence, group.item))
        taken = _with_series(evidence, assessment, best, others, limit)
    return [_with_previous(evidence, assessment, taken, limit), *taken[1:]]


class _Pool:
    """The likeliest sentences, those of several documents that say the same as one group."""

    def __init__(self, evidence: Evidence, assessment: Assessment) -> None:
        candidates, shares = assessment.sentences.candidates, assessment.shares
        order = np.argsort(-shares, kind="stable")[:_CONSIDERED]
        words: list[set[str]] = []
        groups: list[Chosen] = []
        for row in order.tolist():
            item = candidates[row]
            own = set(content_words(item.text, evidence.passages[item.passage].language))
            twin = next((at for at, other in enumerate(words) if _alike(own, other)), None)
            if twin is None:
                words.append(own)
                groups.append(Chosen(item, (), float(shares[row])))
            elif _document(evidence, item) not in {
                _document(evidence, other) for other in (groups[twin].item, *groups[twin].same)
            }:
                group = groups[twin]
                groups[twin] = Chosen(group.item, (*group.same, item), group.share + float(shares[row]))
        self.groups = groups


def _likeliest(groups: Sequence[Chosen], limit: int) -> list[Chosen]:
    taken = [groups[0]]
    covered = groups[0].share
    for group in groups[1:]:
        length = group.item.end - group.item.start
        if len(taken) >= limit or covered >= _ENOUGH:
            break
        if group.share < _LEAST_SHARE or group.share / length < _LEAST_GAIN:
            break
        taken.append(group)
        covered += group.share
    return taken


def _with_series(
    evidence: Evidence, assessment: Assessment, best: Chosen, others: Sequence[Chosen], limit: int
) -> list[Chosen]:
    """The best one with what it announces or opens, and the others as far as they fit."""
    candidates, kind = assessment.sentences.candidates, assessment.sentences.kind
    row = candidates.index(best.item)
    series = whole(candidates, evidence.passages, row, limit)
    listed = steps(candidates, evidence.passages, row, numbered=kind != "list")
    if listed and _asks_for_all(kind, listed, others):
        series, best = [listed], replace(best, item=listed)
    found = [best if item is best.item else Chosen(item, (), best.share) for item in series]
    rest = [group for group in others if not any(_within(group.item, item) for item in series)]
    return [*found, *rest[: limit - len(found)]]


def _asks_for_all(kind: AnswerType, listed: Candidate, others: Sequence[Chosen]) -> bool:
    """Whether a list is wanted as a whole: by the kind of question, or because several of its items answer it."""
    several = any(_within(group.item, listed) for group in others)
    return kind in ("manner", "list") or (several and kind in ("any", "definition"))


def _within(item: Candidate, other: Candidate) -> bool:
    return item.passage == other.passage and other.start <= item.start < other.end


def _rivals(evidence: Evidence, assessment: Assessment, groups: Sequence[Chosen], limit: int) -> list[Chosen]:
    """Likely sentences of different documents with different dates or numbers where one is asked for."""
    kind = assessment.sentences.kind
    if kind not in ("date", "number") or limit < 2:
        return []
    asked = {value.norm for value in values(kind, evidence.question, evidence.language)}
    rivals: list[tuple[Chosen, set[str]]] = []
    for group in groups:
        if group.share < _RIVAL * groups[0].share or len(rivals) == limit:
            break
        language = evidence.passages[group.item.passage].language
        fresh = {_comparable(value) for value in values(kind, group.item.text, language)} - asked
        documents = {_document(evidence, other.item) for other, _ in rivals}
        if (
            fresh
            and _document(evidence, group.item) not in documents
            and not any(_agree(fresh, other) for _, other in rivals)
        ):
            rivals.append((group, fresh))
    if len(rivals) < 2 or rivals[0][0] is not groups[0]:
        return []
    return sorted(
        (group for group, _ in rivals),
        key=lambda group: evidence.passages[group.item.passage].published or "",
        reverse=True,
    )


def _agree(left: set[str], right: set[str]) -> bool:
    """Whether two sets of values share one; a date agrees with a more precise one that contains it."""
    return any(
        one == other or one.endswith(other.lstrip("-")) or other.endswith(one.lstrip("-"))
        or one.startswith(other) or other.startswith(one)
        for one in left
        for other in right
    )  # fmt: skip


def _comparable(value: Value) -> str:
    return value.norm


def _with_previous(evidence: Evidence, assessment: Assessment, taken: Sequence[Chosen], limit: int) -> Chosen:
    """The first one, as one quote with the sentence before it when it cannot stand alone."""
    first = taken[0].item
    passage = evidence.passages[first.passage]
    if len(taken) >= limit or not _leans(first.text, passage.language, assessment.sentences.kind):
        return taken[0]
    candidates = assessment.sentences.candidates
    if first not in candidates:  # a whole list
        return taken[0]
    row = candidates.index(first)
    previous = candidates[row - 1]
    if row == 0 or previous.passage != first.passage or any(previous is group.item for group in taken):
        return taken[0]
    text = passage.text[previous.start - passage.start : first.end - passage.start]
    return replace(taken[0], item=replace(first, start=previous.start, text=text))


def _leans(text: str, language: str, kind: AnswerType) -> bool:
    """Whether a sentence speaks of something that the one before it names, or of a reason that it gives."""
    if kind == "reason" and _THEREFORE.match(text):
        return True
    return _PRONOUN.match(text) is not None and not find_names(text, language)


def _alike(left: set[str], right: set[str]) -> bool:
    return bool(left) and len(left & right) >= _ALIKE * len(left | right)


def _document(evidence: Evidence, item: Candidate) -> str:
    return evidence.passages[item.passage].document_id


def _place(evidence: Evidence, item: Candidate) -> tuple[int, int]:
    """Documents in the order of their best passage, sentences in the order of the document."""
    document = _document(evidence, item)
    rank = next(at for at, passage in enumerate(evidence.passages) if passage.document_id == document)
    return rank, item.start
