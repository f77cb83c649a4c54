"""A streamed reply read as statements with passage numbers, from JSON or from text with markers."""

from __future__ import annotations

import json
import re
from typing import Any

from rag_service.answer.clean import visible
from rag_service.answer.generation.naming import Names
from rag_service.answer.generation.runs import Run, unfinished_lead, with_names, without_runs
from rag_service.answer.generation.source_list import Said, SourceList
from rag_service.answer.generation.thoughts import Thoughts
from rag_service.answer.markers import unfinished_marker
from rag_service.errors import ModelError
from rag_service.text.sentences import split_sentences

SENTINEL = "NOT_IN_DOCUMENTS"
LONGEST_STATEMENT = 1500
_LONGEST_ITEM, _LONGEST_REPLY = 20_000, 1_000_000  # characters: of an item of JSON that does not end, and of it all
_WIDEST = 40  # characters of what opens a list in JSON
_LOOK_AHEAD = re.compile(r"\S+\s+\S+\s")
_OBJECT = re.compile(  # JSON after an introduction
    r"(?:^|\n|[:!]\s)\s*(?:```\s*\w*\s*)?[\[{]\s*(?:\{\s*)?\"(?:statements|sentences|answers?|items|reasoning)\"\s*:"
)
_LIST = re.compile(r"\"(?:statements|sentences|answers?|items)\"\s*:\s*\[|^\s*(?:```\s*\w*\s*)?\[")


class ThoughtAloud(ModelError):
    """What was given out of a reply turned out to be a thought; with the next reply it may be expected."""


class ReplyReader:
    """Takes the reply piece by piece and gives out each sentence once it is certain to be whole.

    ``sentinel`` is set when the sentinel stands in the reply, ``declined`` when there is nothing else or an empty list;
    ``unopened`` tells that the reply began within a thought, which ``begun`` expects.
    """

    def __init__(self, language: str, *, names: Names | None = None, begun: bool = False) -> None:
        self._language = language
        self._names = names or Names({}, language)
        self._sources = SourceList(self._names)
        self._thoughts = Thoughts(begun=begun)
        self._buffer = ""
        self._json: bool | None = None
        self._at = 0
        self._ended = False
        self._given = 0
        self._forgot = False
        self._looked = 0
        self.declined = self.sentinel = False
        self.length = 0

    def feed(self, piece: str) -> list[Said]:
        """The sentences that this piece completes; ThoughtAloud when some given out before were a thought."""
        self.length += len(piece)
        self._take(self._thoughts.feed(visible(piece)))
        if self._thoughts.thinking or self._ended or self._json is None:
            return []
        return self._given_out(self._read_json() if self._json else self._read_text(final=False, whole=True))

    def finish(self, whole: bool) -> list[Said]:
        """What was held back; the last sentence only if the reply is whole or it ends like a sentence."""
        self._take(self._thoughts.rest(whole=whole))
        if self._ended:
            return []
        if self._json:
            said = self._read_json()
            if not said and not self._given:
                said = self._read_object()
            nothing = self.sentinel or self._is_empty()
            self.declined = self.declined or (whole and not said and not self._given and nothing)
            return self._given_out(said)
        return self._given_out(self._read_text(final=True, whole=whole))

    def runs_on(self) -> bool:
        """Whether the reply goes round in circles, or never ends a sentence."""
        tail = self._buffer[-400:]
        if self.length > _LONGEST_REPLY:
            return True
        if len(tail) == 400 and any(tail[period:] == tail[:-period] for period in range(1, 101)):
            return True
        if self._json:
            return self._at > 0 and len(self._buffer) - self._at > _LONGEST_ITEM
        return not self._thoughts.thinking and len(self._buffer) > LONGEST_STATEMENT * 2

    def _given_out(self, said: list[Said]) -> list[Said]:
        kept = self._sources.without(said)
        self._given += len(kept)
        return kept

    @property
    def unopened(self) -> bool:
        """Whether the reply began within a thought."""
        return self._thoughts.unopened

    def _take(self, text: str) -> None:
        """The text behind what is not read yet; what came before the end of a thought is forgotten."""
        if self.unopened and not self._forgot:
            if self._given:
                raise ThoughtAloud("The model thought aloud without saying where that begins; ask once more.")
            self._forgot, self._buffer, self._json = True, "", None
            self._ended = self.declined = self.sentinel = False
            self._at = 0
            self._sources = SourceList(self._names)
        self._buffer += text
        if self._json is None:
            self._json = _looks_like_json(self._buffer)
        if self._json is False and not self._given and (found := _OBJECT.search(self._buffer)):
            self._json, self._buffer = True, self._buffer[found.start() :]

    def _read_text(self, *, final: bool, whole: bool) -> list[Said]:
        read = self._buffer
        if not final:
            read = read[: unfinished_marker(read)]
            read = read[: unfinished_lead(read)]
        stripped, origins, places = without_runs(read, self._language)
        if SENTINEL in stripped or (not final and _may_become_sentinel(stripped)):
            if SENTINEL not in stripped:
                return []
            before = stripped[: stripped.index(SENTINEL)]
            self._ended = self.sentinel = True
            if not any(character.isalnum() for character in before):
                self.declined = not self._given
                return []
            same_line = "\n" not in before[len(before.rstrip()) :]  # 'I answer with NOT_IN_DOCUMENTS'
            stripped, final, whole = before, True, whole and not same_line
        spans = split_sentences(stripped, self._language)
        ready = len(spans)
        if not final:
            while ready and not _LOOK_AHEAD.match(stripped[spans[ready - 1][1] :].lstrip()):
                ready -= 1
        elif not whole and spans and not _sounds_ended(stripped, spans[-1], places):
            ready -= 1
        said = self._collect(stripped, spans, ready, places)
        if ready:
            self._consume(spans, ready, origins, places)
        return said

    def _collect(
        self, stripped: str, spans: list[tuple[int, int]], ready: int, places: list[tuple[int, Run]]
    ) -> list[Said]:
        owned: dict[int, list[int]] = {}
        marked: set[int] = set()
        for place, run in places:
            index = _owner(stripped, spans, place)
            owned.setdefault(index, []).extend(run.numbers)
            if spans and not any(map(str.isalnum, stripped[spans[index][0] : place])):
                marked.add(index)
        said = []
        for index, (start, end) in enumerate(spans[:ready]):
            text, names = with_names(stripped[start:end], places, self._names.of)
            said.append(Said(text, tuple(dict.fromkeys(owned.get(index, ()))), names, index in marked))
        return said

    def _consume(
        self, spans: list[tuple[int, int]], ready: int, origins: list[int], places: list[tuple[int, Run]]
    ) -> None:
        if ready == len(spans):
            self._buffer = ""
            return
        following = spans[ready][0]
        cut = origins[following]
        for place, run in places:  # a marker that opens the next sentence stays with it
            if spans[ready - 1][1] < place <= following:
                cut = min(cut, run.start)
        self._buffer = self._buffer[cut:]

    def _read_json(self) -> list[Said]:
        if not self._at:
            opening = _LIST.search(self._buffer, self._looked)
            if opening is None:
                self._looked = max(0, len(self._buffer) - _WIDEST)
                return []
            self._at = opening.end()
        said: list[Said] = []
        decoder = json.JSONDecoder(strict=False)
        while match := re.compile(r"[\s,]*(?=[{\"])").match(self._buffer, self._at):
            try:
                item, end = decoder.raw_decode(self._buffer, match.end())
            except (json.JSONDecodeError, RecursionError):
                break
            self._at = end
            said.extend(self._item(item if isinstance(item, dict) else {"text": item}))
        return said

    def _read_object(self) -> list[Said]:
        """The answer of an object that holds it as one text."""
        opening = self._buffer.find("{")
        try:
            found, _ = json.JSONDecoder(strict=False).raw_decode(self._buffer, max(opening, 0))
        except (json.JSONDecodeError, RecursionError):
            return []
        if not isinstance(found, dict):
            return []
        text = next((found[name] for name in ("answer", "response", "content", "text") if name in found), None)
        return self._item({"text": text, "citations": found.get("citations")})

    def _item(self, item: dict[str, Any]) -> list[Said]:
        text = item.get("text") or item.get("statement") or item.get("sentence")
        if not isinstance(text, str):
            return []
        if SENTINEL in text:
            self.sentinel = True
            return []
        named = item.get("citations") or item.get("sources") or []
        numbers = _integers(named if isinstance(named, list) else [named])
        inner = ReplyReader(self._language, names=self._names)
        inner._buffer = visible(text)  # what an escape may hide in JSON
        return [
            Said(each.text, tuple(dict.fromkeys((*each.numbers, *numbers))), each.names)
            for each in inner._read_text(final=True, whole=True)
        ]

    def _is_empty(self) -> bool:
        return re.match(r"[\s\S]*\[\s*\]|\W*\{\s*\}\W*$", self._buffer) is not None


