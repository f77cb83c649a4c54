"""The text within one block of Markdown: marks gone, raw HTML read as a page is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

import lxml.html
from lxml import etree

from rag_service.ingest.readers.markup_hidden import is_hidden, is_sizeless
from rag_service.ingest.readers.raised import as_figures

if TYPE_CHECKING:
    from markdown_it.token import Token

_NAME = re.compile(r"<(/?)([a-zA-Z][\w-]*)")
_STRUCK = ("del", "s", "strike")
_VOID = ("br", "img", "hr", "input", "wbr")


class _Open:
    """The open elements, from the one that hides; true while there is one."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._counts: Counter[str] = Counter()

    def __bool__(self) -> bool:
        return bool(self._names)

    def follow(self, closes: str, name: str) -> None:
        """Note an opened element, or leave the closed one and those that were left open within it."""
        if not closes and name and name not in _VOID:
            self._names.append(name)
            self._counts[name] += 1
        elif closes and self._counts[name]:
            left = None
            while left != name:
                left = self._names.pop()
                self._counts[left] -= 1


def inline_lines(children: Iterable[Token]) -> list[str]:
    """Each line's text, without what a raw tag hides."""
    texts = [""]
    shifted = ""
    hiding = _Open()
    children = list(children)
    last = _last_ends(children)
    for index, child in enumerate(children):
        if child.type in ("softbreak", "hardbreak"):
            texts.append("")
        elif child.type == "html_inline":
            match = _NAME.match(child.content)
            closes, name = (match.group(1), match.group(2).lower()) if match else ("", "")
            opens = match and not closes and name not in _VOID and _hides(child.content)
            if hiding or (opens and (" " in child.content.strip() or last.get(name, -1) > index)):
                hiding.follow(closes, name)
            elif name == "br":
                texts[-1] += " "
            elif name in _STRUCK:
                texts[-1] += "~~"
            elif name in ("sup", "sub"):
                shifted = "" if closes else name
        elif child.type in ("text", "code_inline", "image") and not hiding:
            texts[-1] += as_figures(shifted, child.content, texts[-1]) if shifted else child.content
    return texts


def _last_ends(children: Iterable[Token]) -> dict[str, int]:
    """Where elements of each name end last in the block: 'the <script> tag' only names one."""
    tags = ((index, _NAME.match(child.content)) for index, child in enumerate(children) if child.type == "html_inline")
    return {tag.group(2).lower(): index for index, tag in tags if tag and tag.group(1)}


def _hides(tag: str) -> bool:
    try:
        elements = [element for element in lxml.html.fragments_fromstring(tag) if not isinstance(element, str)]
        return any(is_hidden(element) or is_sizeless(element) for element in elements)
    except etree.ParserError:
        return False
