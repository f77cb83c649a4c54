"""Whether quotes say the contrary of a statement: the same words, negated on one side only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from rag_service.models import Quote
from rag_service.text.polarity import negations, opposed
from rag_service.text.sentences import split_sentences
from rag_service.text.words import content_words

_SHARE = 0.75  # of a statement's words that a clause which negates them has
_LEAST = 2  # words that tell what a clause is about


@dataclass(frozen=True)
class _Clause:
    """A clause of a sentence; ``turned`` if it is answered with no, which is one negation more."""

    text: str
    sentence: str
    language: str
    turned: bool = False

    @cached_property
    def negated(self) -> list[tuple[int, int]]:
        return negations(self.text)

    @cached_property
    def words(self) -> frozenset[str]:
        """Its content words but for negations."""
        text = self.text
        for start, end in self.negated:
            text = text[:start] + " " * (end - start) + text[end:]
        return frozenset(content_words(text, self.language))

    @property
    def denials(self) -> int:
        return len(self.negated) + self.turned

    @property
    def limits(self) -> set[str]:
        """What limits it to a case: prepositions of its own, conditions and exceptions of the sentence."""
        found = _limit().findall(self.text) + _condition().findall(self.sentence)
        return {word.lower() for word in found}

    @property
    def modals(self) -> tuple[bool, ...]:
        """Whether it speaks of what has to be, and of what may be."""
        return tuple(pattern.search(self.text) is not None for pattern in _modals())


def denied(statement: str, quotes: Sequence[Quote]) -> bool:
    """Whether quotes negate what a statement says, or say what it negates, and none of them bears it out.

    Clause by clause, where they share their words; false where conditions, exceptions or 'not only' leave it open.
    """
    return any(
        _denied(claim, quotes)
        for language in {quote.passage.language for quote in quotes}
        for claim in _clauses(statement, language)
        if claim.denials or not negations(statement)
    )


def answer_denied(question: str, yes: bool, rest: str, quotes: Sequence[Quote]) -> bool:
    """Whether quotes say the contrary of a yes or no to a question, behind which ``rest`` is said."""
    if negations(question):
        return False
    asked = question.strip(" ?!.")
    return any(
        _denied(_Clause(asked, f"{asked} {rest}", language, turned=not yes), quotes)
        for language in {quote.passage.language for quote in quotes}
    )


def _denied(claim: _Clause, quotes: Sequence[Quote]) -> bool:
    found = [
        verdict
        for quote in quotes
        if quote.passage.language == claim.language
        for told in _clauses(_text(quote), claim.language)
        if (verdict := _verdict(claim, told)) is not None
    ]
    return bool(found) and all(found)


def _verdict(claim: _Clause, told: _Clause) -> bool | None:
    """Whether one clause denies the other; None where there is no telling."""
    missing = claim.words - told.words
    opposite = opposed(claim.text, told.text)
    if len(claim.words & told.words) < _LEAST or len(missing) - opposite > len(claim.words) * (1 - _SHARE):
        return None
    if claim.denials % 2 == (told.denials + opposite) % 2:
        return False
    if max(claim.denials, told.denials) > 1 or claim.limits != told.limits or _differ(claim.modals, told.modals):
        return None
    if told.denials:
        return True if _scope(claim, told) else None
    whole = len(missing) <= opposite and not negations(told.sentence)
    return True if whole and not _partly().search(claim.text) else None


def _differ(left: Sequence[bool], right: Sequence[bool]) -> bool:
    """Whether one speaks of what has to be and the other of what may be."""
    return any(left) and any(right) and not any(one and other for one, other in zip(left, right, strict=True))


def _scope(claim: _Clause, told: _Clause) -> bool:
    """Whether the negation of what is told is of what is claimed: of the word behind it, or of the verb at the end."""
    ((_, end),) = told.negated
    if _partly().search(told.text):
        return False
    behind = content_words(told.text[end:], told.language)
    if not behind:
        behind = content_words(told.text[: told.negated[0][0]], told.language)[-1:]
    return behind[:1] != [] and (behind[0] in claim.words or (len(behind) == 1 and not _joined().search(told.text)))


def _clauses(text: str, language: str) -> Iterator[_Clause]:
    for start, end in split_sentences(text, language):
        sentence = text[start:end]
        for part in _comma().split(sentence):
            if part.strip():
                yield _Clause(part, sentence, language)


def _text(quote: Quote) -> str:
    passage = quote.passage
    return passage.text[quote.start - passage.start : quote.end - passage.start]


@cache
def _comma() -> re.Pattern[str]:
    return re.compile(
        r"(?<=[,;:])\s+|\s[\u2013\u2014-]\s|[()\n|]|\b(?:aber|jedoch|sondern|but|however|whereas)\b", re.IGNORECASE
    )


@cache
def _limit() -> re.Pattern[str]:
    words = r"bis|ab|vor|nach|unter|während|seit|ohne|until|till|before|after|under|below|without|since|during"
    return re.compile(rf"\b(?:{words})\b", re.IGNORECASE)


@cache
def _condition() -> re.Pattern[str]:
    words = (
        r"nur|erst|bloß|lediglich|außer|ausgenommen|ausnahmen?|ausnahmsweise|es sei denn|sofern|soweit|falls|wenn"
        r"|solange|ob|only|except|unless|if|provided|whether|other than|apart from"
    )
    return re.compile(rf"\b(?:{words})\b", re.IGNORECASE)


@cache
def _partly() -> re.Pattern[str]:
    """Negations of a part ('not all', 'not only') or of an equal ('no other', 'never so ... as')."""
    part = (
        r"nur|bloß|allein|alle\w*|jede\w*|immer|unbedingt|zwingend|notwendig\w*|zuletzt|selten|ganz|vollständig"
        r"|mehr als|weniger|länger als|später|früher|only|all|every|always|necessarily|more|less|later|earlier|just|yet"
        r"|so|ander\w*|weitere\w*|other|such"
    )
    negation = r"(?:nicht|kein\w*|nie|niemals|not|no|never|cannot|\w+n['’]t)"
    return re.compile(rf"\b{negation}\s+(?:{part})\b|\bals\b|\bthan\b|\bwie\b", re.IGNORECASE)


@cache
def _joined() -> re.Pattern[str]:
    return re.compile(r"\b(?:und|oder|sowie|um|zu|and|or|to)\b", re.IGNORECASE)


@cache
def _modals() -> tuple[re.Pattern[str], ...]:
    must = r"m[uü]ss\w*|soll\w*|must|should|needs?|required|ha(?:s|ve|d) to"
    may = r"k[aö]nn\w*|d[aü]rf\w*|möglich|erlaubt|can|could|may|might|allowed|able"
    return tuple(re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for words in (must, may))
