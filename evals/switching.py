"""Texts half in another language: words replaced by a dictionary's, so that training in one language serves both.

After CoSDA-ML (Qin et al., 2020, doi:10.24963/ijcai.2020/533). The dictionary is a FreeDict file in dictd's format,
such as `freedict-eng-deu.dict.dz` of Debian's package dict-freedict-eng-deu.
"""

from __future__ import annotations

import gzip
import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np

from rag_service.embed.e5.encoder import E5Encoder

Span = tuple[int, int]
CLOSE = 0.015  # translations whose cosine to the word is at most this far below the best one's stay
KEPT, NAMES_KEPT = 3, 0.9  # translations a word, and how many of the words that look like names stay as they are
_WORD = re.compile(r"[A-Za-z]+")
_HEAD = re.compile(r"(?P<words>\S.*?) /[^/]*/\s*")
_NOTES = re.compile(r"<[^>]*>|\[[^\]]*\]|\([^)]*\)")
_ONE_WORD = re.compile(r"[\w-]+")
_FUNCTION_WORDS = """
    is ist|to zu nach|a ein eine|an ein eine|the der die das|are sind|on auf am|what was welche|by von durch|for für
    was war wurde|were waren wurden|became wurde|how wie|did hat|do tun|does tut|of von des|and und|in in im|who wer
    whom wem|whose wessen|where wo|why warum|that dass das|it es|its seine|at bei am|first erste ersten|has hat
    had hatte|be sein|been gewesen|from von aus|with mit|as als
"""  # dictionaries are at their worst with these


def read_freedict(path: Path) -> dict[str, list[str]]:
    """Translations in one word by lower-case headword, the one given most often first."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    head = ""
    with gzip.open(path, "rt", encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if match := _HEAD.fullmatch(line.rstrip("\n")):
                head = match["words"].lower() if _WORD.fullmatch(match["words"]) else ""
            elif head and line.strip() and not line.startswith(" "):
                words = (word.strip(" ;.!?\n") for word in _NOTES.sub("", line).split(","))
                found[head].update(word for word in words if _ONE_WORD.fullmatch(word))
    return {head: [word for word, _ in words.most_common()] for head, words in found.items() if words}


def function_words() -> dict[str, list[str]]:
    """German for the commonest English words."""
    entries = (entry.split() for entry in re.split(r"[|\n]", _FUNCTION_WORDS) if entry.strip())
    return {entry[0]: entry[1:] for entry in entries}


def closest(words: Mapping[str, Sequence[str]], texts: Iterable[str], encoder: E5Encoder) -> dict[str, list[str]]:
    """Of the words that occur in some texts, the translations that mean most nearly the same to the encoder."""
    used = {word for text in texts for word in _WORD.findall(text.lower())} & words.keys()
    every = sorted(used | {other for word in used for other in words[word]})
    rows = {word: row for row, word in enumerate(every)}
    vectors = encoder.embed_documents(every)
    found: dict[str, list[str]] = {}
    for word in sorted(used):
        cosines = vectors[[rows[other] for other in words[word]]] @ vectors[rows[word]]
        order = np.argsort(-cosines, kind="stable")
        found[word] = [words[word][row] for row in order if cosines[row] > cosines[order[0]] - CLOSE][:KEPT]
    return found


@dataclass(frozen=True, slots=True)
class _Edit:
    """A replaced word: where it stood, and where the other one stands."""

    begin: int
    end: int
    new_begin: int
    new_end: int


class Switcher:
    """Replaces words of a text, and moves spans of it along."""

    def __init__(self, words: Mapping[str, Sequence[str]]) -> None:
        self._words = words

    def switch(self, text: str, spans: Sequence[Span], share: float, chance: Random) -> tuple[str, list[Span]]:
        """The text with about a ``share`` of its words replaced, and where ``spans`` of it are now."""
        parts: list[str] = []
        edits: list[_Edit] = []
        done = length = 0
        for word in _WORD.finditer(text):
            other = self._other(text, word, share, chance)
            if other is not None:
                parts += [text[done : word.start()], other]
                length += word.start() - done
                edits.append(_Edit(word.start(), word.end(), length, length + len(other)))
                done, length = word.end(), length + len(other)
        moved = [(_moved(edits, begin, False), _moved(edits, end, True)) for begin, end in spans]
        return "".join([*parts, text[done:]]), moved

    def _other(self, text: str, word: re.Match[str], share: float, chance: Random) -> str | None:
        found = self._words.get(word.group().lower())
        if not found or chance.random() > share:
            return None
        other = chance.choice(found)
        if not word.group()[0].isupper():
            return other
        opens = word.start() == 0 or text[max(0, word.start() - 2)] in ".?!\n"
        if not opens and chance.random() < NAMES_KEPT:
            return None
        return other[0].upper() + other[1:]


def _moved(edits: Sequence[_Edit], place: int, closing: bool) -> int:
    """Where a span's begin or, closing, its end is after the edits; within a replaced word, that word's."""
    row = (bisect_left if closing else bisect_right)(edits, place, key=lambda edit: edit.begin)
    if row == 0:
        return place
    edit = edits[row - 1]
    if place - closing < edit.end:
        return edit.new_end if closing else edit.new_begin
    return place + edit.new_end - edit.end


def open_switcher(dictionary: Path, texts: Iterable[str], encoder: E5Encoder) -> Switcher:
    """A switcher for the words of some texts, by a FreeDict file and what German says for the commonest words."""
    return Switcher(closest(read_freedict(dictionary), texts, encoder) | function_words())
