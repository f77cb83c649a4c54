"""Lists in an HTML tree: numbers that are seen, but stand nowhere in the page, and what shares a line with them."""

from __future__ import annotations

import re

from lxml import etree

ITEMS = frozenset({"li", "item"})
_WHOLE = re.compile(r"\s*([+-]?\d{1,9})\s*$")
_MARK = re.compile(r"\s*(?:(?:-?\d+|[A-Za-z])\.)?\s*")
_WRITTEN = re.compile(r"\s*(?:-?\d+|[A-Za-z])\.(?:\s|$)")


def number_items(root: etree._Element) -> None:
    """Put each item's number or letter before its text, as start, value, reversed and type tell it."""
    for ordered in root.iter("ol"):
        kind = ordered.get("type") or "1"
        if kind not in ("1", "a", "A") or "none" in (ordered.get("style") or ""):
            continue
        items = [item for item in ordered if item.tag == "li"]
        step = 1 if ordered.get("reversed") is None else -1
        number = _whole(ordered.get("start"), 1 if step > 0 else len(items))
        for item in items:
            number = _whole(item.get("value"), number)
            letter = kind != "1" and 1 <= number <= 26
            mark = chr(ord(kind) + number - 1) if letter else str(number)
            if not _WRITTEN.match(item.text or ""):
                item.text = f"{mark}. {(item.text or '').lstrip()}"
            number += step


def is_numbered(item: etree._Element) -> bool:
    """Whether an item carries its own mark, in HTML or as trafilatura writes it."""
    parent = item.getparent()
    ordered = parent is not None and (parent.tag == "ol" or parent.get("rend") == "ol")
    return ordered and _WRITTEN.match(item.text or "") is not None


def begins_item(element: etree._Element) -> bool:
    """Whether nothing but a mark stands before an element in its item."""
    while element.getprevious() is None and (parent := element.getparent()) is not None:
        if parent.tag in ITEMS:
            return _MARK.fullmatch(parent.text or "") is not None
        if (parent.text or "").strip():
            return False
        element = parent
    return False


def ends_item(element: etree._Element) -> bool:
    """Whether an element is the last of its item."""
    parent = element.getparent()
    last = element.getnext() is None and not (element.tail or "").strip()
    return last and parent is not None and parent.tag in ITEMS


def _whole(written: str | None, otherwise: int) -> int:
    match = _WHOLE.match(written or "")
    return int(match.group(1)) if match else otherwise
