"""Which sentences make the answer, and in which order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from rag_service.answer.evidence.abstain import Assessment
from rag_service.answer.evidence.antecedent import leans
from rag_service.answer.evidence.candidates import CLOSED, Candidate, asked_before, is_bulleted
from rag_service.answer.evidence.leads import find_listing, quoted
from rag_service.answer.evidence.rivals import find_rivals, of_one_subject
from rag_service.answer.evidence.series import interrupted, steps, whole
from rag_service.answer.evidence.statements import Chosen, document, find_groups
from rag_service.answer.evidence.typed import readings
from rag_service.ports import Evidence
from rag_service.text.questions import AnswerType
from rag_service.text.versions import word_set

_ENOUGH = 0.93
_LEAST_SHARE = 0.1
_LEAST_GAIN = 0.0006


def choose(evidence: Evidence, assessment: Assessment, limit: int, versions: int | None = None) -> list[Chosen]:
    """At most ``limit`` statements: the likeliest sentence first, the others in the order of their documents.

    Another sentence joins while the answer is not yet likely to be complete and it adds enough for its length.
    The first one is quoted with the sentence that it leans on, and with what it announces; another one that leans on or
    announces what is not told is left out. Sources that disagree stand newest first, at most ``versions`` of them where
    that is given.
    """
    groups = find_groups(evidence, assessment)
    if not groups:
        return []
    groups = of_one_subject(evidence, assessment, groups, _LEAST_SHARE)
    taken = find_rivals(evidence, assessment, groups, versions or limit)
    if taken:
        taken = _with_leads(evidence, assessment.sentences.kind, taken, len(taken))
    else:
        joined = _previous(evidence, assessment, groups[0].item) is not None
        likeliest = _likeliest(_standing(evidence, assessment, groups), max(limit - joined, 1))
        best, *others = [group for group in likeliest if not any(_heads(evidence, group, each) for each in likeliest)]
        others.sort(key=lambda group: _place(evidence, group.item))
        taken = _with_series(evidence, assessment, best, others, limit)
        taken = _with_leads(evidence, assessment.sentences.kind, taken, limit)
    return _behind_previous(evidence, assessment, taken)


def _standing(evidence: Evidence, assessment: Assessment, groups: Sequence[Chosen]) -> Iterator[Chosen]:
    """The likeliest one, and those of the others that can be understood beside it: what they need is told."""
    told = [groups[0].item]
    yield groups[0]
    for group in groups[1:]:
        previous = _previous(evidence, assessment, group.item)
        if (previous is None or previous in told) and not _promises(evidence, group.item):
            told.append(group.item)
            yield group


def _promises(evidence: Evidence, item: Candidate) -> bool:
    """Whether a sentence announces what is not quoted with it."""
    return item.text.rstrip().endswith(":") and find_listing(evidence.passages[item.passage], item) is None


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


def _heads(evidence: Evidence, group: Chosen, other: Chosen) -> bool:
    """Whether a line stands above a sentence and says nothing beside it, and the question, of its own."""
    line, below, passage = group.item, other.item, evidence.passages[other.item.passage]
    if line.passage != below.passage or line.end > below.start or CLOSED.search(line.text):
        return False
    if interrupted(passage, line, below) or not CLOSED.search(below.text):
        return False
    said = word_set(below.text, passage.language) | word_set(evidence.question, passage.language)
    return word_set(line.text, passage.language) <= said


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
    if kind in ("manner", "list"):
        others = _with_their_lists(evidence, assessment, others)
    found = [best if item is best.item else Chosen(item, (), best.share) for item in series]
    rest = [group for group in others if not any(_within(group.item, item) for item in series)]
    return [*found, *rest[: limit - len(found)]]


def _with_their_lists(evidence: Evidence, assessment: Assessment, others: Sequence[Chosen]) -> list[Chosen]:
    """The others, of which the items of a list become the whole list, once; steps are numbered."""
    candidates, numbered = assessment.sentences.candidates, assessment.sentences.kind != "list"
    found: list[Chosen] = []
    for group in others:
        listed = steps(candidates, evidence.passages, candidates.index(group.item), numbered=numbered)
        if not any(_within(group.item, told.item) for told in found):
            found.append(replace(group, item=listed) if listed else group)
    return found


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
    """Whether a candidate begins in another one, behind the question that stands before it."""
    return item.passage == other.passage and other.start <= item.start + asked_before(item) < other.end


def _behind_previous(evidence: Evidence, assessment: Assessment, taken: Sequence[Chosen]) -> list[Chosen]:
    """The first one behind the sentence before it when it cannot stand alone: as one quote, unless that is told."""
    first, *others = taken
    previous = _previous(evidence, assessment, first.item)
    if previous is None:
        return [first, *others]
    beside = next((group for group in others if _within(previous, group.item)), None)
    if beside is not None:
        return [beside, first, *(group for group in others if group is not beside)]
    passage = evidence.passages[first.item.passage]
    return [replace(first, item=quoted(passage, first.item, previous.start, first.item.end)), *others]


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


def _place(evidence: Evidence, item: Candidate) -> tuple[int, int]:
    """Documents in the order of their best passage, sentences in the order of the document."""
    own = document(evidence, item)
    rank = next(at for at, passage in enumerate(evidence.passages) if passage.document_id == own)
    return rank, item.start
