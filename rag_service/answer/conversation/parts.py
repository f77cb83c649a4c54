"""Questions that ask for several things: the questions they are made of, each able to stand alone."""

from __future__ import annotations

import re

from rag_service.answer.conversation.followup import resolve
from rag_service.answer.conversation.variant import without_dates
from rag_service.models import Turn
from rag_service.text.languages import detect_language
from rag_service.text.questions import is_question_word

MOST = 3
_LONGEST = 400  # characters of a question that is taken apart
_AND = re.compile(r"\s*[,;]?\s+(?:und|sowie|and)\s+(?=\w)", re.IGNORECASE)
_MARK = re.compile(r"(?<=\?)\s+")
_YES_NO = re.compile(  # 'hat er zugesagt?': a verb, and what stands for something named before
    r"(?:hat|haben|hatten?|ist|sind|war|waren|wird|werden|wurden?|kann|konnten?|will|wollten?|soll|sollten?|darf|gilt|"
    r"is|are|was|were|has|have|had|does|do|did|will|can|could)\s+(?:er|sie|es|das|dies|he|she|it|they|that|this)\b",
    re.IGNORECASE,
)
_NO_VERB = re.compile(
    r"\d|(?:in|im|am|an|auf|bei|beim|für|mit|nach|ohne|seit|über|um|unter|von|vom|vor|zu|zum|zur|danach|davor|früher|"
    r"später|heute|jetzt|zuletzt|zuvor|at|by|for|from|of|on|to|with|without|after|before|earlier|later|now|today)\b",
    re.IGNORECASE,
)


def parts(question: str) -> tuple[str, ...]:
    """The questions in a question, at most ``MOST``; the question itself when it asks for one thing.

    'Wo traf man sich 2011, und wo 2019?' asks for two: what the second leaves out is taken from the first.
    """
    if len(question) > _LONGEST:
        return (question,)
    sentences = _MARK.split(question.strip())
    language = detect_language(question)
    found = [f"{piece.rstrip(' ,;.?!')}?" for sentence in sentences for piece in _pieces(sentence, language)]
    if len(found) < 2 or len(found) > MOST or not all(_asks(piece) for piece in found):
        return (question,)
    return (found[0], *(_completed(found[0], piece) for piece in found[1:]))


def _pieces(sentence: str, language: str) -> list[str]:
    """The sentence, cut before each question word, or verb with a pronoun, that follows an 'and'."""
    cuts: list[tuple[int, int]] = []
    for match in _AND.finditer(sentence):
        before, after = sentence[: match.start()], sentence[match.end() :]
        words = after.split()
        opens = [word for word in words[:2] if is_question_word(word.strip("?,"), language)]
        last = re.findall(r"\w+", before)[-1:]
        if (opens or _YES_NO.match(after)) and len(words) > 1 and not (last and is_question_word(last[0])):
            cuts.append((match.start(), match.end()))
    ends = [start for start, _ in cuts] + [len(sentence)]
    return [sentence[start:end] for start, end in zip([0, *(end for _, end in cuts)], ends, strict=True)]


def _asks(piece: str) -> bool:
    return _YES_NO.match(piece) is not None or any(is_question_word(word) for word in re.findall(r"\w+", piece))


def _completed(first: str, piece: str) -> str:
    """A later part with what it leaves out: the first part's words, or the names it is about."""
    word = re.findall(r"\w+", piece)[0]
    rest = piece[len(word) :].strip()
    same = re.match(rf"\W*{re.escape(word)}\b", first, re.IGNORECASE)
    if same and is_question_word(word) and _NO_VERB.match(rest):
        return f"{without_dates(first).rstrip(' ?')} {rest}"
    return resolve(piece[:1].upper() + piece[1:], [Turn("user", first)])
