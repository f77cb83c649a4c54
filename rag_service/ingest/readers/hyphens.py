"""Words that a line break cut in two: rejoined as the document itself writes them elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_TAIL = re.compile(r"(?<![^\W\d_])([^\W\d_]++)[-\u2010\u00ad]$")  # linear however long a word is
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


def has_broken_words(lines: Sequence[str]) -> bool:
    """Whether any line ends in a hyphen that may have cut a word in two."""
    return any(_is_broken(line, following) for line, following in pairwise(lines))


def mend_lines(lines: Sequence[str], hyphens: Hyphens, raw: Sequence[str] = ()) -> list[str]:
    """As many lines, with each word that a break cut in two whole at the end of the first one.

    ``raw`` are the lines with their marks: where a mark follows the hyphen, it is no break's.
    """
    out = list(lines)
    for index in range(len(out) - 1):
        line, following = out[index], out[index + 1]
        marked = index < len(raw) and not _TAIL.search(raw[index].rstrip())
        if marked or not _is_broken(lines[index], following):
            continue
        before, after = hyphens.join(line.rstrip(), following.lstrip())
        word, _, rest = after.partition(" ")
        if word and (rest or index + 2 == len(out) or not out[index + 2].strip()):
            out[index], out[index + 1] = before + word, rest
    return out


def _is_broken(line: str, following: str) -> bool:
    """An option ('--no-') and a single letter ('E-') keep their hyphens."""
    tail = _TAIL.search(line.rstrip())
    if tail is None or len(tail.group(1)) < 2 or line[: tail.start()].endswith("-"):
        return False
    return " " in line.strip() and following.lstrip()[:1].islower()
