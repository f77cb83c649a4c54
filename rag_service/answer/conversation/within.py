"""Words that stand for something which their own question names, so that nothing said before is needed."""

from __future__ import annotations

import re

from rag_service.text.days import find_dates
from rag_service.text.languages import detect_language
from rag_service.text.names import find_names

_TIMES = (
    r"(?:Jahr|Monat|Woche|Quartal|Halbjahr|Semester|Wochenende|Sommer|Winter|Herbst|Frühjahr|Frühling|Montag|Dienstag|"
    r"Mittwoch|Donnerstag|Freitag|Samstag|Sonntag|Abend|Jahrzehnt|Jahrhundert|Tag|Mal|Minute|Stunde)e?[sn]?"
)
_PAIRS = (  # what comes in twos, whoever was spoken of before
    r"(?:eltern(?:teile?)?|(?:ehe|lebens|vertrags|tarif)?partner(?:innen)?|ehegatten|eheleute|geschlechter|hände|augen|"
    r"ohren|beine|füße|arme|parents|partners|spouses|sexes|genders|hands|eyes|ears|legs|feet)n?\b"
)
_PREPOSITION = (
    r"(?:von|vom|beim?|mit|zu|zum|zur|nach|seit|aus|ins?|im|ans?|am|auf|für|über|unter|vor|hinter|neben|zwischen|durch|"
    r"gegen|ohne|um|ab|bis|pro|je|per|wegen|trotz|während|laut)"
)
_ASKED = r"(?:welche[mnrs]?|(?:wie\s+)?viele?[nr]?|wessen|was\s+für(?:\s+ein\w*)?|gibt\s+es|gab\s+es)"
_MASCULINE = r"(?:der|das|den|dem|(?:[mds]?ein|kein|unser)(?:e[nm])?|jede[nmrs])"
_FEMININE = r"(?:die|(?:[mds]?ein|kein|unser)e[rn]?|jede|alle|manche|einige|mehrere)"
_ADJECTIVES = r"(?:[a-zäöüß-]+(?:e|en|er|es|em)\s+){0,2}"
_NOT_FREE = re.compile(
    rf"(?:\b{_PREPOSITION}\s+(?:(?:{_MASCULINE}|{_FEMININE})\s+)?|\b{_ASKED}\s+){_ADJECTIVES}$", re.IGNORECASE
)
_DETERMINER = re.compile(
    rf"\b(?:(?P<masculine>{_MASCULINE})|(?P<feminine>{_FEMININE}))\s+{_ADJECTIVES}$", re.IGNORECASE
)
_CONDITION = re.compile(
    r",?\s*\b(?:wenn|falls|sobald|solange|bevor|nachdem|während|weil|obwohl|if|when|while|before|after|until|once|unless|"
    r"because|although)\s+(?-i:(?:[a-zäöüß]+\s+){0,2})$",
    re.IGNORECASE,
)
_SPEAKER = re.compile(r"\b(?:ich|du|man|wir|er|sie|es|i|you|we|he|she|they|it)\b", re.IGNORECASE)
_ENGLISH_PREPOSITION = r"(?:of|for|in|at|on|with|by|from|about|to|after|before|behind|against|between|under|into|over)"
_AUXILIARY = r"(?:do|does|did|has|have|had|can|could|will|would|shall|should|may|might|must)"
_BE = r"(?:is|are|was|were)"
_LEAD = rf"\b(?:{_AUXILIARY}|if|when|that|whether|unless)\s+"
_PLURAL = r"(?:(?:the|all|our|new|most|many|some)\s+)?(?:[a-z-]+\s+)?(?:[a-z-]{3,}s|people|children|men|women)\b"
_NAMING = rf"(?!{_ENGLISH_PREPOSITION}\b)[a-z-]*"  # 'for' ends as 'author' does
_PERSON = (
    rf"(?:(?:an?|each|every|any|no|my|one|the)\s+(?:{_NAMING}\s+)?"
    rf"{_NAMING}(?:ee|er|or|ist|ant|man|person|child|student|parent|boss|guest)|(?:some|any|every)(?:one|body))\b"
)
_BODY = r"(?:an?|the|each|every|any|our|my)\s+[a-z-]+\b"
_OF = rf"(?!\s+{_ENGLISH_PREPOSITION}\s*$)"  # of 'a reason for his visit' the reason is not 'his'
_ANTECEDENT = {
    "they": rf"(?:(?:{_LEAD}|\b{_BE}\s+|\bwho\s+[a-z]+s\s+){_PLURAL}|(?:{_LEAD}|\b{_BE}\s+){_PERSON}){_OF}",
    "he": rf"(?:{_LEAD}|\b{_BE}\s+){_PERSON}{_OF}",
    "it": rf"{_LEAD}{_BODY}{_OF}",
}
_ENGLISH = dict.fromkeys(("their", "they", "them"), "they") | dict.fromkeys(("his", "her", "he", "she", "him"), "he")
_ENGLISH["its"] = "it"


