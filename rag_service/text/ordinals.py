"""Numbers before a full stop that are the name of something, 'in Raum 214. Termine', and no ordinals."""

from __future__ import annotations

import re

from rag_service.text.days import NUMBERED

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
