"""Whether a passage is about what a question names, where the sentences that answer it do not say so themselves."""

from __future__ import annotations

from collections.abc import Set
from functools import lru_cache

from rag_service.answer.evidence.candidates import Candidate, is_fragment
from rag_service.models import Passage
from rag_service.ports import Evidence
from rag_service.text.days import find_dates
from rag_service.text.sentences import sentence_spans
from rag_service.text.versions import word_set
from rag_service.text.words import content_words, word_spans

_PART = 5  # characters of a word that may stand inside a compound


def same_subject(evidence: Evidence, item: Candidate, other: Candidate) -> bool:
    """Whether all that the question names and a sentence's headings repeat stands in the other's passage, too.

    Of two price lists, the one of the pool does not answer for the museum.
    """
    asked = _named(evidence.question, evidence.language)
    passage = evidence.passages[item.passage]
    above = "\n".join([passage.title, *headings(passage, item)])
    beside = evidence.passages[other.passage]
    whole = f"{beside.title}\n{beside.text}"
    return all(
        _holds(whole, beside.language, stems)
        for word, stems in ((word, _stems(word, evidence.language, passage, beside)) for word in asked)
        if _holds(above, passage.language, stems)
    )


def _stems(word: str, language: str, *passages: Passage) -> frozenset[str]:
    """A word of the question as it may stand in passages, whose language the question's may not be."""
    languages = {language, *(passage.language for passage in passages)}
    return frozenset(stem for each in languages for stem in content_words(word, each))


@lru_cache(maxsize=256)
def _named(question: str, language: str) -> tuple[str, ...]:
    """The words of a question that may name its subject: names, and German nouns; all that carry meaning if none is.

    Its dates do not.
    """
    days = [(date.start, date.end) for date in find_dates(question)]
    spans = [(a, b) for a, b in word_spans(question) if not any(start < b and a < end for start, end in days)]
    words = [question[a:b] for a, b in spans if content_words(question[a:b], language)]
    named = [word for word in words if word[:1].isupper() or any(map(str.isdigit, word))]
    return tuple(named or words)


def headings(passage: Passage, item: Candidate) -> list[str]:
    """What stands as a heading above a sentence of the passage, from its beginning."""
    return [text for end, text in _lines(passage) if end <= item.start - passage.start]


@lru_cache(maxsize=128)
def _lines(passage: Passage) -> tuple[tuple[int, str], ...]:
    spans = sentence_spans(passage.text, passage.language)
    return tuple((end, passage.text[start:end]) for start, end in spans if is_fragment(passage.text[start:end]))


def _holds(text: str, language: str, stems: Set[str]) -> bool:
    """Whether a text has a word, be it inside a compound: Museum in Heimatmuseum."""
    words = word_set(text, language)
    return any(stem in words or (len(stem) >= _PART and any(stem in word for word in words)) for stem in stems)