def named_within(before: str, word: str, after: str, said: str) -> bool:
    """Whether a question names what its ``word`` stands for; ``said`` is what it could point at instead.

    A guess by grammar: a possessive takes a noun before it in its clause that agrees with it, and so does a pronoun
    that opens a condition ('Was muss ein Azubi tun, wenn er krank wird?').
    """
    word = word.casefold()
    if word.startswith("dies"):
        now = word in ("dieses", "diesen", "diese")  # 'in diesem Jahr' may be the one that was told of
        return re.match(rf"\s+{_TIMES}\b", after) is not None and (now or not find_dates(said))
    if word in ("both", "beide", "beiden", "beider"):
        return _two(before, word, after, said)
    condition = _CONDITION.search(before)
    if word in _ENGLISH:
        possessive = word in ("their", "his", "her", "its") and re.match(r"\s+\w", after) is not None
        return bool(possessive or (condition and word != "its")) and _subject_in(before, _ENGLISH[word])
    possessive = re.match(rf"\s+{_ADJECTIVES}[A-ZÄÖÜ]", after) is not None
    if word in ("er", "ihm", "ihn") or word.startswith("sein"):
        gender = "masculine"
    elif word in ("sie", "ihnen") or word.startswith("ihr"):
        gender = "feminine"
    else:
        return False
    if condition:
        clause = before[: condition.start()]
        return not _SPEAKER.search(clause) and _noun_in(clause, "", gender)
    return possessive and word.startswith(("sein", "ihr")) and _noun_in(re.split("[,;:]", before)[-1], word, gender)


def _two(before: str, word: str, after: str, said: str) -> bool:
    """'Dürfen beide Elternteile', 'do both A and B': two things that are told, or that nobody named before."""
    article = re.search(r"\b(?:die|den|der|diese[nr]?)\s+$", before, re.IGNORECASE)
    if word == "both" and re.match(r"\s+(?!of\b)[^,?]+\sand\s", after):
        return True
    noun = r"\s+(?:[a-z-]+\s+)?(?!was|is|has|does)[a-z-]{3,}s\b" if word == "both" else rf"\s+{_ADJECTIVES}[A-ZÄÖÜ]"
    if article or not re.match(rf"{noun}|\s+(?i:{_PAIRS})", after):
        return False
    names = {name.norm for name in find_names(said, detect_language(said))}
    told = len(names) > 1 or re.search(r"\b(?:und|oder|and|or)\b", said)
    return not told or re.match(rf"\s+(?:\w+\s+)?{_PAIRS}", after, re.IGNORECASE) is not None


def _noun_in(clause: str, possessive: str, gender: str) -> bool:
    """Whether a noun of the clause agrees: one that no preposition and no question word stands before."""
    for noun in re.finditer(r"(?<=\s)[A-ZÄÖÜ][\w-]+", clause):
        lead, rest = clause[: noun.start()], clause[noun.end() :]
        # 'Die Adresse ihrer Firma', 'der Grund für seine Reise': the possessive tells whose the noun is.
        genitive = not rest.strip() and possessive.endswith(("er", "es"))
        if re.fullmatch(_TIMES, noun.group()) or genitive or re.fullmatch(rf"\s+{_PREPOSITION}\s+", rest):
            continue
        determiner = _DETERMINER.search(lead)
        agrees = determiner[gender] is not None if determiner else gender == "feminine"
        if re.search(r"\bdas\s+$", lead) and re.search(r"(?<!nehm)en$", noun.group()):
            continue  # a verb made a noun owns nothing: 'Was brachte das Treffen seinem Land?'
        if agrees and not _NOT_FREE.search(lead):
            return True
    return False


def _subject_in(before: str, pronoun: str) -> bool:
    if re.search(rf"\b(?:{_AUXILIARY}|{_BE})\s*$", before, re.IGNORECASE):
        return False  # the possessive belongs to the subject: 'Where do their children live?'
    return re.search(_ANTECEDENT[pronoun], before, re.IGNORECASE) is not None
