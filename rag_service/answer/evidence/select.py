"""Which sentences make the answer, and in which order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from rag_service.answer.evidence.abstain import Assessment
from rag_service.answer.evidence.antecedent import leans
from rag_service.answer.evidence.candidates import Candidate, is_bulleted
from rag_service.answer.evidence.gather import readings
from rag_service.answer.evidence.leads import find_listing, quoted, with_lead
from rag_service.answer.evidence.series import interrupted, steps, whole
from rag_service.ports import Evidence
from rag_service.text.days import within
from rag_service.text.questions import AnswerType
from rag_service.text.versions import differ, word_set

_ENOUGH = 0.93
_LEAST_SHARE = 0.08
_LEAST_GAIN = 0.0006
_ALIKE = 0.8
_RIVAL = 0.25
_CONSIDERED = 24


@dataclass(frozen=True, slots=True)
class Chosen:
    """One statement to be: the candidate, those of other documents that say the same, and its share."""

    item: Candidate
    same: tuple[Candidate, ...]
    share: float


def choose(evidence: Evidence, assessment: Assessment, limit: int) -> list[Chosen]:
    """At most ``limit`` statements: the likeliest sentence first, the others in the order of their documents.

    Another sentence joins while the answer is not yet likely to be complete and it adds enough for its length.
    The first one is quoted with the sentence that it leans on, and with what it announces; another one that leans on
    what is not told is left out. Sources that disagree stand newest first.
    """
    groups = _groups(evidence, assessment)
    if not groups:
        return []
    taken = _rivals(evidence, assessment, groups, limit)
    if taken:
        taken = _with_leads(evidence, assessment.sentences.kind, taken, len(taken))
    else:
        joined = _previous(evidence, assessment, groups[0].item) is not None
        best, *others = _likeliest(_standing(evidence, assessment, groups), max(limit - joined, 1))
        others.sort(key=lambda group: _place(evidence, group.item))
        taken = _with_series(evidence, assessment, best, others, limit)
        taken = _with_leads(evidence, assessment.sentences.kind, taken, limit)
    return [_with_previous(evidence, assessment, taken, limit), *taken[1:]]


def _groups(evidence: Evidence, assessment: Assessment) -> list[Chosen]:
    """The likeliest sentences, those of several documents that say the same as one group."""
    candidates, shares = assessment.sentences.candidates, assessment.shares
    groups: list[Chosen] = []
    for row in np.argsort(-shares, kind="stable")[:_CONSIDERED].tolist():
        item = candidates[row]
        twin = next((at for at, group in enumerate(groups) if _same(evidence, item, group.item)), None)
        if twin is None:
            groups.append(Chosen(item, (), float(shares[row])))
            continue
        group = groups[twin]
        if _document(evidence, item) not in {_document(evidence, other) for other in (group.item, *group.same)}:
            groups[twin] = Chosen(group.item, (*group.same, item), group.share + float(shares[row]))
    return groups


def _standing(evidence: Evidence, assessment: Assessment, groups: Sequence[Chosen]) -> Iterator[Chosen]:
    """The likeliest one, and those of the others that can be understood beside it: what they lean on is told."""
    told = [groups[0].item]
    yield groups[0]
    for group in groups[1:]:
        previous = _previous(evidence, assessment, group.item)
        if previous is None or previous in told:
            told.append(group.item)
            yield group


def _likeliest(groups: Iterator[Chosen], limit: int) -> list[Chosen]:
    taken = [next(groups)]
    covered = taken[0].share
    for group in groups:
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
    passage = evidence.passages[best.item.passage]
    bullets = kind in ("any", "definition") and is_bulleted(passage, best.item)
    announced = find_listing(passage, best.item)  # which is told as a whole where it is short
    listed = steps(candidates, evidence.passages, row, numbered=kind != "list" and not bullets)
    if listed and not (announced and announced.fits) and _asks_for_all(kind, listed, others):
        series, best = [listed], replace(best, item=listed)
    found = [best if item is best.item else Chosen(item, (), best.share) for item in series]
    rest = [group for group in others if not any(_within(group.item, item) for item in series)]
    return [*found, *rest[: limit - len(found)]]


def _asks_for_all(kind: AnswerType, listed: Candidate, others: Sequence[Chosen]) -> bool:
    """Whether a list is wanted as a whole: by the kind of question, or because several of its items answer it."""
    several = any(_within(group.item, listed) for group in others)
    return kind in ("manner", "list") or (several and kind in ("any", "definition"))


def _with_leads(evidence: Evidence, kind: AnswerType, taken: Sequence[Chosen], limit: int) -> list[Chosen]:
    """Each one that stands in a list with the words that announce the list, and each that announces one with it.

    They are one quote, of the whole list where it is short. An item that alone gives the date, number or name that is
    asked for, or whose list is long, stands alone behind them where there is room for a statement more.
    """
    found: list[Chosen] = []
    for at, group in enumerate(taken):
        passage = evidence.passages[group.item.passage]
        listing = find_listing(passage, group.item)
        if any(_within(group.item, told.item) for told in found):
            continue
        if listing is None:
            found.append(group)
            continue
        items = [each.item for each in taken if each.item.passage == group.item.passage and listing.lists(each.item)]
        alone = len(items) == 1 and _gives(evidence, kind, group.item)
        if (alone or not listing.fits) and listing.follows(group.item) and len(found) + len(taken) - at < limit:
            lead = quoted(passage, group.item, listing.start, listing.lead_end)
            found += [Chosen(lead, (), group.share), group]
        else:
            whole = quoted(passage, group.item, listing.start, listing.end_for(group.item, whole=not alone))
            found.append(replace(group, item=whole, same=tuple(_through(evidence, item) for item in group.same)))
    return found


def _gives(evidence: Evidence, kind: AnswerType, item: Candidate) -> bool:
    """Whether a sentence has a date, number or name of the kind that is asked for."""
    asked = readings(kind, evidence.question, evidence.language)
    return bool(readings(kind, item.text, evidence.passages[item.passage].language) - asked)


def _through(evidence: Evidence, item: Candidate) -> Candidate:
    """An item of a list with what announces it, and what stands between."""
    passage = evidence.passages[item.passage]
    listing = find_listing(passage, item)
    return quoted(passage, item, listing.start, item.end) if listing else item


def _within(item: Candidate, other: Candidate) -> bool:
    return item.passage == other.passage and other.start <= item.start < other.end


def _rivals(evidence: Evidence, assessment: Assessment, groups: Sequence[Chosen], limit: int) -> list[Chosen]:
    """Likely sentences of different documents that disagree with the likeliest and each other, newest first.

    Where not all fit, the likeliest stays, and the newest of the others.
    """
    rivals: list[Chosen] = []
    for group in groups:
        if group.share < _RIVAL * groups[0].share:
            break
        if all(_disagree(evidence, assessment.sentences.kind, group.item, other.item) for other in rivals):
            rivals.append(group)
    for group in tuple(rivals):
        for version in _versions(evidence, assessment, group):
            if not any(_same(evidence, version.item, other.item) for other in rivals):
                rivals.append(version)
    if len(rivals) < 2 or limit < 2:
        return []

    def published(group: Chosen) -> str:
        return evidence.passages[group.item.passage].published or ""

    newest = sorted(rivals[1:], key=published, reverse=True)
    return sorted([rivals[0], *newest[: limit - 1]], key=published, reverse=True)


def _versions(evidence: Evidence, assessment: Assessment, group: Chosen) -> Iterator[Chosen]:
    """Other versions of a sentence that repeat as much of the question, however unlikely: few passages are read."""
    candidates = assessment.sentences.candidates
    row = candidates.index(group.item)
    language = evidence.passages[group.item.passage].language
    told = np.stack([assessment.sentences.column(name) for name in ("coverage", "agreement")])
    for other in np.flatnonzero((told >= told[:, [row]]).all(axis=0)).tolist():
        item = candidates[other]
        if _document(evidence, item) != _document(evidence, group.item) and differ(
            _told(evidence, item), _told(evidence, group.item), language
        ):
            yield Chosen(item, (), float(assessment.shares[other]))


def _disagree(evidence: Evidence, kind: AnswerType, left: Candidate, right: Candidate) -> bool:
    """Whether sentences of two documents are versions of one, or give different dates or numbers where one is asked."""
    if _document(evidence, left) == _document(evidence, right):
        return False
    if differ(_told(evidence, left), _told(evidence, right), evidence.passages[left.passage].language):
        return True
    if kind not in ("date", "number"):
        return False
    asked = readings(kind, evidence.question, evidence.language)
    one, other = (readings(kind, item.text, evidence.passages[item.passage].language) - asked for item in (left, right))
    return bool(one and other) and not _agree(one, other)


def _agree(left: set[str], right: set[str]) -> bool:
    """Whether two sets of values share one; a date agrees with a more precise one that contains it."""
    return any(within(one, other) or within(other, one) for one in left for other in right)


def _with_previous(evidence: Evidence, assessment: Assessment, taken: Sequence[Chosen], limit: int) -> Chosen:
    """The first one, as one quote with the sentence before it when it cannot stand alone."""
    first = taken[0].item
    previous = _previous(evidence, assessment, first)
    if previous is None or len(taken) >= limit or any(previous is group.item for group in taken):
        return taken[0]
    passage = evidence.passages[first.passage]
    text = passage.text[previous.start - passage.start : first.end - passage.start]
    return replace(taken[0], item=replace(first, start=previous.start, text=text))


def _previous(evidence: Evidence, assessment: Assessment, item: Candidate) -> Candidate | None:
    """The sentence that one leans on; None where it leans on none, or is no sentence but a whole list."""
    candidates = assessment.sentences.candidates
    passage = evidence.passages[item.passage]
    if item not in candidates or not leans(item.text, passage.language, assessment.sentences.kind):
        return None
    row = candidates.index(item)
    previous = candidates[row - 1]
    if row == 0 or previous.passage != item.passage or interrupted(passage, previous, item):
        return None
    return previous


def _same(evidence: Evidence, left: Candidate, right: Candidate) -> bool:
    """Whether two sentences say the same in much the same words."""
    language = evidence.passages[left.passage].language
    this, that = _told(evidence, left), _told(evidence, right)
    one, other = word_set(this, language), word_set(that, language)
    alike = bool(one) and len(one & other) >= _ALIKE * len(one | other)
    return alike and not differ(this, that, language)


def _told(evidence: Evidence, item: Candidate) -> str:
    return with_lead(evidence.passages[item.passage], item)


def _document(evidence: Evidence, item: Candidate) -> str:
    return evidence.passages[item.passage].document_id


def _place(evidence: Evidence, item: Candidate) -> tuple[int, int]:
    """Documents in the order of their best passage, sentences in the order of the document."""
    document = _document(evidence, item)
    rank = next(at for at, passage in enumerate(evidence.passages) if passage.document_id == document)
    return rank, item.start
