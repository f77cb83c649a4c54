"""What a message points at by its wording: a correction of the last question, a citation of the last answer."""

from __future__ import annotations

import re
from functools import cache

from rag_service.text.questions import is_question_word

_LONGEST = 8  # words of a question that asks for nothing but what a citation says
_QUOTED = 400  # characters of a statement that a question points at
_ORDINALS = {"1": ("erst", "first"), "2": ("zweit", "second"), "3": ("dritt", "third"), "4": ("viert", "fourth")}


def correction(message: str) -> str | None:
    """What a message that corrects the last question puts in its place ('Nein, ich meinte 2023'); else None."""
    match = _correction().match(message)
    if match is None:
        return None
    return next(part for part in match.groups() if part).strip(" ,:")


def cited(question: str, answer: str) -> str | None:
    """The statement of the last answer that a question points at by its marker; None without one.

    'Was steht in [2]?' and 'und die zweite Quelle?' point at what the marker [2] stands behind.
    """
    match = _pointer().search(question)
    if match is None:
        return None
    word = (match["word"] or match["alone"] or "").lower()
    number = match["marker"] or match["number"] or next(n for n, stem in _ORDINALS.items() if word.startswith(stem))
    begin = 0
    for markers in re.finditer(r"\[\d+\](?:\s*\[\d+\])*", answer):
        statement, begin = answer[begin : markers.start()], markers.end()
        if f"[{number}]" in markers.group() and statement.strip():
            plain = re.sub(r"\*\*|[*`](?=\w)|(?<=\w)[*`]", "", statement)
            return " ".join(plain.split()).strip("*-•> ")[:_QUOTED]
    return None


def asks_for_citation(question: str) -> bool:
    """Whether all that a question wants is what a citation says."""
    asking = {word for word in re.findall(r"\w+", question.lower()) if is_question_word(word)}
    if asking - {"was", "what", "welche", "which", "wie"}:
        return False
    return len(question.split()) <= _LONGEST and not re.search(r"(?<=\w )(?!Quelle|Beleg|Zitat)[A-ZÄÖÜ]\w+", question)


@cache
def _pointer() -> re.Pattern[str]:
    source = r"(?:quelle|beleg|zitat|fußnote|source|citation|quote|reference|footnote)"
    ordinal = r"(?:erste|zweite|dritte|vierte)[nrms]?|first|second|third|fourth"
    return re.compile(
        rf"\[(?P<marker>\d+)\]|\b{source}\s+(?P<number>\d+)\b|\b(?P<word>{ordinal})\s+{source}\b"
        rf"|^(?:(?:und|and|what about|was ist mit)\s+)?(?:the|der|die|das|dem)\s+(?P<alone>{ordinal})(?:\s+one)?\W*$",
        re.IGNORECASE,
    )


@cache
def _correction() -> re.Pattern[str]:
    no = r"(?:nein|nee|no|nope)\s?[,.!–-]\s*"
    lead = r"(?:(?:nein|nee|no|nope|sorry|entschuldigung|ach|äh|oh|pardon|moment|actually|eigentlich)\b[\s,.!–-]*)*"
    meant = (
        r"(?:ich\s+(?:meinte?|hatte\s+\w+\s+gemeint|wollte\s+(?:eigentlich\s+)?wissen|habe?\s+nach)|gemeint\s+(?:war|ist)|"
        r"i\s+(?:mean|meant|was\s+asking(?:\s+about)?|wanted\s+to\s+know))\b"
    )
    return re.compile(
        rf"\s*(?:{lead}{meant}[\s,:]*(.+)|{lead}(?:nicht|not)\s(?!nur\b|only\b)[^,?]{{1,40}}?,?\s(?:sondern|but)\s(.+)"
        rf"|{no}(?:ich\s+meine\s+(?!,))?((?:\S+\s+){{0,4}}\S+))\s*\Z",
        re.IGNORECASE | re.DOTALL,
    )
