"""Follow-up questions without a model: found by their gaps, filled from the last turns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from rag_service.answer.conversation.asked import question_of
from rag_service.answer.conversation.dependence import anaphora, depends, named, opening
from rag_service.answer.conversation.references import asks_for_citation, cited, correction
from rag_service.answer.conversation.smalltalk import small_talk, without_small_talk
from rag_service.answer.conversation.substitute import is_dated, phrase_of, same_kind, still_meant, without_noun
from rag_service.answer.conversation.variant import ARTICLES, PREPOSITIONS, varied, without_dates
from rag_service.models import Turn
from rag_service.text.days import find_dates
from rag_service.text.languages import detect_language
from rag_service.text.names import find_names, find_numbers
from rag_service.text.questions import expected_answer, is_question_word
from rag_service.text.stopwords import EITHER
from rag_service.text.weekdays import weekdays
from rag_service.text.words import fold

_TURNS = 4  # user turns looked back on
_LENGTH = 2000  # characters read of one turn
_TERMS = 8  # terms carried over at most
_ANSWER_NAMES = 3
_KEPT = 3  # terms taken over from before the last question
_MEASURES = frozenset(
    {"genau", "lange", "oft", "viel", "weit", "hoch", "exactly", "long", "often", "many", "much", "far"}
)
_PERSONAL = re.compile(r"\b(?:er|ihn|ihm|sie|he|him|she|her)\b", re.IGNORECASE)
_PRONOUN = re.compile(rf"{_PERSONAL.pattern}|\b(?:es|it|they|them)\b", re.IGNORECASE)
_PHRASE = 8  # words of a variant that opens with a preposition
_ELLIPSIS = 6  # words of a correction that stands for a part of the last question


@dataclass(frozen=True, slots=True)
class _Topic:
    """A question of the conversation with what it takes over: terms, and the question it is a variant of.

    ``told`` are the questions that the terms were taken from.
    """

    question: str
    carried: tuple[str, ...] = ()
    base: str = ""
    told: str = ""

    @property
    def text(self) -> str:
        inner = ", ".join(filter(None, (self.base, *self.carried)))
        return f"{self.question} ({inner})" if inner else self.question

    @property
    def so_far(self) -> str:
        """The questions told up to this one, the end of them."""
        return f"{self.told} {self.question}"[-_LENGTH:]


def resolve(question: str, history: Sequence[Turn]) -> str:
    """The question, with what it leaves out in brackets behind it; unchanged when it leaves nothing out.

    History may have any length and order: user turns are taken in turn, each with the answer that followed.
    """
    topic, answer = None, ""
    for turn in _last_turns(history):
        says = any(map(str.isalnum, turn.content))
        if turn.role == "user" and says and small_talk(turn.content) is None:
            topic = _said(without_small_talk(turn.content), topic, answer)
            answer = ""
        elif turn.role == "assistant":
            answer = turn.content
    return _filled(question, topic, answer).text


def is_variant(question: str) -> bool:
    """Whether a question asks the last one again for something else ('Und in Köln?')."""
    return opening().match(question) is not None and bool(_bare_rest(question))


def _said(message: str, before: _Topic | None, answer: str) -> _Topic:
    """The question of an earlier message, with the first terms of what was told around it."""
    language = detect_language(message)
    own, around = question_of(message, language)
    topic = _filled(own, before, answer)
    told = _terms(around, language, dates=True)[:_KEPT] if around else []
    return replace(topic, carried=_distinct([*told, *topic.carried]))


def _filled(question: str, before: _Topic | None, answer: str) -> _Topic:
    """The question with what it takes over from the one before it and from what was answered to that."""
    if before is None:
        return _Topic(question)
    statement = cited(question, answer)
    if statement is not None:
        return _Topic(statement) if asks_for_citation(question) else _Topic(question, (statement,))
    corrected = correction(question)
    core = corrected or question.strip()
    language = detect_language(before.text)
    said = f"{before.text} {answer}"
    if not corrected and not depends(question, detect_language(question, language), said):
        return _Topic(question)
    rest = _bare_rest(core) if corrected is None or len(core.split()) <= _ELLIPSIS else []
    full = any(" " in name.norm for name in named(core, language)) and not depends(core, language)
    if corrected and not rest and full:
        return _Topic(core)
    own = tuple(_terms(before.question, language, dates=not is_dated(core)))
    if not rest and not _only_asks(core, language):
        taken = _taken_over(core, before, own, _new_names(core, before, answer, language), language)
        return _Topic(core if taken else question, taken, told=before.so_far)
    if not rest:
        carried = (*own, *before.carried) if before.base else before.carried
        return _Topic(core, _distinct(carried)[:_KEPT], _predicate(before.base or before.question), before.so_far)
    return _variant(core, before, own, phrase_of(rest), answer, corrected=corrected is not None)


def _variant(
    core: str, before: _Topic, own: tuple[str, ...], new: list[str], answer: str, *, corrected: bool
) -> _Topic:
    """The last question asked again for something else, without what the new words replace."""
    language = detect_language(before.text)
    base = before.base or before.question
    carried = before.carried
    if before.base and not same_kind(new, phrase_of(_bare_rest(before.question)), language):
        carried = (*own, *carried)
    asked = base
    if corrected or opening().match(core):
        base = varied(asked, language, new, answer)
        base = base if base != asked else without_noun(asked, language, new, corrected=corrected)
    pronoun = _PRONOUN if corrected else _PERSONAL if new[0][0].isupper() else None
    for_pronoun = base == asked and pronoun is not None and pronoun.search(base) is not None
    carried = still_meant(carried, new, before.so_far, language, for_pronoun=for_pronoun)
    if is_dated(core):
        base = without_dates(base)
    return _Topic(core, _distinct(carried, core)[:_KEPT], base, before.so_far)


def _taken_over(
    core: str, before: _Topic, own: tuple[str, ...], names: Sequence[str], language: str
) -> tuple[str, ...]:
    """What a question about what was said takes over: names of the answer, terms of it and of earlier questions."""
    carried = tuple(dict.fromkeys((*_terms(before.base, language, dates=False), *before.carried)))[:_KEPT]
    people = [name for name in names if " " in name]
    if people and expected_answer(before.question) == "person" and _PERSONAL.search(core):
        own, carried = tuple(term for term in own if " " in term), ()
    fresh = _distinct((*own[: len(named(before.question, language))], *(people or names), *carried, *own), core)
    return fresh[:_TERMS]


def _distinct(terms: Iterable[str], question: str = "") -> tuple[str, ...]:
    """The terms that tell something new; of 'Mike Pompeo' and 'Minister Mike Pompeo' the first alone."""
    known = {fold(word) for word in re.findall(r"\w+", question)}
    fresh: dict[str, set[str]] = {}
    for term in terms:
        words = {fold(word) for word in re.findall(r"\w+", term)}
        if not words <= known and not any(len(name) > 1 and name <= words for name in fresh.values()):
            fresh[term] = words
            known |= words
    return tuple(fresh)


def _new_names(question: str, before: _Topic, answer: str, language: str) -> list[str]:
    """The names of the last answer, where it was asked for one, is pointed at, or where without it there is none."""
    asked_for = expected_answer(before.question) not in ("date", "number", "rate", "reason", "manner")
    points = any(match["far"] for match in anaphora(detect_language(question, language)).finditer(question))
    if asked_for or points or not named(before.text, language):
        return _answer_names(answer)
    return []


def _only_asks(question: str, language: str) -> bool:
    """Whether a question is but a question word ('Warum?', 'Bis wann?'): the whole last question is meant."""
    words = re.findall(r"\w+", question)
    asks = any(map(is_question_word, words)) and not anaphora(language).search(question)
    return (
        asks and len(words) <= 4 and all(is_question_word(word) or fold(word) in EITHER | _MEASURES for word in words)
    )


def _predicate(question: str) -> str:
    """A question without the words it opens with: what it asks about."""
    words = question.rstrip(" ?!.").split()
    first = next((at for at, word in enumerate(words) if is_question_word(word.strip(",;:"))), -1)
    return " ".join(words[first + 1 :]) or question


def _last_turns(history: Sequence[Turn]) -> list[Turn]:
    """The last user turns and what was answered to each, oldest first, bounded in number and length."""
    kept: list[Turn] = []
    users = 0
    for turn in reversed(history):
        kept.append(Turn(turn.role, turn.content[:_LENGTH]))
        users += turn.role == "user"
        if users == _TURNS or len(kept) >= 4 * _TURNS:
            break
    return kept[::-1]


def _terms(context: str, language: str, *, dates: bool) -> list[str]:
    """Names first, then dates, then other content words of the context, as written there."""
    found = [context[name.start : name.end] for name in find_names(context, language)]
    values = find_dates(context)
    if dates:
        found += [context[value.start : value.end] for value in values]
    words = [
        match
        for match in re.finditer(r"[^\W_][\w-]*", context)
        if not any(value.start <= match.start() < value.end for value in values)
    ]
    # In German the capitalised words are the nouns; the verb of the last question is not what is asked now.
    nouns = [match for match in words if re.search(r"[A-ZÄÖÜ]|\d", match.group()) and match.start() > 0]
    for match in nouns if language == "de" else words:
        word = match.group()
        if len(word) > 2 and fold(word) not in EITHER and not is_question_word(word):
            found.append(word)
    return found


def _answer_names(answer: str) -> list[str]:
    """The first names of the last answer: a pronoun may stand for one that only the answer gave."""
    text = re.sub(r"\[\d+\]", "", answer)
    language = detect_language(text)
    dates = find_dates(text)
    numbers = find_numbers(text, language)  # of 'vier Wochen Vorlauf' and '3 Millionen Euro' nothing is a name
    names = [
        name
        for name in find_names(text, language)
        if not any(date.start < name.end and name.start < date.end for date in dates)
        and not weekdays(name.norm)
        and not any(number.start <= name.start <= number.end + 1 for number in numbers)
    ]
    names.sort(key=lambda name: " " not in name.norm)
    return list(dict.fromkeys(text[name.start : name.end] for name in names))[:_ANSWER_NAMES]


def _bare_rest(question: str) -> list[str]:
    """What follows 'und' or 'what about' in a question without a verb: the whole last question is meant."""
    opened = re.match(rf"(?:{opening().pattern}\W*)+", question, re.IGNORECASE)
    rest = re.findall(r"[\w-]+", question[opened.end() :] if opened else question)
    if opened and re.search(r"\bsieht\b", opened.group()) and rest[-1:] == ["aus"]:
        rest = rest[:-1]
    if len(rest) > 1 and not opened:  # a question may open with its verb, a word alone is none ('Praktikanten?')
        rest[0] = rest[0].lower() if _verb().fullmatch(rest[0].lower()) else rest[0]
    longest = _PHRASE if rest and rest[0].lower() in PREPOSITIONS else 4
    asks = any(is_question_word(word) for word in rest)
    tells = any(_verb().fullmatch(word) and not _attributive(rest, at) for at, word in enumerate(rest))
    return [] if len(rest) > longest or asks or tells else rest


def _attributive(words: list[str], at: int) -> bool:
    """Whether a word is an adjective that ends as a verb does: 'am zweiten Sonntag', 'im letzten Jahr'."""
    before, after = words[at - 1 : at] if at else [], words[at + 1 : at + 2]
    return bool(before and after) and after[0][0].isupper() and before[0].lower() in PREPOSITIONS.union(ARTICLES)


@cache
def _verb() -> re.Pattern[str]:
    return re.compile(
        r"gibt|gab|gilt|galt|geht|ging|darf|muss|kann|konnte|will|wollte|soll|sollte|kostet|heißt|"
        r"ist|sind|war|waren|hat|haben|hatte|wird|wurde|is|are|was|were|did|"
        r"does|do|has|have|had|will|would|can|could|[a-zäöüß]{3,}(?:te|ten|tet|st)",
    )
