"""What the readers of HTML trees ask of an element."""

from __future__ import annotations

from lxml import etree

_STRING = etree.XPath("string()", smart_strings=False)  # in C: elements within elements are asked again and again


def text_of(element: etree._Element) -> str:
    """All text within an element, as it stands there."""
    return str(_STRING(element))
