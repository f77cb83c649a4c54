"""The sentences of the passages that an answer may quote."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from rag_service.answer.evidence.occasions import is_time, names_day, opens_with_day
from rag_service.models import Passage
from rag_service.text.dates import is_date
from rag_service.text.days import opens_with_date
from rag_service.text.sentences import FOOTNOTE_MARKS, sentence_spans

_LIST_ITEM = re.compile(r"\s*(?:[-*+•▪●–]|\(?(?:\d{1,3}|[a-z])[.)])\s+\S")
_CAPTION = re.compile(
    r"\s*(?:\(?(?:\w*(?:foto|bild|photo)|file photo|image|quelle|source|grafik|video)s?\s*[:/©]|©"
    r"|(?:bild|foto|aufnahme|picture|photo|image)\s+(?:aufgenommen|entstanden|taken)\b)",
    re.IGNORECASE,
)
_DATE_LABEL = re.compile(r"\s*(?:date|datum)\s+", re.IGNORECASE)
_LABELLED = re.compile(  # 'Next meeting: 26 March', 'Stellv. Leiterin: Eva Roth', and rows of tables
    r"\s*[^\W\d_](?:[^:.!?|\n]|(?<=[^\W\d_])\.(?=[ \u00a0-])){0,59}\.?:\s+\S"
)
_ENTRY = re.compile(r"\d[^!?|\n]{0,59}: [^.!?\n]+$")  # '8. Mai 2025, 9 Uhr: Fahrt'; what ends as a sentence is none
_FINAL = r".!?…。｡！？\u06d4\u061f\u0964\u0965\u1362"
CLOSED = re.compile(rf"[{_FINAL}]\W*$")  # the end of a sentence, with brackets and quotation marks
_TELLS = re.compile(rf"\d|;|{CLOSED.pattern}")  # what a title in this form would not hold
_ENDS = re.compile(rf"[{_FINAL}:;](?:[\"'”“»«›‹)\]」』）{FOOTNOTE_MARKS}]|\[\d{{1,3}}\])*$")
_QUESTION = re.compile(r"[?\uff1f\u061f][)*_]*$")
_ASKED = re.compile(r"[^\n]*[?\uff1f\u061f][)*_]*\n\s*")
_RUN_IN = re.compile(r"(?!(?:nein|doch)\b)[^\W\d_-][^\W\d_]{3,}(?:[ -][^\W\d_]{3,})?\.", re.IGNORECASE)
_NUMBER = re.compile(r"\d+")
_SHORTEST, _LONG = 3, 14  # words
_SHORT, _LINE = 16, 200  # bytes of UTF-8: some scripts need few characters, and no blanks between words
_BULLET = re.compile(r"[-*+•▪●–]\s+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence of a passage, ``[start, end)`` in code points of the source text; ``passage`` is an index.

    ``fragment`` marks what is no sentence: a heading, caption, dateline or piece of navigation.
    """

    passage: int
    start: int
    end: int
    text: str
    fragment: bool


def find_candidates(
    passages: Sequence[Passage], answers: Callable[[Passage, str], bool] | None = None
) -> list[Candidate]:
    """Every sentence once, although neighbouring passages of a document overlap; fragments only if all are.

    A question is no answer: it stands with what follows it, however short that is, or not at all; so does a heading
    that opens a line of text. A line that says when stands with the heading above it. A heading that holds a date is a
    candidate where it ``answers``.
    """
    seen: set[tuple[str, int]] = set()
    found: list[Candidate] = []
    for index, passage in enumerate(passages):
        question: int | None = None  # where the question, or heading, begins that the next span goes with
        for start, end, fragment in _spans(passage, answers):
            text = passage.text[start:end]
            if _QUESTION.search(text):
                question = start
                continue
            bullet = _BULLET.match(passage.text, start, end)
            start = bullet.end() if bullet else start
            if question is None and _is_run_in(passage.text, start, end):
                question = start
                continue
            if question is not None and (not _is_aside(text) or opens_with_day(passage, start, text)):
                start, fragment = question, False
            question = None
            key = (passage.version_id, passage.start + end)
            if key in seen or not any(character.isalnum() for character in text):
                continue
            seen.add(key)
            text = passage.text[start:end]
            found.append(Candidate(index, passage.start + start, passage.start + end, text, fragment))
    sentences = [item for item in found if not item.fragment]
    return sentences or found


def _spans(passage: Passage, answers: Callable[[Passage, str], bool] | None) -> list[tuple[int, int, bool]]:
    """Sentences and lines with whether each is a fragment; lines that say when are joined to the heading above them."""
    spans = sentence_spans(passage.text, passage.language)
    found: list[tuple[int, int, bool]] = []
    headed = False  # whether the span before is a heading, alone or with such lines
    for (start, end), fragment in zip(spans, _fragments(passage, spans), strict=True):
        text = passage.text[start:end]
        if headed and (fragment or is_time(text)) and opens_with_day(passage, start, text):
            found[-1] = (found[-1][0], end, False)
            continue
        headed = is_fragment(text) and not _is_aside(text) and not _QUESTION.search(text)
        answered = answers is not None and headed and names_day(passage, start, text) and answers(passage, text)
        found.append((start, end, fragment and not answered))
    return found


