"""Which language a text or a short question is in."""

from __future__ import annotations

import re

from rag_service.text.stopwords import STOP_WORDS
from rag_service.text.words import fold

_SAMPLE = 20_000


def detect_language(text: str, default: str = "und") -> str:
    """ISO 639-1 code of the text's main language; the default when nothing speaks for one."""
    words = re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)?", fold(text[:_SAMPLE]).replace("\u2019", "'"))
    votes = {code: sum(word in stop for word in words) for code, stop in STOP_WORDS.items()}
    best = max(votes, key=lambda code: votes[code])
    return best if votes[best] else default
