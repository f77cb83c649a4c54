"""What the readers of HTML trees ask of an element."""

from __future__ import annotations

import re

from lxml import etree

UNFIT = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # lxml reads, but never writes it
_STRING = etree.XPath("string()", smart_strings=False)  # in C: elements within elements are asked again and again


def text_of(element: etree._Element) -> str:
    """All text within an element, as it stands there."""
    return str(_STRING(element))


def detach(element: etree._Element) -> None:
    """Take an element out of its tree, but leave the text behind it."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        ahead = parent.text if before is None else before.tail
        text = UNFIT.sub("", (ahead or "") + element.tail)
        if before is None:
            parent.text = text
        else:
            before.tail = text
    parent.remove(element)
