"""The words that lead to a marker or follow it, in German and English: 'siehe [1]', 'Laut [1]', '[1] states'."""

from __future__ import annotations

import re
from functools import cache

BLANK = r"[ \t\u00a0\u202f]"
_LABEL = r"(?:passage[ns]?|quellen?|sources?|dokumente?n?|documents?|abschnitte?n?|sections?|texte?n?|excerpts?)"
_NOUN = rf"(?:(?:de[rmns]|die|das|the)\s+)?(?:{_LABEL}\s+)?"
_FURTHER = rf"(?:\s+(?:auch|hierzu|dazu|also|{_LABEL}))"
_DETAILS = (
    r"(?:\s+(?:für|for)\s+(?:(?:more|further|full|weitere|mehr|nähere)\s+)?"
    r"(?:details?|information(?:en)?|einzelheiten|näheres))?"
)
_SEE, _POINTED = r"(?:see|cf\.?|compare|s\.)", r"(?:siehe|vgl\.?|vergleiche)"
_ACCORDING = (
    r"laut|gemäß|nach|aus|in|per|from|under|by|according to|as per|based on|basierend auf|entsprechend"
    r"|in accordance with"
)
_STATED = (
    r"stated|described|mentioned|noted|specified|given|listed|defined|explained|outlined|shown|found|set out|laid down"
)
_SAYING = (  # not at a sentence's start: 'Nennen Sie ...' is an order
    r"besag(?:t|en)|sag(?:t|en)|nenn(?:t|en)|gib|gibt|geben|beschreib(?:t|en)|erklär(?:t|en)|erläuter[tn]|erwähn(?:t|en)"
    r"|regel[tn]|bestätig(?:t|en)|enthält|enthalten|leg(?:t|en)|stell(?:t|en)|weis(?:t|en)|zeig(?:t|en)|bericht(?:et|en)"
    r"|schreib(?:t|en)|spricht|sprechen|führ(?:t|en)|widerspr(?:icht|echen)|definier(?:t|en)|verlang(?:t|en)|sieht|sehen"
    r"|says?|states?|mentions?|notes?|describes?|explains?|confirms?|specif(?:y|ies)|reports?|indicates?|shows?|gives?"
    r"|lists?|defines?|requires?|contains?|provides?|suggests?|adds?|clarif(?:y|ies)|sets?|does|do|contradicts?"
)


@cache
def joiner() -> re.Pattern[str]:
    """What stands between two markers of one run."""
    words = r"und|and|oder|or|sowie|bzw\.|as well as|bis|to|through"
    after = r"(?:(?:siehe|vgl\.?|see|cf\.?|auch|also|und|and|oder|or)\s+){0,2}"
    return re.compile(
        rf"{BLANK}*(?:[,;、]{BLANK}*{after}|[/&+]|[-–—‑]|(?:{words})(?:{BLANK}+(?:auch|also))?)?{BLANK}*", re.IGNORECASE
    )


@cache
def through() -> re.Pattern[str]:
    """What makes a range of two markers."""
    return re.compile(r"\s*(?:[-–—‑]|bis|to|through)\s*")


@cache
def clause_start() -> re.Pattern[str]:
    """The end of a text after which a clause begins, whose subject a marker may be."""
    return re.compile(
        r"(?:^|[.!?:;…]\s|\n)[\s*_>#\"„“•▪●–+-]*(?:\d{1,2}[.)]\s+)?$"
        r"|\b(?:während|wohingegen|aber|und|oder|dass|ob|while|whereas|but|and|or|that|whether)\s+$",
        re.IGNORECASE,
    )


@cache
def opened() -> re.Pattern[str]:
    """A bracket with nothing in it but what leads to a marker, and the blanks before it."""
    return re.compile(
        rf"{BLANK}*[(\[（]\s*(?:(?:{_POINTED}|{_SEE}|{_ACCORDING}|{_LABEL}|belege?|refs?\.?|references?)"
        rf"{_FURTHER}*\s*:?\s*)?$",
        re.IGNORECASE,
    )


@cache
def closed() -> re.Pattern[str]:
    """The end of such a bracket; a reply may be cut before it."""
    return re.compile(rf"{_DETAILS}\.?\s*(?:[)\]）]|$)", re.IGNORECASE)