def _looks_like_json(text: str) -> bool | None:
    """None while too little is known."""
    start = text.lstrip()
    if start.startswith("```"):
        rest = start[3:].lstrip()
        if "json".startswith(rest[:4].lower()) and len(rest) < 4:
            return None
        rest = re.sub(r"^json", "", rest, flags=re.IGNORECASE).lstrip()
        return rest[0] in "{[" if rest else None
    if not start or start in ("`", "``") or re.fullmatch(r"\[\s*", start):
        return None
    return start[0] == "{" or re.match(r"\[\s*[{\"\]]", start) is not None


def _may_become_sentinel(text: str) -> bool:
    start = text.lstrip(" \t\n*\"'`")
    return bool(start) and SENTINEL.startswith(start)


def _sounds_ended(text: str, span: tuple[int, int], places: list[tuple[int, Run]]) -> bool:
    last = text[span[0] : span[1]].rstrip("\"'”“»«)")
    return last.endswith((".", "!", "?", "…", "。")) or any(place >= span[1] for place, _ in places)


def _owner(text: str, spans: list[tuple[int, int]], place: int) -> int:
    """The sentence a marker belongs to: the one it stands in or follows on the same line, else the next."""
    for index, (start, end) in enumerate(spans):
        if place <= end:
            return index if place > start or index == 0 or "\n" in text[spans[index - 1][1] : place] else index - 1
        following = spans[index + 1][0] if index + 1 < len(spans) else len(text)
        if place <= following and "\n" not in text[end:place]:
            return index
    return len(spans) - 1


def _integers(values: list[Any]) -> list[int]:
    found = []
    for value in values:
        match = re.search(r"\d{1,3}", str(value)) if isinstance(value, int | str) else None
        if match:
            found.append(int(match.group()))
    return found
