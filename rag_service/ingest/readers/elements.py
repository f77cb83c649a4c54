"""What the readers of HTML trees ask of an element."""

from __future__ import annotations

from lxml import etree


def text_of(element: etree._Element) -> str:
    """All text within an element, as it stands there."""
    return "".join(str(part) for part in element.itertext())
