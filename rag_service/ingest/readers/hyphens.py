"""Words that a line break cut in two: rejoined as the document itself writes them elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_TAIL = re.compile(r"([^\W\d_]+)[-\u2010\u00ad]$")
_HEAD = re.compile(r"[^\W\d_]+")
_CONJUNCTIONS = frozenset({"und", "oder", "bzw", "sowie", "noch", "bis", "als", "and", "or", "to"})


class Hyphens:
    """Decides what a hyphen at a line's end means, with the document's own words as evidence."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._words = {word.casefold() for line in lines for word in _WORD.findall(line)}

    def join(self, before: str, after: str) -> tuple[str, str]:
        """Both sides of a line break so that their concatenation reads on."""
        tail, head = _TAIL.search(before), _HEAD.match(after)
        if tail is None or head is None:
            return before, after if before.endswith(("-", "/")) and after[:1].isdigit() else f" {after}"
        first, second = tail.group(1), head.group()
        if before[-1] != "\u00ad" and second.casefold() in _CONJUNCTIONS:
            return before, f" {after}"
        if before[-1] != "\u00ad" and self._keeps_hyphen(first, second):
            return before, after
        return before[:-1], after

    def _keeps_hyphen(self, first: str, second: str) -> bool:
        if (first + second).casefold() in self._words:
            return False
        return second[0].isupper() or f"{first}-{second}".casefold() in self._words
