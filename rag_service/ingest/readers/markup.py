"""Visible text of an HTML tree: blocks apart, list items marked, cells joined, hidden parts left out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from typing import cast

from lxml import etree

from rag_service.ingest.readers.elements import text_of
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
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0(?:\.0+)?\s*(?:;|!|$)"
    r"|font-size\s*:\s*0(?:\.0+)?(?:px|em|rem|pt|%)?\s*(?:;|!|$)|color\s*:\s*transparent"
    r"|(?:left|top|text-indent)\s*:\s*-\d{3,}|clip\s*:\s*rect\(\s*0",
    re.IGNORECASE,
)
_RULE = re.compile(r"(?<![^{}])([^{}]++)\{([^{}]*+)\}")  # linear: a font in a style sheet is long
_SIMPLE_SELECTOR = re.compile(r"(?:[a-z][a-z0-9]*)?([.#])([\w-]+)$", re.IGNORECASE)
_UNFIT = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # lxml reads, but never writes it
_SPACE = re.compile(r"[ \t\r\n\f]+")
_TIDY = ((re.compile(r"(?<![ \t])[ \t]++\n"), "\n"), (re.compile(r"\n{3,}"), "\n\n"))


def prepare(root: etree._Element) -> None:
    """Make of a parsed tree what its reader sees: nothing hidden, figures as they are set, sentences on one line."""
    _fit(root)
    _drop_hidden(root)
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


def _drop_hidden(root: etree._Element) -> None:
    """Remove comments, scripts and whatever attributes or simple style rules keep from the reader's eye."""
    classes, ids = _hidden_selectors(root)
    _show_what_opens(root, classes, ids)
    hidden = [element for element in root.iter() if is_hidden(element, classes, ids)]
    for element in hidden:
        detach(element)


def _show_what_opens(root: etree._Element, classes: set[str], ids: set[str]) -> None:
    """Take the mark of what is hidden off panels that a visible tab opens, and off what a search in the page opens."""
    panels: set[str | None] = set()
    labels: set[str | None] = set()
    for tab in [element for element in root.iter(etree.Element) if element.get("role") == "tab"]:
        named = bool(text_of(tab).strip())
        if named and not any(is_hidden(element, classes, ids) for element in (tab, *tab.iterancestors())):
            panels.update((tab.get("aria-controls") or "").split())
            labels.update({tab.get("id")} - {None})
    for element in root.iter(etree.Element):
        if element.get("role") == "tabpanel":
            opens = element.get("id") in panels or not labels.isdisjoint((element.get("aria-labelledby") or "").split())
        else:
            opens = (element.get("hidden") or "").lower() == "until-found"
        for attribute in ("hidden", "aria-hidden") if opens else ():
            element.attrib.pop(attribute, "")


def detach(element: etree._Element) -> None:
    """Take an element out of its tree, but leave the text behind it."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        ahead = parent.text if before is None else before.tail
        text = _UNFIT.sub("", (ahead or "") + element.tail)
        if before is None:
            parent.text = text
        else:
            before.tail = text
    parent.remove(element)


def _hidden_selectors(root: etree._Element) -> tuple[set[str], set[str]]:
    found: dict[str, set[str]] = {".": set(), "#": set()}
    for style in root.iter("style"):
        for selectors, body in _RULE.findall((style.text or "")[:200_000]):
            if not _HIDING.search(body):
                continue
            for selector in selectors.split(","):
                match = _SIMPLE_SELECTOR.match(selector.strip())
                if match:
                    found[match.group(1)].add(match.group(2))
    return found["."], found["#"]


def is_hidden(element: etree._Element, classes: Set[str] = frozenset(), ids: Set[str] = frozenset()) -> bool:
    """Whether attributes, or rules for its class or id, keep an element from the reader's eye."""
    if not isinstance(element.tag, str):
        return True
    if element.tag in ("script", "style", "template", "noscript"):
        return True
    if element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return True
    if _HIDING.search(element.get("style") or ""):
        return True
    return element.get("id") in ids or not classes.isdisjoint((element.get("class") or "").split())


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
