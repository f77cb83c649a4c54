"""Sentences of different documents that do not agree: versions of a rule, and news that contradict each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from rag_service.answer.evidence.abstain import Assessment
from rag_service.answer.evidence.asked_time import of_another_time
from rag_service.answer.evidence.candidates import Candidate
from rag_service.answer.evidence.statements import Chosen, document, same, told
from rag_service.answer.evidence.subject import same_subject
from rag_service.answer.evidence.typed import readings, values
from rag_service.ports import Evidence
from rag_service.text.days import within
from rag_service.text.questions import AnswerType
from rag_service.text.replaced import is_replaced
from rag_service.text.versions import differ

_RIVAL = 0.25
_COVERED = 0.5  # share of what the likeliest repeats of the question that a rival repeats, too


def of_one_subject(evidence: Evidence, assessment: Assessment, groups: Sequence[Chosen], least: float) -> list[Chosen]:
    """The groups that an answer may tell, the likeliest first.

    Left out is what tells the same of something else than the question names: what disagrees with the likeliest one,
    while its passage lacks what the question and the headings of the likeliest name, or while it speaks of another
    time; or the likeliest itself beside one to whose passage its own is so, but not the other way round. So is what
    has neither ``least``, the share that another statement needs, nor that of a rival.
    """
    kind = assessment.sentences.kind
    best, *others = groups
    for other in others:
        if other.share < _RIVAL * groups[0].share:
            break
        if _disagree(evidence, kind, best.item, other.item) and _closer(evidence, other.item, best.item):
            best = other
    kept = [
        group
        for group in groups
        if group is not best
        and group.share >= min(least, _RIVAL * best.share)
        and (
            not _disagree(evidence, kind, best.item, group.item)
            or (same_subject(evidence, best.item, group.item) and not of_another_time(evidence, group.item, best.item))
        )
    ]
    return [best, *kept]


def _closer(evidence: Evidence, item: Candidate, other: Candidate) -> bool:
    """Whether the question names a sentence's subject, and the other sentence's no better."""
    return same_subject(evidence, other, item) and not same_subject(evidence, item, other)


def find_rivals(evidence: Evidence, assessment: Assessment, groups: Sequence[Chosen], limit: int) -> list[Chosen]:
    """Likely sentences of different documents that disagree with the likeliest and each other, newest first.

    Where not all fit, the likeliest stays, and the newest of the others; where one fits, the newest.
    """
    candidates, coverage = assessment.sentences.candidates, assessment.sentences.column("coverage")

    def covered(group: Chosen) -> float:
        return float(coverage[candidates.index(group.item)])

    rivals: list[Chosen] = []
    for group in groups:
        if group.share < _RIVAL * groups[0].share:
            break
        if all(_disagree(evidence, assessment.sentences.kind, group.item, other.item) for other in rivals) and (
            covered(group) >= _COVERED * covered(groups[0])
        ):
            rivals.append(group)
    for group in tuple(rivals):
        for version in _versions(evidence, assessment, group):
            if not any(same(evidence, version.item, other.item) for other in rivals):
                rivals.append(version)
    if len(rivals) < 2:
        return []

    def published(group: Chosen) -> str:
        return evidence.passages[group.item.passage].published or ""

    if limit < 2:
        return [max(rivals, key=published)]
    newest = sorted(rivals[1:], key=published, reverse=True)
    return sorted([rivals[0], *newest[: limit - 1]], key=published, reverse=True)


def _versions(evidence: Evidence, assessment: Assessment, group: Chosen) -> Iterator[Chosen]:
    """Other versions of a sentence that repeat as much of the question, however unlikely: few passages are read."""
    candidates = assessment.sentences.candidates
    row = candidates.index(group.item)
    language = evidence.passages[group.item.passage].language
    repeated = np.stack([assessment.sentences.column(name) for name in ("coverage", "agreement")])
    for other in np.flatnonzero((repeated >= repeated[:, [row]]).all(axis=0)).tolist():
        item = candidates[other]
        if (
            document(evidence, item) != document(evidence, group.item)
            and differ(told(evidence, item), told(evidence, group.item), language)
            and same_subject(evidence, group.item, item)
            and not of_another_time(evidence, item, group.item)
        ):
            yield Chosen(item, (), float(assessment.shares[other]))


def _disagree(evidence: Evidence, kind: AnswerType, left: Candidate, right: Candidate) -> bool:
    """Whether sentences of two documents are versions of one, or give different dates, numbers or rates where one
    is asked.
    """
    if document(evidence, left) == document(evidence, right):
        return False
    if differ(told(evidence, left), told(evidence, right), evidence.passages[left.passage].language):
        return True
    if kind not in ("date", "number", "rate"):
        return False
    asked = readings(kind, evidence.question, evidence.language)
    one, other = (_current(evidence, kind, item) - asked for item in (left, right))
    return bool(one and other) and not _agree(one, other)


def _current(evidence: Evidence, kind: AnswerType, item: Candidate) -> set[str]:
    """What a sentence's values may mean, without those that it says are no longer so."""
    found = values(kind, item.text, evidence.passages[item.passage].language)
    return {norm for value in found if not is_replaced(item.text, value) for norm in value.readings}


def _agree(left: set[str], right: set[str]) -> bool:
    """Whether two sets of values share one; a date agrees with a more precise one that contains it."""
    return any(_fit(one, other) for one in left for other in right)


def _fit(one: str, other: str) -> bool:
    """Whether values are equal, or dates of which one tells less: 2019-04 of 2019-04-25, and of --04-25."""
    if one.startswith("--") != other.startswith("--"):
        one, other = (date if date.startswith("--") else f"--{date.partition('-')[2]}" for date in (one, other))
    return within(one, other) or within(other, one)
