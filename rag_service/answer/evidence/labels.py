"""What a question names by a noun and a number: 'Version 6.1.2', 'die KW 16', 'Artikel 5'."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import cache, lru_cache

from rag_service.answer.evidence.candidates import Candidate
from rag_service.answer.evidence.subject import headings
from rag_service.models import Passage
from rag_service.text.days import find_dates
from rag_service.text.names import find_numbers
from rag_service.text.questions import is_question_word
from rag_service.text.words import content_words

_NUMBER = r"\d+(?:\.\d+)*(?![\w%]|[.,:\u2013-]\d|\s?[€$%])"
_DOTTED = re.compile(r"\W*(?:v\.?\s?)?\d+(?:\.\d+)+(?!\w)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Label:
    """A noun and the number behind it, as the question writes it; ``norm`` is its value."""

    noun: str
    number: str
    norm: str

    def in_text(self, text: str) -> bool:
        """Whether a text has the number, behind whatever noun."""
        return re.search(rf"(?<![\w.,]){re.escape(self.number)}(?!\w|[.,]\d)", text) is not None

    def names_another(self, text: str) -> bool:
        """Whether a text has the noun before another number that is no bound ('ab Stufe 2'), and not this one."""
        return not self.in_text(text) and any(not _bounds(text, match) for match in _with_number(self.noun, text))

    def heads(self, heading: str) -> bool:
        """Whether a heading has the number behind the noun, or opens with it, where it is no plain number."""
        behind = any(self.in_text(match.group()) for match in _with_number(self.noun, heading))
        opens = _DOTTED.match(heading)
        return behind or (opens is not None and self.in_text(opens.group()))


@lru_cache(maxsize=64)
def find_labels(question: str, language: str) -> tuple[Label, ...]:
    """The labels of a question; a count ('Kinder 3 Tage') and a date ('Saison 2025') are none."""
    dates = [(date.start, date.end) for date in find_dates(question)]
    return tuple(
        Label(match["noun"], match["number"], _value(match["number"], language))
        for match in _label().finditer(question)
        if content_words(match["noun"], language)
        and not is_question_word(match["noun"], language)
        and not any(start < match.end() and match.start("number") < end for start, end in dates)
    )


def headed_by(labels: Sequence[Label], passage: Passage, item: Candidate) -> set[str]:
    """The values of the labels that stand in the heading above a sentence: the nearest one that has such a number."""
    found: set[str] = set()
    for label in labels:
        for heading in reversed(headings(passage, item)):
            if label.heads(heading):
                found.add(label.norm)
            elif not label.names_another(heading) and not _DOTTED.match(heading):
                continue
            break
    return found


def without_others(labels: Sequence[Label], candidates: Sequence[Candidate], above: Sequence[Set[str]]) -> list[int]:
    """Which sentences do not name another thing of the kind, not Version 6.2.0; all of them where none is left.

    ``above`` tells of each sentence by which labels it is headed.
    """
    kinds = [[label for label in labels if label.noun == noun] for noun in sorted({label.noun for label in labels})]

    def about(row: int) -> bool:
        others = [{each.norm for each in kind if each.names_another(candidates[row].text)} for kind in kinds]
        return not any(len(other - above[row]) == len(kind) for other, kind in zip(others, kinds, strict=True))

    return list(filter(about, range(len(candidates)))) or list(range(len(candidates)))


def _value(number: str, language: str) -> str:
    """A number's value; it stands for itself where it is read as none, as a year is."""
    return next((value.norm for value in find_numbers(number, language)), number)


def _with_number(noun: str, text: str) -> list[re.Match[str]]:
    return list(re.finditer(rf"\b{re.escape(noun)}\w{{0,2}}[ \u00a0]{_NUMBER}", text, re.IGNORECASE))


def _bounds(text: str, match: re.Match[str]) -> bool:
    """Whether a number with its noun is a bound: behind 'ab' or 'bis', or before a dash or 'bis'."""
    return _before_bound().search(text, 0, match.start()) is not None or bool(_after_bound().match(text, match.end()))


@cache
def _label() -> re.Pattern[str]:
    """A noun, which has a capital, or the word version; what is counted is no label's."""
    noun = r"(?P<noun>[^\W\d_a-zäöüß][\w-]+|version)"
    return re.compile(rf"(?<![\w-]){noun}[ \u00a0](?P<number>{_NUMBER})(?!\s+[A-ZÄÖÜ])")


@cache
def _before_bound() -> re.Pattern[str]:
    words = "ab|bis|mindestens|höchstens|unter|über|seit|als|from|since|until|to|least|most|above|below|under|over|than"
    return re.compile(rf"\b(?:{words})\s+(?:(?:zu[mr]?|de[rmn]|die|das|the)\s+)?$", re.IGNORECASE)


@cache
def _after_bound() -> re.Pattern[str]:
    return re.compile(r"\s*(?:[-–]|bis|to|through|(?:und|oder|and|or)\s+[^\W\d]+er)\b", re.IGNORECASE)
