"""What passages are called in a sentence that cannot do without a name for them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from pathlib import PurePosixPath

from rag_service.answer.clean import clean_statement
from rag_service.answer.instructions import addresses_model
from rag_service.models import Passage
from rag_service.text.words import fold

_LONGEST = 80  # characters of a title that a sentence can take
_QUOTES = str.maketrans("", "", '"„“”«»')


class Names:
    """Names of the passages of one evidence, by their numbers: titles in quotation marks, or names of sources."""

    def __init__(self, passages: Mapping[int, Passage], language: str) -> None:
        sources = {passage.source: passage for passage in passages.values()}
        titles = Counter(passage.title for passage in sources.values())
        self._german = language == "de"
        self.numbers = frozenset(passages)
        self._all = {name for each in sources.values() for name in _all_names(each)}
        self._words = [{word for name in _all_names(each) for word in _words(name)} for each in sources.values()]
        self._names = {number: _name(passage, alone=titles[passage.title] == 1) for number, passage in passages.items()}

    def of(self, numbers: Sequence[int], labelled: bool = False) -> str:
        """The names of passages; 'Quelle 9' for one that is not there, '9' if ``labelled``, where the word stands."""
        known = dict.fromkeys(self._names[number] for number in numbers if number in self._names)
        if known:
            opening, closing = "„“" if self._german else "“”"
            return self._listed([f"{opening}{name}{closing}" for name in known])
        written = self._listed([str(number) for number in numbers])
        return written if labelled else f"{'Quelle' if self._german else 'source'} {written}"

    def taken_out(self, text: str) -> str:
        """A text without the titles and names of sources that stand in it."""
        for name in sorted(self._all, key=len, reverse=True):
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", " ", text, flags=re.IGNORECASE)
        return text

    def tell(self, words: Collection[str]) -> bool:
        """Whether one of the sources has all of these words in its title or name."""
        return any(known.issuperset(map(fold, words)) for known in self._words)

    def _listed(self, names: Sequence[str]) -> str:
        last = " und " if self._german else " and "
        return last.join(part for part in (", ".join(names[:-1]), names[-1]) if part)


def _name(passage: Passage, *, alone: bool) -> str:
    """Its title, if no other source has it; what a document calls itself is not to be trusted."""
    title = _plain(passage.title)
    usable = alone and title and len(title) <= _LONGEST and not addresses_model(passage.title)
    return title if usable else _plain(passage.source)


def _all_names(passage: Passage) -> list[str]:
    path = PurePosixPath(passage.source)
    return [name for name in (passage.title, passage.source, path.name, path.stem) if len(name) > 1]


def _words(name: str) -> list[str]:
    return [fold(word) for word in re.findall(r"[^\W\d_]+", name)]


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", clean_statement(text)[0].translate(_QUOTES)).strip()
