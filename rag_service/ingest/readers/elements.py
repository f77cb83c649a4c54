"""What the readers of HTML trees ask of an element."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

_STRING = etree.XPath("string()", smart_strings=False)  # in C: elements within elements are asked again and again


def text_of(element: etree._Element) -> str:
    """All text within an element, as it stands there."""
    return str(_STRING(element))


def detach(elements: Iterable[etree._Element]) -> None:
    """Take elements, in their document's order, out of its tree, but leave the text behind them."""
    texts: dict[etree._Element, list[str]] = {}  # joined once: what stands behind one may be long with many others'
    tails: dict[etree._Element, list[str]] = {}
    for element in elements:
        parent = element.getparent()
        if parent is None:
            continue
        if element.tail:
            before = element.getprevious()
            if before is None:
                texts.setdefault(parent, [parent.text or ""]).append(element.tail)
            else:
                tails.setdefault(before, [before.tail or ""]).append(element.tail)
        parent.remove(element)
    for element, parts in texts.items():
        element.text = "".join(parts)
    for element, parts in tails.items():
        element.tail = "".join(parts)