def _fragments(passage: Passage, spans: Sequence[tuple[int, int]]) -> list[bool]:
    """Which spans say nothing by themselves: what stands apart, and lines that head what follows them.

    Lines one below the other are data, and so is a line that nothing follows in the passage.
    """
    kinds = [_kind(passage, start, end) for start, end in spans]
    gaps = [passage.text[before[1] : after[0]].count("\n") for before, after in pairwise(spans)]
    runs = [gap == 1 and pair == ("line", "line") for gap, pair in zip(gaps, pairwise(kinds), strict=True)]
    last = not gaps or gaps[-1] > 0  # what follows a sentence on its line was cut off
    data = [below or above for below, above in zip([*runs, last], [False, *runs], strict=True)] if spans else []
    return [kind == "apart" or (kind == "line" and not own) for kind, own in zip(kinds, data, strict=True)]


def _kind(passage: Passage, start: int, end: int) -> Literal["statement", "line", "apart"]:
    """Whether a span states something, is a short line, or stands apart: a title, caption or dateline."""
    text = passage.text[start:end]
    if _is_aside(text) or text.startswith("#"):
        return "apart"
    short = _is_short(text) and not (_ENDS.search(text) and _shares_line(passage.text, start, end))
    short = short and not text[0].islower()  # 'pip install quickcast' is no heading
    if text == passage.title and (
        short or not _TELLS.search(text) or _repeated(text, passage.text[end:], passage.published)
    ):
        return "apart"
    return "line" if short else "statement"


def _repeated(title: str, below: str, published: str | None) -> bool:
    """Whether a title's numbers are all in the text below it, or the year of its publication: it adds nothing."""
    numbers = set(_NUMBER.findall(title))
    return bool(numbers) and numbers <= {*_NUMBER.findall(below), (published or "")[:4]}


def without_other_rows(candidates: Sequence[Candidate], told: Sequence[Set[str]]) -> list[int]:
    """Which candidates to keep: all but rows of tables, and other labelled lines, beside one that tells more.

    ``told`` holds the question's words in each candidate; of 'Land: Schweiz; ...' and 'Land: Italien; ...' a question
    about Switzerland leaves the first.
    """
    dropped: set[int] = set()
    for run in _runs(candidates):
        dropped.update(row for row in run if any(told[row] < told[other] for other in run))
    return [row for row in range(len(candidates)) if row not in dropped]


def _runs(candidates: Sequence[Candidate]) -> Iterator[list[int]]:
    """Labelled lines, and entries of a calendar, that follow one another in a passage."""
    run: list[int] = []
    for row, item in enumerate(candidates):
        labelled = _is_labelled(item.text)
        if run and (candidates[run[-1]].passage != item.passage or not labelled):
            yield run
            run = []
        if labelled:
            run.append(row)
    yield run


def _is_labelled(text: str) -> bool:
    """Whether a line is a label with what it stands for: the row of a table, the entry of a calendar."""
    return _LABELLED.match(text) is not None or (_ENTRY.match(text) is not None and opens_with_date(text))


def asked_before(item: Candidate) -> int:
    """How many characters of a candidate are the question that stands before it."""
    asked = _ASKED.match(item.text)
    return asked.end() if asked else 0


def is_list_item(passage: Passage, item: Candidate) -> bool:
    """Whether a candidate of the passage, behind its question, is the item of a list; its bullet is no part of it."""
    return _list_mark(passage, item) is not None


def is_bulleted(passage: Passage, item: Candidate) -> bool:
    """Whether it is the item of a list without numbers."""
    mark = _list_mark(passage, item)
    return mark is not None and _BULLET.match(mark.group().lstrip()) is not None


def _list_mark(passage: Passage, item: Candidate) -> re.Match[str] | None:
    line = passage.text.rfind("\n", 0, item.start - passage.start + asked_before(item)) + 1
    return _LIST_ITEM.match(passage.text, line)


def is_fragment(text: str) -> bool:
    """Whether a span is a heading, caption, dateline or navigation rather than a sentence or list item."""
    return _is_aside(text) or _is_short(text)


def _is_short(text: str) -> bool:
    """Whether a span that is no aside is too short, or too much like a heading, for a statement."""
    words = text.split()
    if _LIST_ITEM.match(text) or _LABELLED.match(text) or "|" in text or "\t" in text:
        return False
    if text.lstrip().startswith("#"):
        return True
    if _ENDS.search(text):
        return len(words) < _SHORTEST and len(text.encode()) < _SHORT
    return len(words) <= _LONG and len(text.encode()) <= _LINE


def _shares_line(text: str, start: int, end: int) -> bool:
    """Whether something else stands on the lines of a span, as beside a short sentence of a paragraph."""
    return text[text.rfind("\n", 0, start) + 1 : start].strip() != "" or text[end:].partition("\n")[0].strip() != ""


def _is_run_in(text: str, start: int, end: int) -> bool:
    """Whether a span heads the rest of its line: one or two capitalised words, 'Haftung. Wer ...'.

    A short sentence that opens a line of a wrapped paragraph does not.
    """
    line = text.rfind("\n", 0, start) + 1
    mark = _LIST_ITEM.match(text, line, end)
    opening = mark.end() - 1 if mark else line
    words = text[opening:end].split()
    if not _RUN_IN.fullmatch(" ".join(words)) or not all(word[0].isupper() for word in words):
        return False
    if text[opening:start].strip() or not text[end:].partition("\n")[0].strip():
        return False
    above = text[:line]
    return mark is not None or above.endswith("\n\n") or not _ENDS.search(above.rstrip())


def _is_aside(text: str) -> bool:
    """Whether a span is a caption or dateline."""
    label = _DATE_LABEL.match(text)
    return _CAPTION.match(text) is not None or is_date(text[label.end() :] if label else text)
