"""Whether a question leaves out what was said before it."""

from __future__ import annotations

import re
from functools import cache

from rag_service.answer.conversation.expletives import refers_to_nothing
from rag_service.answer.conversation.within import named_within
from rag_service.text.languages import is_language
from rag_service.text.names import find_names
from rag_service.text.questions import is_question_word
from rag_service.text.stopwords import EITHER
from rag_service.text.values import Value
from rag_service.text.words import fold

_NO_NOUN = 7  # words of a German question without a noun that cannot stand alone
_NEAR = 300  # characters of a question looked at on either side of a word
_NOUN = re.compile(r"(?<=[\w,] )(?!Sie\b|Ihr|Ihnen\b)[A-ZÄÖÜ]|\d")


def depends(question: str, language: str, said: str = "") -> bool:
    """Whether a question cannot be understood without what was ``said`` before it."""
    text = " ".join(question.split())
    if opening().match(text) or _asks_for_more().match(text):
        return True
    names = named(text, language)
    first_name = min((name.start for name in names), default=len(text))
    for match in anaphora(language).finditer(text):
        before, after = text[max(0, match.start() - _NEAR) : match.start()], text[match.end() :][:_NEAR]
        if refers_to_nothing(before, match.group(), after) or named_within(before, match.group(), after, said):
            continue
        if match.start() < first_name or match["far"] or _object(text, match):
            return True
    if names:
        return False
    if language == "de" and text[:1].isupper() and len(text.split()) <= _NO_NOUN and not _NOUN.search(text):
        return True
    words = [word for word in re.findall(r"\w+", text) if not is_question_word(word)]
    content = [word for word in words if fold(word) not in EITHER]
    return len(content) < 2 and len(words) < 6 and not (content and _defines(text))


def named(text: str, language: str) -> list[Value]:
    """The names in a question; a language that an answer is wanted in is none."""
    return [name for name in find_names(text, language) if not is_language(name.norm)]


def _object(text: str, match: re.Match[str]) -> bool:
    """'Was sagte Trump über ihn?': an object refers to somebody else than the clause's subject."""
    objects = ("ihn", "ihm", "ihnen", "him", "them", "her")
    return match.group().lower() in objects and not re.search(r"[,;:]", text[: match.start()])


@cache
def opening() -> re.Pattern[str]:
    """Openings that continue what went before."""
    return re.compile(
        r"(?:und|aber|also|sowie|oder|and|but|so|or|what about|how about|was ist mit|"
        r"wie (?:sieht|war|ist) (?:es|das)(?: (?:denn|dann|eigentlich))?"
        r"(?: (?:mit|bei)|(?= (?:ins?|im|am|an|auf|für)\b))|warum nicht|wieso nicht|why not|wirklich|really|auch)\b",
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
def anaphora(language: str) -> re.Pattern[str]:
    """Words that stand for something said before; ``far`` ones do so even when the question has a name."""
    german = (
        r"er|sie|es|ihm|ihn|ihr|ihnen|sein(?:e[mnrs]?)?|ihr(?:e[mnrs]?)|deren|dessen|"
        r"(?<!, )(?:der|die|den|dem)(?=\W*$|\s(?:auch|denn|eigentlich|überhaupt)\s|\sein(?:e[mnrs]?)?\s)|"
        r"(?P<far>dies(?:e[mnrs]?)?|jene[mnrs]?|solche[mnrs]?|"
        r"(?<!, )das(?=\s*(?:auch\b|auf\b|dies|bei\b|bitte\b|bedeut|gescheh|passier|stimm|richtig|genau|der fall|so\b|"
        r"war|ist|hat|für|\?|$))|"
        r"dort(?:hin|her)?|damals|da(?:für|gegen|bei|nach|vor|durch|mit|von|zu|ran|rauf|rin|rüber|rum)|"
        r"(?:das|die|der|de[nm])(?:selbe[nr]?|\s+gleiche[nr]?)\b(?!.*\bwie\b)|"
        r"deshalb|beide[nr]?|stattdessen|außerdem|sonst|ebenfalls|wieder(?=\W*$)|"
        r"(?:der|die|das|den|dem) (?:andere[nr]?|beiden|erste|zweite|letztere[nr]?)(?=\W*$|\s+\w+(?:te|t)\b))"
    )
    english = (
        r"he|she|it|they|him|her|his|hers|its|their|theirs|them|"
        r"(?P<far>this(?! (?:year|month|week|quarter|semester|spring|summer|autumn|fall|winter|weekend|morning|"
        r"century)\b)|"
        r"these|that|those|there|then(?=\W*$)|"
        r"ones|(?:this|that|which|the \w+) one|"
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
