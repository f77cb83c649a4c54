"""Numbers before a full stop: ordinals, or the name of something, 'in Raum 214. Termine', or the mark of an item."""

from __future__ import annotations

import re

from rag_service.text.days import NUMBERED, opens_with_date

_LABEL = re.compile(
    rf"(?:\b(?<!\d[ \u00a0])(?:{NUMBERED})|nummer|(?P<place>\b(?:durchwahl|gleis|haus|platz)|(?<!zeit)raum|zimmer))"
    r"\.?\s+$",
    re.IGNORECASE,
)
_ORDERED = re.compile(  # 'Raum 214 2. Stock'
    r"(?:stock(?:werk)?|etage|[ou]g|(?:ober|unter)geschoss|quartal|halbjahr|auflage|(?:halb|ab)?satz)$", re.IGNORECASE
)
_WORD = re.compile(r"[^\W_]")
_LOOK_BACK = 40
_NUMBER = re.compile(r"\s*\(?(\d{1,3})[.)]\s+")
_BEFORE_ORDINAL = re.compile(
    r"\b(?:a[bm]|bis|seit|nach|vor|beim|im|vom|zu[mr]|de[rmns]|die|das|(?:diese|jede|ihre|seine)[rmns]?)$"
)


def goes_on(text: str, start: int, line: str, after: str) -> bool:
    """Whether a line goes on with a day or an ordinal, 'am' with '31. Dezember', and not with an item of a list.

    What began at ``start`` ends with the line; what follows item 2 with a 3 is an item.
    """
    number = _NUMBER.match(after)
    if number is None or not _BEFORE_ORDINAL.search(line):
        return False
    item = _NUMBER.match(text, start)
    return opens_with_date(after) or int(number[1]) != (int(item[1]) + 1 if item else 1)


def is_labelled(text: str, start: int, number: int, following: str) -> bool:
    """Whether a label of rooms, pages or the like stands before the number at a position of text[start:].

    What opens a line, 'Artikel 5. Haftung', may be a heading; ``following`` is the word behind the full stop.
    """
    label = _LABEL.search(text, max(start, number - _LOOK_BACK), number)
    if label is None or _ORDERED.match(following):
        return False
    return (
        label["place"] is not None
        or _WORD.search(text, max(start, label.start() - _LOOK_BACK), label.start()) is not None
    )
