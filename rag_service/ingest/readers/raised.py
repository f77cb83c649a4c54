"""Raised and lowered figures, which plain text would glue to what stands before them."""

from __future__ import annotations

from lxml import etree

from rag_service.ingest.readers.elements import text_of

_FIGURES = "0123456789+-\u2212=()"
_RAISED = str.maketrans(f"{_FIGURES}n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿ")
_LOWERED = str.maketrans(_FIGURES, "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
_BETWEEN = frozenset(", ;*")


def as_figures(tag: str, text: str, before: str) -> str:
    """What a `sup` or `sub` holds behind some text: 10⁶, CO₂, and word¹ for a note; letters, as in 1st, stay."""
    raised, bare = tag == "sup", text.strip()
    characters = _RAISED if raised else _LOWERED
    if not bare or not (raised or before[-1:].strip()):
        return text
    if all(ord(character) in characters or character in _BETWEEN for character in bare):
        return bare.translate(characters)
    return f"^{bare}" if raised and bare[0].isdigit() else text


def write_figures(root: etree._Element) -> None:
    """Write the figures of a page's `sup` and `sub` elements as characters of their own."""
    for element in list(root.iter("sup", "sub")):
        text = text_of(element)
        written = as_figures(str(element.tag), text, _before(element))
        if written != text:
            for child in list(element):
                element.remove(child)
            element.text = written


def _before(element: etree._Element) -> str:
    sibling, parent = element.getprevious(), element.getparent()
    if sibling is not None:
        return sibling.tail or text_of(sibling)
    return (parent.text or "") if parent is not None else ""
