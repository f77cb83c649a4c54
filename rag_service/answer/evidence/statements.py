"""Statements to be: sentences, and those of other documents that say the same."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rag_service.answer.evidence.abstain import Assessment
from rag_service.answer.evidence.candidates import Candidate
from rag_service.answer.evidence.leads import with_lead
from rag_service.ports import Evidence
from rag_service.text.versions import differ, word_set

_ALIKE = 0.8
_CONSIDERED = 24


@dataclass(frozen=True, slots=True)
class Chosen:
    """One statement to be: the candidate, those of other documents that say the same, and its share."""

    item: Candidate
    same: tuple[Candidate, ...]
    share: float


def find_groups(evidence: Evidence, assessment: Assessment) -> list[Chosen]:
    """The likeliest sentences, those of several documents that say the same as one group."""
    candidates, shares = assessment.sentences.candidates, assessment.shares
    groups: list[Chosen] = []
    said: list[str] = []
    for row in np.argsort(-shares, kind="stable")[:_CONSIDERED].tolist():
        item = candidates[row]
        own, language = told(evidence, item), evidence.passages[item.passage].language
        twin = next((at for at, other in enumerate(said) if _alike(own, other, language)), None)
        if twin is None:
            groups.append(Chosen(item, (), float(shares[row])))
            said.append(own)
            continue
        group = groups[twin]
        if document(evidence, item) not in {document(evidence, other) for other in (group.item, *group.same)}:
            groups[twin] = Chosen(group.item, (*group.same, item), group.share + float(shares[row]))
    return groups


def same(evidence: Evidence, left: Candidate, right: Candidate) -> bool:
    """Whether two sentences say the same in much the same words."""
    return _alike(told(evidence, left), told(evidence, right), evidence.passages[left.passage].language)


def _alike(this: str, that: str, language: str) -> bool:
    one, other = word_set(this, language), word_set(that, language)
    alike = bool(one) and len(one & other) >= _ALIKE * len(one | other)
    return alike and not differ(this, that, language)


def told(evidence: Evidence, item: Candidate) -> str:
    """What a sentence says, with what it stands under in a list."""
    return with_lead(evidence.passages[item.passage], item)


def document(evidence: Evidence, item: Candidate) -> str:
    """The document of a sentence."""
    return evidence.passages[item.passage].document_id