@cache
def pointer() -> re.Pattern[str]:
    """Words that only point at a marker, with the comma or dash before them; 'as you can see [1]' does not."""
    apart = rf"(?:{BLANK}*[,;]|{BLANK}[–—-])\s*"
    named = r"(?:quelle|source|beleg|reference)[*_]*:"
    return re.compile(
        rf"(?:{apart}|(?<!\w))[*_]*(?:{_POINTED}{_FURTHER}*|{named})[*_]*{BLANK}*$"
        rf"|(?:{apart}|(?:^|(?<=[.!?…]\s)|(?<=\n)))[*_]*{_SEE}{_FURTHER}*[*_]*{BLANK}*$",
        re.IGNORECASE,
    )


@cache
def pointed() -> re.Pattern[str]:
    """What may follow a marker that is pointed at."""
    return re.compile(rf"{_DETAILS}(?={BLANK}*(?:[.,;:!?)\]*_]|\n|$))", re.IGNORECASE)


@cache
def comma() -> re.Pattern[str]:
    """A comma that joins a marker to what stands before it."""
    return re.compile(rf"{BLANK}*[,;]{BLANK}*$")


@cache
def stop() -> re.Pattern[str]:
    """What ends a sentence or bracket behind a marker."""
    return re.compile(rf"{BLANK}*[.!?;)\]]")


@cache
def preposition() -> re.Pattern[str]:
    """A preposition that needs a noun, at the end of a text."""
    return re.compile(
        rf"\b(?P<word>{_ACCORDING}|unter|bei|von|zu|mit|wie|as|with|about)\s+{_NOUN}[*_]*$", re.IGNORECASE
    )


@cache
def always() -> re.Pattern[str]:
    """The same, where it can be nothing else wherever it stands: 'reicht sie nach [1]' ends with part of a verb."""
    return re.compile(
        r"(?:\b(?:gemäß|according to|as per|based on|basierend auf|in accordance with|sowohl|als auch"
        r"|(?:angaben|basis|grundlage) von|(?:wie|steht|stehen|geregelt|information(?:en)?|details|mehr|more) in"
        rf"|(?:sich|folgt) aus|(?:{_STATED}) (?:in|by|under)|(?:is|are|was|were) in"
        r"|selon|según|volgens|według|enligt|ifølge)|\bd['’]après)"
        rf"\s+{_NOUN}[*_]*$",
        re.IGNORECASE,
    )


@cache
def conjunction() -> re.Pattern[str]:
    """What begins a clause, which a marker behind it cannot belong to as a citation: 'während [2] 12 Uhr nennt'."""
    return re.compile(r"\b(?:während|wohingegen|dass|weil|aber|whereas|while|because|but)\s+$", re.IGNORECASE)


@cache
def going_on() -> re.Pattern[str]:
    """A word of the same clause behind a marker."""
    return re.compile(rf"[*_]*{BLANK}+(?!(?:und|oder|aber|sowie|and|or|but)\b)\w", re.IGNORECASE)


@cache
def saying() -> re.Pattern[str]:
    """A verb behind a marker that is its subject."""
    return re.compile(
        rf"[*_]*{BLANK}+(?:(?:also|auch|only|nur|explicitly|ausdrücklich|both|beide)\s+)?(?:{_SAYING})(?=[\s,:])"
    )


@cache
def subject() -> re.Pattern[str]:
    """What may stand between the start of a clause and a marker that is its subject."""
    return re.compile(rf"(?:\b(?:both|beide|sowohl)\s+)?{_NOUN}[*_]*$", re.IGNORECASE)


@cache
def label() -> re.Pattern[str]:
    """A word for a passage at the end of a text: 'Quelle'."""
    return re.compile(rf"\b{_LABEL}\s+$", re.IGNORECASE)


@cache
def unfinished() -> re.Pattern[str]:
    """What may become a run of the sentence before, at the end of a text: a bracket, or a sentence that points."""
    return re.compile(
        rf"(?<=[.!?…])\s+(?:[(\[（][^)\]）\n]{{0,40}}|[*_]*(?:{_POINTED}|{_SEE})\b[^.!?\n]*)$", re.IGNORECASE
    )
