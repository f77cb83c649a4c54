"""Sentences that speak of something which the sentence before them names."""

from __future__ import annotations

import re

from rag_service.text.names import find_names
from rag_service.text.questions import AnswerType

_PERSONAL = r"er|sie|es|diese[rs]?|letztere[mnrs]?|he|she|it|they|the latter|the former"
_PRONOUN = re.compile(
    rf"(?:{_PERSONAL}|ihr[emnrs]*|dies\w*|jene[mnrs]?|his|her|their|this|these|that|those)\b", re.IGNORECASE
)
_SUBJECT = re.compile(rf"(?:{_PERSONAL})\b", re.IGNORECASE)
_POINTING = re.compile(
    r"(?:(?:unmittelbar|kurz|gleich|bald|schon|erst|auch|nur|wenig|just|soon|shortly|even)\s+)?"
    r"(?:dort|dabei|dazu|dafür(?!,)|davon|hierfür|hierzu|hiervon|hierbei|daneben|dagegen|darauf|daraufhin|daran|darin|danach|davor|damals|seitdem|seither|beide[rs]?|"
    r"there(?!\s+(?:is|are|was|were|ha[sd]|have|will|may|can)\b)|then(?!-)|thereafter|afterwards|after that|since then|"
    r"at that time|both(?!.*\band\b))\b",
    re.IGNORECASE,
)
_THEREFORE = re.compile(
    r"(?:deshalb|deswegen|daher|darum|damit|dadurch|somit|folglich|infolgedessen|aus (?:diesem|dem) grund"
    r"|therefore|thus|hence|consequently|as a (?:result|consequence)|because of th(?:is|at)|for th(?:is|at) reason)\b",
    re.IGNORECASE,
)
_FOR_THAT = re.compile(  # 'Wir berechnen dafür 35 Euro', and no clause behind says for what
    r"(?:wir|sie|man|ich|es)\s+\w+\s+(?:dafür|davon|dazu|hierfür|hierzu|hiervon)\b(?!,)(?!.*,\s+(?:dass|wenn|ob|zu)\b)",
    re.IGNORECASE,
)
_REPORTED = re.compile(  # 'KCNA bestätigte entsprechende Angaben', and no clause before says which
    r"[^,;:]*\b(?:entsprechende[nrs]?|derartige[nrs]?|solche[nrs]?|such)\s+"
    r"(?:angaben?|aussagen?|äußerung(?:en)?|berichte?n?|meldung(?:en)?|gerüchten?|vorwürfen?|ankündigung(?:en)?|plänen?"
    r"|reports|statements|claims|rumou?rs|allegations|plans)\b(?!,)",
    re.IGNORECASE,
)


def leans(text: str, language: str, kind: AnswerType) -> bool:
    """Whether a sentence needs the one before it to be understood as an answer of this kind.

    'Dort ...', 'Beide ...', 'Wir ... dafür ...' and '... entsprechende Angaben' always do; 'Er ...' where a person is
    asked for, or no name in the sentence tells more.
    """
    if any(pattern.match(text) for pattern in (_POINTING, _FOR_THAT, _REPORTED)):
        return True
    if kind == "reason" and _THEREFORE.match(text):
        return True
    if kind == "person" and _SUBJECT.match(text):
        return True
    return _PRONOUN.match(text) is not None and not find_names(text, language)
