"""What a list stands under: the words before it, without which its items say nothing, or the opposite."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from rag_service.answer.evidence.candidates import Candidate, asked_before, is_list_item
from rag_service.models import Passage
from rag_service.text.sentences import sentence_spans

_ANNOUNCES = re.compile(r"[:?\uff1a\uff1f][\"'”“»«)*_]*$")
_OPEN_END = re.compile(r"\b(\w+),?$")  # no mark at its end: the sentence may go on in the items
_CLOSED = re.compile(r"[.!?…]\W*$")
_GOES_ON = re.compile(r"(?:[,;]|\b(?:und|oder|sowie|and|or))$")
_COUNTED = re.compile(r"[a-z]|\d+")
LONGEST = 600  # characters of a list that is quoted as one
_Spans = tuple[tuple[int, int], ...]
_Mark = tuple[int, str]  # how far the mark of an item is moved in, and its form


@dataclass(frozen=True, slots=True)
class Listing:
    """A list with its lead, in code points of the source text; ``items`` are the spans of what stands in it."""

    start: int
    lead_end: int
    items: _Spans

    @property
    def fits(self) -> bool:
        """Whether a quote has room for all of it."""
        return self.items[-1][1] - self.start <= LONGEST

    def lists(self, item: Candidate) -> bool:
        """Whether a candidate of the same passage stands in it."""
        return self.items[0][0] <= item.start < self.items[-1][1]

    def follows(self, item: Candidate) -> bool:
        """Whether other items stand between the lead and a candidate."""
        return item.start >= self.items[0][1]

    def end_for(self, item: Candidate, *, whole: bool) -> int:
        """Where a quote ends that holds a candidate: at the last item that there is room for, or at the candidate.

        What announces a list is never without an item.
        """
        if item.end <= self.lead_end or (whole and self.fits):
            return max((end for _, end in self.items if end - self.start <= LONGEST), default=self.items[0][1])
        return item.end


def find_listing(passage: Passage, item: Candidate) -> Listing | None:
    """The list that a candidate stands in, or announces; None where there is none, or nothing announces it."""
    spans, marks = _read(passage)
    at = item.start - passage.start + asked_before(item)
    row = next((row for row, (start, end) in enumerate(spans) if start <= at < end), None)
    if row is None:
        return None
    if row + 1 < len(spans) and not _in_list(marks[row], marks[row + 1]) and _announced(passage, row + 1):
        return _listing(passage, row + 1)
    first = _first(marks, row)
    return _listing(passage, first) if _announced(passage, first) else None


def with_lead(passage: Passage, item: Candidate) -> str:
    """What a candidate says: an item of a list behind the words that announce it."""
    found = find_listing(passage, item)
    if found is None or item.start < found.lead_end:
        return item.text
    return f"{passage.text[found.start - passage.start : found.lead_end - passage.start]} {item.text}"


def quoted(passage: Passage, item: Candidate, start: int, end: int) -> Candidate:
    """The candidate with other bounds."""
    return replace(item, start=start, end=end, text=passage.text[start - passage.start : end - passage.start])


@lru_cache(maxsize=128)  # the sentences of few passages are compared, each with many
def _read(passage: Passage) -> tuple[_Spans, tuple[_Mark | None, ...]]:
    """The sentences of a passage, and the list mark on the line of each, if there is one."""
    spans = sentence_spans(passage.text, passage.language)
    return spans, tuple(_mark(passage, start) for start, _ in spans)


def _mark(passage: Passage, at: int) -> _Mark | None:
    if not is_list_item(passage, Candidate(0, passage.start + at, passage.start + at, "", False)):
        return None
    line = passage.text[passage.text.rfind("\n", 0, at) + 1 :]
    form = _COUNTED.sub(lambda each: "1" if each.group().isdigit() else "a", line.split(maxsplit=1)[0])
    return len(line) - len(line.lstrip()), form


def _in_list(mark: _Mark | None, of: _Mark | None) -> bool:
    """Whether a sentence with this mark is an item of the list of another, or stands below one of its items."""
    return mark is not None and of is not None and (mark == of or mark[0] > of[0])


def _first(marks: Sequence[_Mark | None], row: int) -> int:
    """The row at which the list begins that a row is in."""
    own = marks[row]
    while row and _in_list(marks[row - 1], own):
        row -= 1
    return row


def _listing(passage: Passage, first: int) -> Listing:
    """The list that begins at a row; its lead may be an item of another list, and is told behind the lead of that."""
    spans, marks = _read(passage)
    last = first
    while last + 1 < len(spans) and _in_list(marks[last + 1], marks[first]):
        last += 1
    items = tuple((passage.start + start, passage.start + end) for start, end in spans[first : last + 1])
    return Listing(passage.start + spans[_lead(passage, first)][0], passage.start + spans[first - 1][1], items)


def _lead(passage: Passage, first: int) -> int:
    """The row of what announces a list: where that is an item of another one, of what announces that."""
    above = _first(_read(passage)[1], first - 1)
    return _lead(passage, above) if _announced(passage, above) else first - 1


def _announced(passage: Passage, first: int) -> bool:
    """Whether the sentence before a row announces the list that begins there, or goes on in its items.

    'Nicht erlaubt sind:' does, and so do '..., wenn er' before 'a) ...' and 'Befreit sind auf Antrag' right above
    'a) Hunde,'; a heading above whole sentences does not.
    """
    spans, marks = _read(passage)
    if not first or marks[first] is None:
        return False
    (start, end), item = spans[first - 1], spans[first]
    breaks = passage.text[end : item[0]].count("\n")
    if breaks not in (1, 2):
        return False
    if _ANNOUNCES.search(passage.text, start, end):
        return True
    last = _OPEN_END.search(passage.text, start, end)
    if last is None:
        return False
    said = passage.text[slice(*item)].split(maxsplit=1)[-1]
    goes_on = breaks == 1 and _GOES_ON.search(said) is not None
    return goes_on or said[:1].islower() or (last[1][0].islower() and not _CLOSED.search(said))
