"""What two answers must not differ by: case, umlaut spelling, punctuation, grouping of digits, articles."""

from __future__ import annotations

import re

from rag_service.text.words import UNSPACED, fold

# German and English; an article alone never makes an answer right or wrong.
ARTICLES = frozenset(
    "der die das den dem des ein eine einen einem einer eines the a an".split()  # noqa: SIM905
)
_MARKER = re.compile(r"\s*\[\d+\]")
_GROUPING = re.compile(r"(?<=\d)[.,'’\u00a0\u202f ](?=\d{3}(?!\d))")
_WORD = re.compile(rf"[{UNSPACED}]|(?:(?![{UNSPACED}])\w)+(?:[.,]\d+)*")


def answer_words(text: str) -> list[str]:
    """Folded words without markers, punctuation and articles; '25.000' and '25 000' are '25000'.

    Articles stay when nothing else is there. Where words are not spaced, as in Chinese, every character is one.
    """
    ungrouped = _GROUPING.sub("", without_markers(text))
    words = _WORD.findall(fold(ungrouped))
    kept = [word for word in words if word not in ARTICLES]
    return kept or words


def without_markers(text: str) -> str:
    """An answer's text without its citation markers [n]."""
    return _MARKER.sub("", text)
