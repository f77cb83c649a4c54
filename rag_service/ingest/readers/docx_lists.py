"""Numbers and bullets that Word counts itself: they are seen, but stand nowhere in the text."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import partial
from typing import Any

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LEVEL = re.compile(r"%(\d)")
_ROMAN = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
BULLET = "-"


class Marks:
    """Counts the paragraphs of one document, which must come in their order."""

    def __init__(self, document: Any) -> None:
        root = next((part.element for part in _numbering(document)), None)
        self._lists: dict[str, Any] = {}
        self._levels: dict[tuple[str, int], Any] = {}
        self._styled: dict[str, str] = {}
        if root is not None:
            self._lists = {each.get(f"{_W}numId"): each for each in root.iter(f"{_W}num")}
            kinds = list(root.iter(f"{_W}abstractNum"))
            named = {_value(each, "styleLink"): each.get(f"{_W}abstractNumId") for each in kinds}
            for kind in kinds:
                if link := _value(kind, "numStyleLink"):  # its levels are those of a list style
                    self._styled[kind.get(f"{_W}abstractNumId")] = named.get(link, "")
                for level in kind.iter(f"{_W}lvl"):
                    self._levels[kind.get(f"{_W}abstractNumId"), _whole(level.get(f"{_W}ilvl"))] = level
        self._counts: defaultdict[str, dict[int, int]] = defaultdict(dict)
        self._seen: set[str] = set()

    def mark(self, paragraph: Any) -> str:
        """What stands before a paragraph: '3.', 'b)', a dash for a bullet, nothing where it is in no list.

        A heading is no item: its mark has no stop, as in '3' or '§ 3'.
        """
        mark = self._mark(paragraph)
        return mark if is_listed(paragraph) else mark.strip("-.() ")

    def _mark(self, paragraph: Any) -> str:
        number, level = _place(paragraph)
        listed = self._lists.get(number)
        if listed is None:
            return BULLET if number else ""
        kind = self._styled.get(_value(listed, "abstractNumId"), _value(listed, "abstractNumId"))
        defined = self._levels.get((kind, level))
        if defined is None or _value(defined, "numFmt") == "bullet":
            return BULLET
        counts = self._counts[kind]
        if number not in self._seen:
            self._seen.add(number)
            for override in listed.iter(f"{_W}lvlOverride"):
                if start := _value(override, "startOverride"):
                    counts[_whole(override.get(f"{_W}ilvl"))] = _whole(start) - 1
        counts[level] = counts.get(level, _whole(_value(defined, "start") or "1") - 1) + 1
        for deeper in [each for each in counts if each > level and self._restarts(kind, each)]:
            del counts[deeper]
        legal = defined.find(f"{_W}isLgl") is not None  # '1.2' below 'I'
        written = partial(self._written, kind, legal)
        return _LEVEL.sub(lambda match: written(int(match[1]) - 1), _value(defined, "lvlText")).strip()

    def _restarts(self, kind: str, level: int) -> bool:
        defined = self._levels.get((kind, level))
        return defined is None or _value(defined, "lvlRestart") != "0"

    def _written(self, kind: str, legal: bool, level: int) -> str:
        defined, count = self._levels.get((kind, level)), self._counts[kind].get(level, 1)
        style = _value(defined, "numFmt") if defined is not None and not legal else ""
        if style == "decimalZero":
            return f"{count:02d}"
        if style.endswith("Letter") and 1 <= count <= 26:
            letter = chr(ord("a") + count - 1)
            return letter.upper() if style.startswith("upper") else letter
        if style.endswith("Roman") and 1 <= count < 40:
            return _roman(count).upper() if style.startswith("upper") else _roman(count)
        return str(count)


def is_listed(paragraph: Any) -> bool:
    """Whether a paragraph is the item of a list, and no numbered heading."""
    return not _style_name(paragraph).startswith(("Heading", "Überschrift", "Title", "Titel"))


def _numbering(document: Any) -> list[Any]:
    parts = [
        each.target_part
        for each in document.part.rels.values()
        if each.reltype.endswith("/numbering") and not each.is_external
    ]
    return [part for part in parts if hasattr(part, "element")]


def _place(paragraph: Any) -> tuple[str, int]:
    """The list and the level of a paragraph, its own or its style's; no list where there is none."""
    number = level = ""
    style = paragraph.style
    for properties in [paragraph._p.pPr, *_inherited(style)]:
        own = properties.find(f"{_W}numPr") if properties is not None else None
        if own is not None:
            number, level = number or _value(own, "numId"), level or _value(own, "ilvl")
    return ("" if number == "0" else number), _whole(level)


def _inherited(style: Any) -> list[Any]:
    found: list[Any] = []
    while style is not None and len(found) < 10:  # styles that are based on each other
        found.append(style.element.pPr)
        style = style.base_style
    return found


def _style_name(paragraph: Any) -> str:
    return (paragraph.style.name or "") if paragraph.style is not None else ""


def _value(element: Any, name: str) -> str:
    child = element.find(f"{_W}{name}")
    return (child.get(f"{_W}val") or "") if child is not None else ""


def _whole(written: str | None) -> int:
    return int(written) if written and written.isascii() and written.isdigit() else 0


def _roman(count: int) -> str:
    written = ""
    for value, sign in _ROMAN:
        written += sign * (count // value)
        count %= value
    return written
