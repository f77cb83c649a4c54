"""Follow-up questions without a model: found by their gaps, filled from the last turns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from rag_service.answer.smalltalk import small_talk
from rag_service.models import Turn
from rag_service.text.languages import detect_language, is_language
from rag_service.text.names import Value, find_dates, find_names
from rag_service.text.questions import is_question_word
from rag_service.text.stopwords import STOP_WORDS
from rag_service.text.words import fold

_TURNS = 4  # user turns looked back on
_LENGTH = 2000  # characters read of one turn
_TERMS = 8  # terms carried over at most
_ANSWER_NAMES = 3


def resolve(question: str, history: Sequence[Turn]) -> str:
    """The question, with what it leaves out in brackets behind it; unchanged when it leaves nothing out.

    History may have any length and order: user turns are taken in turn, each with the answer that followed.
    """
    context, answer = "", ""
    for turn in _last_turns(history):
        if turn.role == "user" and small_talk(turn.content) is None:
            context = _filled(turn.content, context, answer)
            answer = ""
        elif turn.role == "assistant":
            answer = turn.content
    return _filled(question, context, answer) if context else question


def depends(question: str, language: str) -> bool:
    """Whether a question cannot be understood without what was said before it."""
    text = " ".join(question.split())
    if _opening().match(text) or _asks_for_more().match(text):
        return True
    names = named(text, language)
    first_name = min((name.start for name in names), default=len(text))
    for match in _anaphora(language).finditer(text):
        if not _empty_subject(text, match) and (match.start() < first_name or match["far"]):
            return True
    if names:
        return False
    words = [word for word in re.findall(r"\w+", text) if not is_question_word(word)]
    stop = STOP_WORDS["de"] | STOP_WORDS["en"]
    content = [word for word in words if fold(word) not in stop]
    return len(content) < 2 and len(words) < 6 and not (content and _defines(text))


def named(text: str, language: str) -> list[Value]:
    """The names in a question; a language that an answer is wanted in is none."""
    return [name for name in find_names(text, language) if not is_language(name.norm)]


def _filled(question: str, context: str, answer: str) -> str:
    language = detect_language(question, detect_language(context))
    if not context or not depends(question, language):
        return question
    core = question.strip()
    own_dates = find_dates(core)
    rest = _bare_rest(core)
    if rest:
        named = rest[0][0].isupper() and not own_dates and _opening().match(core) is not None
        carried = without(context, language, name=named, dates=bool(own_dates))
        return f"{core} ({carried})" if carried else question
    known = {fold(word) for word in re.findall(r"\w+", core)}
    terms = _terms(context, language, dates=not own_dates) + _answer_names(answer)
    fresh: list[str] = []
    for term in terms:
        words = [fold(word) for word in re.findall(r"\w+", term)]
        if words and not set(words) <= known:
            fresh.append(term)
            known |= set(words)
    return f"{core} ({', '.join(fresh[:_TERMS])})" if fresh else question


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
    stop = STOP_WORDS["de"] | STOP_WORDS["en"]
    words = [
        match
        for match in re.finditer(r"[^\W_][\w-]*", context)
        if not any(value.start <= match.start() < value.end for value in values)
    ]
    # In German the capitalised words are the nouns; the verb of the last question is not what is asked now.
    nouns = [match for match in words if match.group()[0].isupper() and match.start() > 0]
    for match in nouns if language == "de" else words:
        word = match.group()
        if len(word) > 2 and fold(word) not in stop and not is_question_word(word):
            found.append(word)
    return found


def _answer_names(answer: str) -> list[str]:
    """The first names of the last answer: a pronoun may stand for one that only the answer gave."""
    text = re.sub(r"\[\d+\]", "", answer)
    dates = find_dates(text)
    names = [
        name
        for name in find_names(text, detect_language(text))
        if not any(date.start < name.end and name.start < date.end for date in dates)
    ]
    names.sort(key=lambda name: " " not in name.norm)
    return list(dict.fromkeys(text[name.start : name.end] for name in names))[:_ANSWER_NAMES]


def _bare_rest(question: str) -> list[str]:
    """What follows 'und' or 'what about' in a question without a verb: the whole last question is meant."""
    opened = re.match(
        r"\s*(?:und |aber |and |but )?(?:und|aber|oder|and|but|or|sowie|what about|how about|was ist mit|"
        r"wie (?:war|ist|sieht) es (?:bei|mit|in))\b",
        question,
        re.IGNORECASE,
    )
    rest = re.findall(r"[\w-]+", question[opened.end() :] if opened else question)
    whole = len(rest) > 4 or any(is_question_word(word) or _verb().fullmatch(word) for word in rest)
    return [] if whole else rest


def without(context: str, language: str, *, name: bool, dates: bool) -> str:
    """The last question without what the new one replaces: a name by a name, dates by dates."""
    cut: list[tuple[int, int]] = []
    if name:
        first = next(iter(find_names(context, language)), None)
        cut += [(first.start, first.end)] if first else []
    if dates:
        for value in find_dates(context):
            lead = re.search(
                r"(?:\b(?:im|in|am|on|vom|from)\s+)?(?:(?:the )?(?:jahr|year|monat)e?\s+)?$",
                context[: value.start],
                re.IGNORECASE,
            )
            cut.append((lead.start() if lead else value.start, value.end))
    for start, end in sorted(cut, reverse=True):
        context = context[:start] + context[end:]
    return re.sub(r"\s+(?=[?.!,])", "", " ".join(context.split())).strip()


def _empty_subject(text: str, match: re.Match[str]) -> bool:
    """'Gibt es', 'is it true', 'there is': words that refer to nothing; and the formal 'Sie'."""
    word = match.group().casefold()
    before, after = text[: match.start()].lower().rstrip(), text[match.end() :].lower().lstrip()
    if word == "sie" and match.group()[0].isupper() and match.start() > 0:
        return True
    if word == "es":
        return bool(
            re.search(r"\b(?:gibt|gab|geht|ging|handelt|kam|kommt|ist|war|stimmt|heißt|regnet)$", before)
        ) or bool(re.match(r"(?:gibt|gab|geht|ging|handelt)\b", after))
    if word == "it":
        return bool(re.search(r"\b(?:is|was|does|did)$", before)) and bool(
            re.match(r"(?:\w+ )?(?:true|possible|that|to|mean|take|cost|rain)\b", after)
        )
    if word == "there":
        return bool(re.match(r"(?:is|are|was|were|any|a|an|been)\b", after)) or bool(
            re.search(r"\b(?:is|are|was|were|has|have|had)$", before)
        )
    if word == "that":  # a conjunction or relative, unless it is asked about or ends the clause
        asked = before.endswith((" is", " was", " does", " did")) or not re.match(r"\w", after)
        return bool(re.search(r"\w$", before)) and not asked
    if word.startswith("da"):
        return bool(re.match(r",\s*(?:dass|ob|wie|was|wer)\b", text[match.end() :].casefold()))
    return False


@cache
def _opening() -> re.Pattern[str]:
    """Openings that continue what went before."""
    return re.compile(
        r"(?:und|aber|also|sowie|oder|and|but|so|or|what about|how about|was ist mit|"
        r"wie (?:sieht|war|ist) es (?:mit|bei|in)|warum nicht|wieso nicht|why not|wirklich|really|auch)\b",
        re.IGNORECASE,
    )


@cache
def _asks_for_more() -> re.Pattern[str]:
    return re.compile(
        r"(?:(?:bitte )?(?:erzähl\w*|sag\w*|erklär\w*)\b.{0,20}\b(?:mehr|genauer|weiter)|"
        r"mehr (?:dazu|davon|details|darüber)|genauer|(?:please )?(?:tell|give) me more|"
        r"more details?|go on|weiter|details)\W*\w*\W*$",
        re.IGNORECASE,
    )


@cache
def _anaphora(language: str) -> re.Pattern[str]:
    """Words that stand for something said before; ``far`` ones do so even when the question has a name."""
    german = (
        r"er|sie|es|ihm|ihn|ihr|ihnen|sein(?:e[mnrs]?)?|ihr(?:e[mnrs]?)|deren|dessen|"
        r"(?P<far>dies(?:e[mnrs]?)?|jene[mnrs]?|solche[mnrs]?|"
        r"das(?=\s*(?:auf\b|bitte\b|bedeut|gescheh|passier|stimm|richtig|genau|der fall|so\b|war|ist|hat|für|\?|$))|"
        r"dort(?:hin|her)?|damals|da(?:für|gegen|bei|nach|vor|durch|mit|von|zu|ran|rauf|rin|rüber|rum)|"
        r"deshalb|beide[nr]?|stattdessen|außerdem|sonst|ebenfalls|wieder(?=\W*$)|"
        r"(?:der|die|das|den|dem) (?:andere[nr]?|beiden|erste|zweite|letztere[nr]?)(?=\W*$|\s+\w+(?:te|t)\b))"
    )
    english = (
        r"he|she|it|they|him|her|his|hers|its|their|theirs|them|"
        r"(?P<far>this(?! (?:year|month|week|morning|century))|these|that|those|there|then(?=\W*$)|"
        r"the (?:former|latter|other|same)|both|such|else|instead|too(?=\W*$)|again(?=\W*$)|afterwards)"
    )
    return re.compile(rf"\b(?:{english if language == 'en' else german})\b", re.IGNORECASE)


def _defines(text: str) -> bool:
    """'Was ist Photosynthese?' is short and yet complete."""
    return (
        re.match(
            r"(?:was|wer|what|who)\s(?:ist|sind|war|waren|bedeutet|heißt|is|are|was|were|does)\s",
            text,
            re.IGNORECASE,
        )
        is not None
    )


@cache
def _verb() -> re.Pattern[str]:
    return re.compile(
        r"ist|sind|war|waren|hat|haben|hatte|wird|wurde|kann|konnte|soll|sollte|will|wollte|is|are|was|were|did|"
        r"does|do|has|have|had|will|would|can|could|[a-zäöüß]{3,}(?:te|ten|tet|st)",
    )
