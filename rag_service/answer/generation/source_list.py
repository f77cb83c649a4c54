"""The list of sources at the end of a reply, which is no part of the answer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from rag_service.answer.generation.naming import Names
from rag_service.answer.generation.runs import without_names
from rag_service.text.days import find_dates

_HEADING = re.compile(
    r"(?P<mark>[\W_]*)(?:(?:verwendete|genutzte|zitierte|used|cited)\s+)?"
    r"(?:quellen?(?:angaben|verzeichnis|nachweise)?|sources?|references?|belege|nachweise|literatur(?:angaben|verzeichnis)?"
    r"|citations?|bibliograph(?:y|ie)|works cited)(?:\s+(?:used|cited))?[ *_]*(?P<colon>:|\n|$)",
    re.IGNORECASE,
)
_ITEM = re.compile(r"\s*(?:[-*+•▪●–]|\(?\d{1,2}[.)])\s")
_LINK = re.compile(r"\[[^\]\n]*\]\([^)\s]*\)|<?\b(?:https?://|www\.)\S+")
_FILE = re.compile(r"(?<!\w)[\w./\\-]*\w\.[a-z][a-z0-9]{1,4}\b(?!\w)")
_WORD = re.compile(r"[^\W\d_]+")
_PLACE = re.compile(  # where in a source, and what it is called
    r"passage[ns]?|quellen?|sources?|dokumente?|documents?|abschnitt|sections?|seiten?|pages?|s|pp?|zeilen?|lines?|kapitel"
    r"|chapters?|chunks?|datei|file|nr|no|und|and|vom|from"
)


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence of a reply, the passage numbers it names, and the names that took the place of markers in it.

    ``marked``: a marker stands before its first word.
    """

    text: str
    numbers: tuple[int, ...]
    names: tuple[str, ...] = ()
    marked: bool = field(default=False, compare=False)

    @property
    def claim(self) -> str:
        """What it says, whoever says it."""
        return without_names(self.text, self.names)

    def behind(self, other: Said | None) -> Said:
        """Two sentences that are one statement, the other one first."""
        if other is None:
            return self
        numbers = tuple(dict.fromkeys((*other.numbers, *self.numbers)))
        return Said(f"{other.text} {self.text}", numbers, (*other.names, *self.names))


class SourceList:
    """Takes the sentences of a reply in their order and leaves out those of a list of sources.

    A heading alone is held back: 'Belege:' may head what is to be handed in. Without a heading '[2] reise.md' is an
    entry behind a sentence, but not behind what announces a list.
    """

    def __init__(self, names: Names) -> None:
        self._names = names
        self._said = ""  # the last sentence; '[1] Handbuch' alone is none
        self._heading: Said | None = None
        self._listing = False

    def without(self, said: Iterable[Said]) -> list[Said]:
        """The sentences that say something."""
        kept: list[Said] = []
        for each in said:
            heading = _heads(each)
            rest = each.text[heading.end() :] if heading else each.text
            if heading and not each.numbers and not any(character.isalnum() for character in rest):
                self._heading = each
            elif (heading or self._heading or self._expected(each)) and self._is_entry(rest, cited=bool(each.numbers)):
                self._heading, self._listing = None, True
            else:
                kept += [self._heading, each] if self._heading else [each]
                self._heading = None
                if not each.marked or each.text.endswith((".", "!", "?")):
                    self._said = each.text.strip()
        return kept

    def _expected(self, said: Said) -> bool:
        """Whether an entry may follow without a heading."""
        announced = self._said.endswith((":", "**")) or self._said.startswith("#")
        return self._listing or (said.marked and self._said != "" and not announced)

    def _is_entry(self, text: str, *, cited: bool) -> bool:
        """Whether a line has nothing but markers, files, links and names of sources, and where in them, or when."""
        named = _FILE.sub(" ", _LINK.sub(" ", self._names.taken_out(text)))
        plain = named
        for date in reversed(find_dates(named)):
            plain = plain[: date.start] + plain[date.end :]
        words = [word.lower() for word in _WORD.findall(plain)]
        if not all(map(_PLACE.fullmatch, words)):
            return not cited and self._names.tell(words)
        if words or named != text or not any(character.isalnum() for character in text):
            return True
        numbers = {int(number) for number in re.findall(r"\d{1,9}", plain)}
        return not cited and plain == text and numbers <= self._names.numbers  # markers without brackets


def _heads(said: Said) -> re.Match[str] | None:
    """The heading that a sentence begins with; the item 'Belege' of a list is none, nor is 'Belege [1]'."""
    match = _HEADING.match(said.text)
    sure = match and (match["colon"] == ":" or "#" in match["mark"])
    return match if sure or not (said.numbers or _ITEM.match(said.text)) else None
