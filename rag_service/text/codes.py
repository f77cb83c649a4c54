"""Codes: letters with a number that name one thing exactly, such as Q-4001, K200 or CVE-2025-31337."""

from __future__ import annotations

import re
import unicodedata
from functools import cache


def find_codes(text: str) -> list[str]:
    """The codes of a text, in lower case; '5G' and 'WW2', which have other forms, are none, and no 'mid-1980s'."""
    return [match[0] for match in _code().finditer(_plain(text))]


def has_code(text: str, code: str) -> bool:
    """Whether a text has a code, be it written with a hyphen, a blank or nothing between its parts."""
    parts = r"[\W_]?".join(re.findall(r"[a-z]+|\d+", code))
    return re.search(rf"(?<![^\W_]){parts}(?![^\W_])", _plain(text)) is not None


@cache
def _code() -> re.Pattern[str]:
    no_word = r"(?!(?:u|ab|bis|seit|vor|nach|um|pre|post|mid|early|late|under|over|sub|top|nr|no)-?\d)"
    no_year = r"(?!(?:1[5-9]|20)\d\d(?:s|er)?(?![\w-]))"
    return re.compile(rf"(?<![\w.-]){no_word}[a-z]{{1,5}}-?{no_year}\d{{2,}}(?:[.-]?[a-z\d]+)*(?![\w-])")


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
