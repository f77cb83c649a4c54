"""Values that a text names only to tell what is so in their place: 'nicht am 3., sondern am 10. Mai'."""

from __future__ import annotations

import re
from functools import cache

from rag_service.text.values import Value

_AROUND = 100  # characters


def is_replaced(text: str, value: Value) -> bool:
    """Whether a value of a text is the old one of a change: behind 'statt', 'nicht', 'von ... auf', 'instead of'."""
    before, after = text[max(0, value.start - _AROUND) : value.start], text[value.end : value.end + _AROUND]
    if _instead().search(before):
        return True
    moved = _from().search(before)
    return moved is not None and (_on_to() if moved["german"] else _to()).match(after) is not None


@cache
def _between() -> str:
    """What may stand between a word of change and the value: articles, prepositions, 'wie angekündigt'."""
    words = (
        r"am|an|um|auf|bei|der|des|de[nm]|die|das|mehr|länger|wie|zuerst|zunächst|bereits|noch|rund|etwa|bisher\w*"
        r"|früher\w*|erwartet\w*|erhofft\w*|vorher\w*|zuvor|ursprünglich\w*|war\w*|ge(?:plant|meldet)\w*"
        r"|vorgesehen\w*|angekündigt\w*"
        r"|the|on|at|for|as|about|was|were|current\w*|previous\w*|former\w*|original\w*|planned|announced|expected"
    )
    return rf"(?:\s*,[^,]{{1,60}},)?\s+(?:(?:{words})\s+)*\W?$"


@cache
def _instead() -> re.Pattern[str]:
    cues = (
        r"nicht|(?:an)?statt|anstelle|ursprünglich\w*|bisherige[nmrs]?|not|no longer|instead of|rather than|originally"
        r"|previously|formerly|\((?:was|were|bisher|vorher|zuvor|früher)"
    )
    return re.compile(rf"(?<!\w)(?:{cues}){_between()}", re.IGNORECASE)


@cache
def _from() -> re.Pattern[str]:
    """'von', and 'from' behind a word of change: 'open from 9 to 17' replaces nothing."""
    change = (
        r"(?:rais|mov|increas|reduc|cut|chang|extend|shorten|lower|drop|postpon|shift|delay|grow|grew|r[io]se|f[ae]ll"
        r"|go|went|up|down)\w*"
    )
    return re.compile(rf"\b(?:(?P<german>(?<!nacht )vo[nm])|{change}\b[^.;]{{0,60}}?\bfrom){_between()}", re.IGNORECASE)


@cache
def _on_to() -> re.Pattern[str]:
    return re.compile(r"[^.,;]{0,30}?\sauf\s(?:(?:nur|jetzt|nun|de[nm]|die|rund|etwa)\s)*\w*\s?\d", re.IGNORECASE)


@cache
def _to() -> re.Pattern[str]:
    return re.compile(r"[^.,;]{0,30}?\sto\b", re.IGNORECASE)
