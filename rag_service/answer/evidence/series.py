"""Sentences that belong together: a series (first ..., second ...), steps, and what a lead-in announces."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag_service.answer.evidence.candidates import Candidate, asked_before, is_list_item
from rag_service.answer.evidence.leads import LONGEST
from rag_service.models import Passage
from rag_service.text.days import opens_with_date

_OPENS = re.compile(
    r"\b(?:einerseits|zum einen|erstens|zunächst einmal|on (?:the )?one hand|first of all)\b|\b(?:first|firstly),",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r"(?:(?:und|and|but|aber)\s)?(?:andererseits|zum anderen|zweitens|drittens|viertens|fünftens|"
    r"on the other(?: hand)?|(?:second|third|fourth|fifth)(?:ly)?,)",
    re.IGNORECASE,
)
_COUNT = re.compile(
    r"\b(?:zwei|drei|vier|fünf|sechs|mehrere|folgende[mnrs]?|two|three|four|five|six|several|following)\b",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"\(?(?:\d{1,3}|[a-z])[.)]\s")


def whole(candidates: Sequence[Candidate], passages: Sequence[Passage], row: int, limit: int) -> list[Candidate]:
    """The candidate with what it opens or announces, in their order; the candidate alone when it does neither.

    A list is not told here but where a question announces it, and then is one candidate with it. Where not everything
    fits, the lead-in goes first.
    """
    item = candidates[row]
    following = _following(candidates, passages[item.passage], row)
    if asked_before(item) and (listed := _listed([item, *following], passages[item.passage])):
        return listed
    if _OPENS.search(item.text):
        return [item, *_series(following)][:limit]
    announced: list[Candidate] = []
    if item.text.rstrip().endswith(":"):
        announced = [each for each in following[:1] if not is_list_item(passages[item.passage], each)]
    elif following and _COUNT.search(item.text) and _OPENS.search(following[0].text):
        announced = [following[0], *_series(following[1:])]
    return [item, *announced] if len(announced) < limit else announced[:limit]


def steps(
    candidates: Sequence[Candidate], passages: Sequence[Passage], row: int, *, numbered: bool
) -> Candidate | None:
    """The list that a candidate is an item of, as one candidate; None where it is none, or stands alone.

    ``numbered`` asks for a list of numbered items. A list that is too long is cut at an item, behind this one.
    """
    passage = passages[candidates[row].passage]
    if not _is_step(candidates[row], passage, numbered):
        return None
    first = row
    while first and candidates[first - 1].passage == candidates[row].passage:
        before = candidates[first - 1]
        adjacent = not interrupted(passage, before, candidates[first])
        if not adjacent or not _is_step(before, passage, numbered) or candidates[row].end - before.start > LONGEST:
            break
        first -= 1
    (whole_list,) = _listed([candidates[first], *_following(candidates, passage, first)], passage) or [candidates[row]]
    return None if whole_list.start == candidates[row].start and whole_list.end == candidates[row].end else whole_list


def _is_step(item: Candidate, passage: Passage, numbered: bool) -> bool:
    if numbered and (not _NUMBERED.match(item.text, asked_before(item)) or opens_with_date(item.text)):
        return False
    return is_list_item(passage, item)


def interrupted(passage: Passage, left: Candidate, right: Candidate) -> bool:
    """Whether something stands between two candidates: a heading, a caption."""
    gap = passage.text[left.end - passage.start : right.start - passage.start]
    return any(character.isalnum() for character in gap)


def _following(candidates: Sequence[Candidate], passage: Passage, row: int) -> list[Candidate]:
    """The candidates after one in its passage, up to where something stands between them: a heading, a caption."""
    found: list[Candidate] = []
    last = candidates[row]
    for other in candidates[row + 1 :]:
        if other.passage != candidates[row].passage:
            break
        if interrupted(passage, last, other):
            break
        found.append(other)
        last = other
    return found


def _series(following: Sequence[Candidate]) -> list[Candidate]:
    found: list[Candidate] = []
    for other in following:
        if not _GOES_ON.match(other.text):
            break
        found.append(other)
    return found


def _listed(following: Sequence[Candidate], passage: Passage) -> list[Candidate]:
    """The list items that come next, from the first to the last as one candidate; none when there is no list."""
    items: list[Candidate] = []
    for other in following:
        if not is_list_item(passage, other) or (items and other.end - items[0].start > LONGEST):
            break
        items.append(other)
    if not items:
        return []
    first, last = items[0], items[-1]
    text = passage.text[first.start - passage.start : last.end - passage.start]
    return [Candidate(first.passage, first.start, last.end, text, False)]
