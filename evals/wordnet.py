"""Questions that ask for something near what a text says: a word replaced by a sister of it in WordNet.

Of WordNet (Fellbaum 1998) as Debian's package wordnet-base brings it, files ``index.*`` and ``data.*``. The sisters of
a word are what shares its hypernym in its commonest sense, and its antonyms; its synonyms in any sense are none.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

KINDS = {"NOUN": "noun", "VERB": "verb", "ADJ": "adj"}
COMMON = 20  # times that a sister occurs in the texts at least
_ALIKE = 5  # letters by which a text names a word in another form
_WORD = re.compile(r"[a-z]+")
_PLAIN = re.compile(r"(?<=\s)[a-z]{4,}\b")
_ASKS = frozenset(["what", "which", "when", "where", "whom", "whose", "many", "much"])

Sisters = dict[tuple[str, str], list[str]]


def read_sisters(folder: Path) -> Sisters:
    """The sisters of every word by the word and its part of speech (NOUN, VERB, ADJ)."""
    return {(word, kind): found for kind, name in KINDS.items() for word, found in _read(folder, name)}


def _read(folder: Path, name: str) -> Iterator[tuple[str, list[str]]]:
    words: dict[str, list[str]] = {}
    links: dict[str, list[tuple[str, str]]] = {}
    below: dict[str, list[str]] = defaultdict(list)
    for line in _lines(folder / f"data.{name}"):
        fields = line.split(" | ")[0].split()
        end = 4 + 2 * int(fields[3], 16)
        words[fields[0]] = [word.split("(")[0].lower() for word in fields[4:end:2]]
        pointers = fields[end + 1 : end + 1 + 4 * int(fields[end])]
        links[fields[0]] = list(zip(pointers[::4], pointers[1::4], strict=True))
        for kind, target in links[fields[0]]:
            if kind == "@":
                below[target].append(fields[0])
    for line in _lines(folder / f"index.{name}"):
        fields = line.split()
        senses = fields[-int(fields[2]) :]
        same = {other for sense in senses for other in words[sense]}
        near = {other for sense in senses for _, target in links[sense] for other in words.get(target, ())}
        found: set[str] = set()
        for kind, target in links[senses[0]]:
            if kind == "@":
                found |= {other for sister in below[target] for other in words[sister]} - near
            elif kind == "!":
                found |= set(words.get(target, ()))
        yield fields[0], sorted(other for other in found - same if _WORD.fullmatch(other))


def _lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8") as lines:
        yield from (line for line in lines if not line.startswith("  "))


class Rewording:
    """Replaces words of English questions by sisters that some texts use, too, beside the same words."""

    def __init__(self, sisters: Mapping[tuple[str, str], list[str]], texts: Iterable[str], forms: Any) -> None:
        """``forms`` is the module lemminflect, or what has its ``getAllLemmas``, ``getAllInflections``,
        ``getInflection``.
        """
        words = [_WORD.findall(text.lower()) for text in texts]
        self._counts = Counter(word for each in words for word in each)
        self._pairs = {pair for each in words for pair in pairwise(each)}
        self._sisters = sisters
        self._forms = forms

    def reword(self, question: str, text: str, chance: Random) -> list[str]:
        """The question with a word replaced by what the text does not name, once for each word that can be."""
        text, found = text.lower(), []
        for word in _PLAIN.finditer(question):
            before, after = question[: word.start()], question[word.end() :]
            others = [
                other
                for lemma, other in self._others(word.group())
                if lemma[:_ALIKE] not in text and other[:_ALIKE] not in text and self._fits(before, other, after)
            ]
            if others and word.group() not in _ASKS:
                (other,) = chance.choices(others, [self._counts[each] ** 0.5 for each in others])
                found.append(f"{before}{other}{after}")
        return found

    def _fits(self, before: str, word: str, after: str) -> bool:
        left, right = _WORD.findall(before.lower())[-1:], _WORD.findall(after.lower())[:1]
        return all((other, word) in self._pairs for other in left) and all(
            (word, other) in self._pairs for other in right
        )

    def _others(self, word: str) -> list[tuple[str, str]]:
        """The word's sisters, and these inflected as it is; none where its part of speech is not plain."""
        lemmas = self._forms.getAllLemmas(word)
        if len(lemmas) != 1:
            return []
        ((kind, (lemma, *_)),) = lemmas.items()
        inflections = self._forms.getAllInflections(lemma, kind).items()
        tag = next((tag for tag, forms in inflections if word in forms), None)
        if tag is None:
            return []
        sisters = (other for other in self._sisters.get((lemma, kind), ()) if self._counts[other] >= COMMON)
        return [(other, form) for other in sisters for form in self._forms.getInflection(other, tag)[:1]]


def open_rewording(folder: Path, texts: Iterable[str]) -> Rewording:
    """Rewording by WordNet's folder; needs lemminflect, which has to be installed."""
    return Rewording(read_sisters(folder), texts, import_module("lemminflect"))
