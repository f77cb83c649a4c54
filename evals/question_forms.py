"""Questions in other forms than those they were written in: for yes or no, and as people type them.

Nearly all of SQuAD's questions ask who, what, when; a reader trained on nothing else mistrusts every other form.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module
from random import Random
from typing import Any

from rag_service.text.languages import detect_language

Base = Callable[[str], str | None]  # the base form of a verb in the past or of the third person, None for other words
LONGEST = 7  # words of an answer that a question can name
SAID = 0.65  # of the questions that could do without the answer name it
HURRIED, WORDY = 0.2, 0.06  # of the questions
_LEADS = {
    "en": (
        "Can you tell me",
        "Do you know",
        "Is it known",
        "Tell me",
        "I would like to know",
        "Please say",
        "Is there anything on",
    ),
    "de": ("Kannst du mir sagen,", "Weißt du,", "Ist bekannt,", "Sag mir,", "Ich wüsste gern,", "Steht irgendwo,"),
}
_DO = frozenset(["did", "does", "do", "can", "could", "will", "would", "should", "may", "might", "must"])
_AUXILIARY = "|".join(sorted(_DO | {"was", "were", "is", "are", "has", "have", "had"}))
_PREPOSITION = (
    "in|on|at|for|by|from|with|to|of|about|into|during|under|after|before|through|since|until|as|between|around"
)
_TIMES = frozenset(["year", "years", "date", "month", "day", "decade", "century", "time", "season"])
_NOUN = rf"(?P<noun>(?:(?!(?:{_AUXILIARY})\b)[\w'-]+ ){{1,4}})"
_REST = rf"(?P<auxiliary>{_AUXILIARY}) (?P<rest>.+)"
_WHICH = re.compile(rf"(?:(?P<at>{_PREPOSITION}) )?(?:what|which) {_NOUN}{_REST}", re.IGNORECASE)
_CIRCUMSTANCE = re.compile(rf"(?:when|where|(?P<at>{_PREPOSITION}) (?:what|whom)) {_REST}", re.IGNORECASE)
_MANY = re.compile(rf"how (?:many|much) {_NOUN}{_REST}", re.IGNORECASE)
_BARE = re.compile(rf"(?:who|whom|what) {_REST}", re.IGNORECASE)
_WHY = re.compile(rf"(?:why|how) {_REST}", re.IGNORECASE)
_SUBJECT = re.compile(r"(?:who|what|(?:what|which) [\w'-]+) (?P<verb>[a-z]+) (?P<rest>.+)", re.IGNORECASE)
_PLACED = re.compile(rf"(?:{_PREPOSITION})\b", re.IGNORECASE)


def yes_or_no(question: str, answer: str, base: Base, chance: Random) -> str | None:
    """The English question whether it is so, as ``answer`` has it; None where its form is not known.

    'When was the bridge built?' becomes 'Was the bridge built in 1911?', or 'Was the bridge built?'.
    """
    text, answer = question.strip().rstrip("? "), answer.strip().rstrip(".")
    short = len(answer.split()) <= LONGEST
    said = short and chance.random() < SAID
    if match := _WHICH.fullmatch(text):
        if match["at"] or match["noun"].split()[-1].lower() in _TIMES:
            return _put(match, _at(match["at"] or "in", answer) if said else "")
        return _named(match, answer) if short else None
    if match := _CIRCUMSTANCE.fullmatch(text):
        return _put(match, _at(match["at"] or "in", answer) if said else "")
    if match := _WHY.fullmatch(text):
        return _put(match, "")
    if not short:
        return None
    if match := _MANY.fullmatch(text):
        counted = (
            answer if any(len(word) > 3 for word in re.findall(r"[^\W\d]+", answer)) else f"{answer} {match['noun']}"
        )
        return _named(match, counted)
    if match := _BARE.fullmatch(text):
        return _named(match, answer)
    if (match := _SUBJECT.fullmatch(text)) and (verb := base(match["verb"])):
        return _one_space(f"{'Does' if match['verb'].endswith('s') else 'Did'} {answer} {verb} {match['rest']}?")
    return None


def varied(question: str, chance: Random) -> str:
    """Now and then as it is typed into a search box, or as part of a longer sentence."""
    drawn = chance.random()
    if drawn < HURRIED:
        return question.rstrip("? ").lower()
    leads = _LEADS.get(detect_language(question))
    if drawn < HURRIED + WORDY and leads:
        return f"{chance.choice(leads)} {question[:1].lower()}{question[1:]}"
    return question


def open_base() -> Base:
    """Base forms by lemminflect, which has to be installed."""
    lemmas: Any = import_module("lemminflect")

    def base(word: str) -> str | None:
        found = next(iter(lemmas.getLemma(word, upos="VERB")), word)
        forms = lemmas.getAllInflections(found, upos="VERB")
        return found if word in (*forms.get("VBD", ()), *forms.get("VBZ", ())) else None

    return base


def _named(match: re.Match[str], answer: str) -> str:
    """With the answer as the object where something is done, else as the subject."""
    if match["auxiliary"].lower() in _DO:
        return _put(match, answer)
    return _one_space(f"{match['auxiliary'].capitalize()} {answer} {match['rest']}?")


def _put(match: re.Match[str], last: str) -> str:
    return _one_space(f"{match['auxiliary'].capitalize()} {match['rest']} {last}").rstrip() + "?"


def _at(preposition: str, answer: str) -> str:
    return answer if _PLACED.match(answer) else f"{preposition.lower()} {answer}"


def _one_space(text: str) -> str:
    return " ".join(text.split()).replace(" ?", "?")
