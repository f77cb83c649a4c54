"""Words that look as if they stood for something said before, and stand for nothing or for a clause that follows."""

from __future__ import annotations

import re
from collections.abc import Callable

_WORTH = (
    r"true|possible|allowed|permitted|forbidden|necessary|required|mandatory|compulsory|legal|illegal|okay|ok|safe|"
    r"important|better|best|likely|common|usual|easy|easier|hard|difficult|useful|worthwhile|enough|like"
)
_CLAUSE = r"(?:dass|ob|wie|was|wer|wen|wem|wann|wo|warum|wieso|weshalb|welche[mnrs]?)\b"
_INFINITIVE = r"(?!\s*(?:um|ohne|statt|anstatt)\b)[^,;?]*\b(?:zu\s+[a-zäöüß]+e?n|[a-zäöüß]+zu[a-zäöüß]+e?n)\b"
_TO_BE = r"(?i:\b(?:bin|bist|ist|sind|seid|war|waren|wäre?n?)\b)"
_TIME = r"Jahr|Monat|Woche|Quartal|Halbjahr|Januar|Februar|März|April|Mai|Juni|Juli|August|\w+ember|Oktober|\w+tag"
_OCCASION = rf"\b(?:beim?|an|am|auf|im|in|zum|zur)\s+(?:[a-zäöüß]+\s+){{0,3}}(?!(?:{_TIME})(?:e?s|e?n)?\b)[A-ZÄÖÜ]"


def refers_to_nothing(before: str, word: str, after: str) -> bool:
    """Whether a word between two parts of a question is formal, empty, or explained by the clause that follows it."""
    lower = word.casefold()
    if lower == "sie" or lower.startswith("ih"):
        return _formal(before, word)
    if re.match(r"d\w+(?:selbe|\s+gleiche)", lower):  # 'Arbeiten Anna und Karl in derselben Firma?'
        return bool(re.search(r"\w\s+(?:und|sowie)\s", before))
    if lower.startswith("da") and lower not in ("das", "damals"):
        return _announces(before, lower, after)
    if lower.startswith(("deren", "dessen", "denen")):
        return bool(re.search(r",\s*(?:[a-zäöüß]+\s+)?$", before))
    rule = _RULES.get(lower)
    return rule is not None and rule(before, after)


def _formal(before: str, word: str) -> bool:
    """'Können Sie', 'Ihre Telefonnummer', and 'habt ihr': those who are spoken to."""
    if word == "ihr":
        return _ends(r"\b(?:habt|seid|könnt|dürft|müsst|wollt|sollt|werdet)", before)
    opens = not before.strip() or (word != "Sie" and _ends(r"[.!?:…]", before))
    return word[0].isupper() and not opens


def _announces(before: str, word: str, after: str) -> bool:
    """'Was muss ich tun, damit …', 'hängt davon ab, ob …', 'Wer war beim Gipfel dabei?'."""
    if word == "damit" and re.search(r"(?:,|\b(?:tun|machen|beachten|achten|unternehmen))\s*$", before):
        return True
    if word == "dabei" and re.search(rf"{_TO_BE}.*{_OCCASION}", before) and re.match(r"[^\w,]*$|[^?,]*,", after):
        return True
    if word == "dabei" and re.search(_TO_BE, before) and _begins(r"(?:gewesen|sein)?,\s*(?:als|wenn)\b", after):
        return True
    return _begins(rf"(?:[\w-]+\s+){{0,2}}[\w-]*\s*,\s*(?:{_CLAUSE}|{_INFINITIVE})", after)


def _es(before: str, after: str) -> bool:
    if _ends(r"\b(?:gibt|gab|geht|ging|handelt|kam|kommt|ist|war|stimmt|heißt|regnet|schneit)", before):
        return True
    if _begins(r"(?:gibt|gab|geht|ging|handelt)\b", after):
        return True
    if _ends(r"\b(?:dauert\w*|brauchte?)", before) or _begins(r"(?:\w+\s+)?dauer\w*\b", after):
        until = r"bis\s+(?:ich|du|man|wir|ein\w*|mein\w*|unser\w*|die|der|das|alle|jemand)\b"
        if _begins(rf"[^,?]*(?:,\s*bis\b|\b{until})", after):
            return True
    if _ends(r"\b(?:reicht|genügt|schadet|stört)", before) and _begins(r"[^,?]*,\s*(?:wenn|falls)\b", after):
        return True
    if _ends(r"\b(?:hat|hätte)", before) and _begins(
        r"(?:\w+\s+)?(?:Folgen|Konsequenzen|Auswirkungen|Nachteile|Vorteile|Sinn|Zweck)\s*,", after
    ):
        return True
    modal = r"\b(?:wird|würde|soll|sollte|kann|könnte|muss|müsste|darf|hat|hatte|hätte|mag)"
    happens = r".*(?:\b(?:geben|gegeben|losgehen|weitergehen)|\bzu[mr]?\s.*\bkommen)\b"
    if _ends(modal, before) and _begins(happens, after):
        return True
    return _begins(rf"[^,?]*,\s*(?:(?:dass|ob)\b|{_INFINITIVE})", after) or _begins(rf"sich\s{_INFINITIVE}\W*$", after)


def _it(before: str, after: str) -> bool:
    """'Is it true', 'how long does it take to ...', 'is it worth paying'; not 'what does it cost?'."""
    if not _ends(r"\b(?:is|was|does|did|will|would|can|could|if|whether|that|make|makes)", before):
        return False
    if _begins(r"(?:be\s+)?(?:\w+\s+)?(?:true|possible|that|rain)\b", after):
        return True
    followed = r"\b[^?,]*\b(?:to|that|if|whether|until|till|before|when)\b"
    return _begins(rf"(?:\w+\s+){{0,2}}(?:{_WORTH}|mean|take|cost|matter|happen){followed}", after) or _begins(
        r"(?:be\s+)?(?:\w+\s+)?worth\s+\w+ing\b", after
    )


def _there(before: str, after: str) -> bool:
    return _begins(r"(?:is|are|was|were|any|a|an|been)\b", after) or _ends(
        r"\b(?:is|are|was|were|has|have|had)", before
    )


def _that(before: str, after: str) -> bool:
    """A conjunction or relative, unless it is asked about or ends the clause."""
    asked = _ends(r"\s(?:is|was|does|did)", before) or not re.match(r"\s*\w", after)
    return _ends(r"\w", before) and not asked


def _sein(before: str, after: str) -> bool:
    """'Wie alt darf ein Auto sein?': the verb, behind which no noun stands."""
    return not _begins(r"(?:[a-zäöüß]+e[nmrs]?\s+){0,2}(?-i:[A-ZÄÖÜ])", after)


def _ends(pattern: str, before: str) -> bool:
    return re.search(rf"{pattern}\s*$", before, re.IGNORECASE) is not None


def _begins(pattern: str, after: str) -> bool:
    return re.match(rf"\s*(?:{pattern})", after, re.IGNORECASE) is not None


_RULES: dict[str, Callable[[str, str], bool]] = {
    "es": _es,
    "it": _it,
    "there": _there,
    "that": _that,
    "sein": _sein,
    "such": lambda before, after: bool(before.strip()) and _begins(r"as\s+\w", after),
    "those": lambda before, after: _begins(r"(?:who|whose)\b", after),
    "instead": lambda before, after: _begins(r"of\s+(?!it\b|that\b|this\b|them\b)\w", after),
}
