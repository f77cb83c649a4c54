"""Visible text of an HTML tree: blocks apart, list items marked, cells joined, hidden parts left out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import cast

from lxml import etree

from rag_service.ingest.readers.markup_hidden import drop_hidden
from rag_service.ingest.readers.markup_lists import ITEMS, begins_item, ends_item, is_numbered, number_items
from rag_service.ingest.readers.markup_signs import write_signs
from rag_service.ingest.readers.markup_tables import CELLS, ROWS, find_names
from rag_service.ingest.readers.raised import write_figures


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_DROPPED = _names(
    "script style template noscript head iframe object embed svg math canvas video audio button select "
    "input textarea dialog"
)
_BLOCKS = _names(
    "address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure "
    "footer h1 h2 h3 h4 h5 h6 header hr html legend main nav ol p pre section summary table ul "
    "quote list ab"
)
_DEEPEST = 9  # level of a list that is set in from the one above
_SENTENCES = ("p", "li", "dd", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6")  # where code is a word among others
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "head"})
_LISTS = frozenset({"ul", "ol", "menu", "list"})
_BREAKS = frozenset({"br", "lb"})
_SPACE = re.compile(r"[ \t\r\n\f]+")
_UNFIT = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # lxml reads, but never writes it
_TIDY = ((re.compile(r"(?<![ \t])[ \t]++\n"), "\n"), (re.compile(r"\n{3,}"), "\n\n"))


def prepare(root: etree._Element) -> None:
    """Make of a parsed tree what its reader sees: nothing hidden, figures as they are set, sentences on one line."""
    _fit(root)
    drop_hidden(root)
    write_figures(root)
    write_signs(root)
    number_items(root)
    for code in root.iter("code"):
        around = next(code.iterancestors("pre", *_SENTENCES), None)
        if around is not None and around.tag != "pre":
            _collapse(code)


def _fit(root: etree._Element) -> None:
    for element in root.iter():
        if element.text and _UNFIT.search(element.text):
            element.text = _UNFIT.sub("", element.text)
        if element.tail and _UNFIT.search(element.tail):
            element.tail = _UNFIT.sub("", element.tail)


def _collapse(code: etree._Element) -> None:
    for element in code.iter():
        element.text = _text(element.text, 0)
        if element is not code:
            element.tail = _text(element.tail, 0)


def visible_text(root: etree._Element) -> str:
    """Text of a tree from lxml.html or trafilatura, without recursion; blank lines between blocks."""
    parts: list[str] = []
    preformatted = depth = 0
    names = find_names(root)
    formatted = {element for element in root.iter("pre", "code") if _is_formatted(element)}
    walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, element in cast("Iterable[tuple[str, etree._Element]]", walk):
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            heading = tag == "head" and element.getparent() is not None and _is_heading(element)
            if element in names.left_out or (tag in _DROPPED and not heading):
                walk.skip_subtree()
                continue
            parts.append(names.before[element] if element in names.before else _opening(tag, element, depth))
            depth += tag in _LISTS
            if element in formatted:
                parts.append("\n\n")
                preformatted += 1
            parts.append(_text(element.text, preformatted))
            continue
        if event == "end" and (tag not in _DROPPED or (tag == "head" and _is_heading(element))):
            if element in formatted:
                parts.append("\n\n")
                preformatted -= 1
            depth -= tag in _LISTS
            parts.append("" if element in names.open else _closing(tag, element, depth))
        if element is not root and element not in names.open:
            parts.append(_text(element.tail, preformatted))
    text = "".join(parts)
    for pattern, replacement in _TIDY:
        text = pattern.sub(replacement, text)
    return text.strip()


def _is_heading(element: etree._Element) -> bool:
    """Whether `head` is trafilatura's heading and not the head of an HTML document."""
    return element.get("rend") is not None


def _is_formatted(element: etree._Element) -> bool:
    """Whether an element's line breaks count: `pre`, or the code that trafilatura makes of it."""
    if element.tag == "pre" or "\n" in (element.text or ""):
        return True
    return any(child.tag == "code" or "\n" in (child.tail or "") for child in element)


def _text(text: str | None, preformatted: int) -> str:
    if not text:
        return ""
    return text if preformatted else _SPACE.sub(" ", text)


def _opening(tag: str, element: etree._Element, depth: int) -> str:
    if tag in _BLOCKS or tag in _HEADINGS:
        return "" if (tag in _LISTS and depth) or begins_item(element) else "\n\n"
    if tag in ITEMS:
        return "\n" + "  " * min(depth - 1, _DEEPEST) + ("" if is_numbered(element) else "- ")
    if tag in ROWS | _BREAKS:
        return "\n"
    if tag in CELLS and element.getprevious() is not None:
        return " | "
    return ""


def _closing(tag: str, element: etree._Element, depth: int) -> str:
    if tag not in _BLOCKS and tag not in _HEADINGS:
        return ""
    if tag in _LISTS and depth:
        return "\n" if (element.tail or "").strip() else ""
    return "" if ends_item(element) else "\n\n"
