"""The text within one block of Markdown: marks gone, raw HTML read as a page is."""

from __future__ import annotations

import re
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


def inline_lines(children: Iterable[Token]) -> list[str]:
    """Each line's text, without what a raw tag hides."""
    texts = [""]
    shifted = ""
    hiding: list[str] = []  # the names of the open elements, from the one that hides
    children = list(children)
    for index, child in enumerate(children):
        if child.type in ("softbreak", "hardbreak"):
            texts.append("")
        elif child.type == "html_inline":
            match = _NAME.match(child.content)
            closes, name = (match.group(1), match.group(2).lower()) if match else ("", "")
            opens = match and not closes and name not in _VOID and _hides(child.content)
            if hiding or (opens and (" " in child.content.strip() or _closes(name, children[index:]))):
                _follow(hiding, closes, name)
            elif name == "br":
                texts[-1] += " "
            elif name in _STRUCK:
                texts[-1] += "~~"
            elif name in ("sup", "sub"):
                shifted = "" if closes else name
        elif child.type in ("text", "code_inline", "image") and not hiding:
            texts[-1] += as_figures(shifted, child.content, texts[-1]) if shifted else child.content
    return texts


def _closes(name: str, children: Iterable[Token]) -> bool:
    """Whether an element ends in the same block: 'the <script> tag' only names one."""
    ends = (child.content.lower() for child in children if child.type == "html_inline")
    return any(end.startswith(f"</{name}") for end in ends)


def _hides(tag: str) -> bool:
    try:
        elements = [element for element in lxml.html.fragments_fromstring(tag) if not isinstance(element, str)]
        return any(is_hidden(element) or is_sizeless(element) for element in elements)
    except etree.ParserError:
        return False


def _follow(hiding: list[str], closes: str, name: str) -> None:
    """Note an opened element, or leave the closed one and those that were left open within it."""
    if not closes and name and name not in _VOID:
        hiding.append(name)
    elif closes and name in hiding:
        del hiding[len(hiding) - 1 - hiding[::-1].index(name) :]
