"""Texts of one mail: which of several says most, and which only repeat others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

_WORD = re.compile(r"[^\W_]+|[€$£¥%‰°]")
_LINK = re.compile(r"https?://[^\s<>\])]+|\[cid:[^\]\s]*\]")  # which a page shows as words or pictures
_RICHER = 4  # times as many words: then the shorter of two alternatives only stands for the other
_APART = 0.1  # of all words of two texts are in only one of them
_LOOK_BACK = 8  # texts: a mail may have very many parts


@dataclass(frozen=True)
class Text:
    """One text of a mail, and whether it was written as a page."""

    content: str
    html: bool = False

    @cached_property
    def words(self) -> list[str]:
        """Its words in lower case, without those of links."""
        return _WORD.findall(_LINK.sub(" ", self.content).casefold())

    def repeats(self, other: Text) -> bool:
        """Whether it says nothing that the other does not say word for word, or nearly so where one is a page."""
        if self.html == other.html or not self.words:
            return self._line in other._line
        if _joined(self.words) in _joined(other.words):
            return True
        mine, theirs = set(self.words), set(other.words)
        apart = mine ^ theirs
        return len(apart) <= _APART * len(mine | theirs) and all(word.isalpha() for word in apart)

    @cached_property
    def _line(self) -> str:
        return _joined(self.content.split())


def add_text(texts: list[Text], text: Text) -> None:
    """Append a text that is not blank; one that repeats another is left out, or takes its place if it says more."""
    if not text.content:
        return
    for index in range(max(0, len(texts) - _LOOK_BACK), len(texts)):
        if text.repeats(texts[index]):
            return
        if texts[index].repeats(text):
            texts[index] = text
            return
    texts.append(text)


def best_of(options: Sequence[Sequence[Text]]) -> Sequence[Text]:
    """The first of several ways to say the same that is not blank and no mere stand-in for a fuller one."""
    sizes = [sum(len(text.words) for text in option) for option in options]
    most = max(sizes, default=0)
    return next((option for option, size in zip(options, sizes, strict=True) if option and size * _RICHER >= most), ())


def _joined(words: list[str]) -> str:
    return f" {' '.join(words)} "
