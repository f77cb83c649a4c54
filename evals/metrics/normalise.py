"""What two answers must not differ by: case, umlaut spelling, punctuation, grouping of digits, articles."""

from __future__ import annotations

import re

from rag_service.text.words import UNSPACED, fold

# German and English, without 'a'; an article alone never makes an answer right or wrong.
ARTICLES = frozenset(
    "der die das den dem des ein eine einen einem einer eines the an".split()  # noqa: SIM905
)
_MARKER = re.compile(r"(?<!\s)\s*\[\d+\]")  # from the first blank of a run, or a long run takes its square
# One to three digits and then threes, all behind the same sign: '2019 500' are two numbers, and so are '3,5 200'.
_GROUPED = re.compile(r"(?<![A-Za-z\d])(?<!\d[.,])\d{1,3}([.,'’\u00a0\u202f ])\d{3}(?:\1\d{3})*(?!\d)")
# 'a' is a letter, too, which tells 'Hepatitis A' from 'Hepatitis B', and 'A-Dur' from 'B-Dur'. It is an article only
# before a word, and then not before one of these: 'A und B'.
_NEVER_BEHIND = "|".join(sorted(ARTICLES | {"a", "and", "or", "is", "was", "und", "oder", "ist", "war"}))
_WORD_FOLLOWS = rf"\s+[^\w\s]?(?!(?i:{_NEVER_BEHIND})\b)"
_CAPITAL_A = rf"(?:^|(?<=[.!?\n]))\W{{0,4}}\bA(?={_WORD_FOLLOWS}[^\W\d])"  # begins a sentence; no road, as 'A 7'
_SMALL_A = rf"(?<![\w'’-])(?<![\d.]\s)a(?={_WORD_FOLLOWS}\w)"  # no clause, as 'lit. a DSGVO' and '§ 12 a BGB'
_ARTICLE_A = re.compile(f"{_CAPITAL_A}|{_SMALL_A}")
_WORD = re.compile(rf"[{UNSPACED}]|(?:(?![{UNSPACED}])\w)+(?:[.,]\d+)*")


def answer_words(text: str) -> list[str]:
    """Folded words without markers, punctuation and articles; '25.000' and '25 000' are '25000'.

    A space between digits groups them wherever it can: '3 100 Meter' are 3100. Articles stay when nothing else is
    there. Where words are not spaced, as in Chinese, every character is one.
    """
    ungrouped = _GROUPED.sub(lambda number: number[0].replace(number[1], ""), without_markers(text))
    words = _WORD.findall(fold(_ARTICLE_A.sub(" ", ungrouped)))
    kept = [word for word in words if word not in ARTICLES]
    return kept or words


def without_markers(text: str) -> str:
    """An answer's text without its citation markers [n]."""
    return _MARKER.sub("", text)
