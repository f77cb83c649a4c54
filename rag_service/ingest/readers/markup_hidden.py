"""What a page keeps from its reader's eye: by attributes, and by rules for a class or an id."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import combinations

from lxml import etree

from rag_service.ingest.readers.elements import detach, text_of
from rag_service.ingest.readers.style_sheets import (
    FONT_SIZE,
    declarations,
    gives_size,
    hiding_properties,
    is_for_screens,
    rules,
)

_UNREAD = ("script", "style", "template", "noscript")
_NAME = re.compile(r"(\*|[a-z][\w-]*)?([.#][\w-]+)?([.#][\w-]+)?", re.IGNORECASE)
_COMBINATOR = re.compile(r"[\s>+~]+")
_PAIRED = 16  # names of an element that are looked up by twos


@dataclass(frozen=True, slots=True)
class Styles:
    """What a page's style sheets hide: properties by the selectors `.class`, `#id` and `tag.class`."""

    hiding: dict[str, set[str]] = field(default_factory=dict)
    showing: dict[str, set[str]] = field(default_factory=dict)  # by two names at once: `.tab.active`
    sized: set[str] = field(default_factory=set)  # what any rule may give letters of its own size


_NO_STYLES = Styles()


def drop_hidden(root: etree._Element) -> None:
    """Remove comments, scripts and whatever attributes or simple style rules keep from the reader's eye."""
    detach(list(root.iter("noscript", "template")))  # with their style sheets: no browser follows them
    styles = _read_styles(root)
    _show_what_opens(root, styles)
    detach([element for element in root.iter() if is_hidden(element, styles)])
    _drop_sizeless(root, styles)


def is_hidden(element: etree._Element, styles: Styles = _NO_STYLES) -> bool:
    """Whether attributes or rules keep an element, with all that is within it, from the reader's eye."""
    if not isinstance(element.tag, str):
        return True
    if element.tag in _UNREAD:
        return True
    if element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return True
    return not _hiding(element, styles) <= {FONT_SIZE}


def is_sizeless(element: etree._Element, styles: Styles = _NO_STYLES) -> bool:
    """Whether an element's letters are of no size; those of elements within it may have one again."""
    return FONT_SIZE in _hiding(element, styles)


def _hiding(element: etree._Element, styles: Styles) -> set[str]:
    names = _names(element) if styles.hiding else []
    hiding: set[str] = set().union(*(styles.hiding.get(name, ()) for name in names))
    if hiding and styles.showing:
        plain = sorted(name for name in names if name[0] in ".#")[:_PAIRED]
        hiding.difference_update(*(styles.showing.get(one + two, ()) for one, two in combinations(plain, 2)))
    style = element.get("style")
    if style:
        declared = declarations(style)
        hiding = (hiding - declared.keys()) | hiding_properties(declared)
    return {name.rstrip("!") for name in hiding}


def _names(element: etree._Element) -> list[str]:
    """The simple selectors that an element answers to."""
    names = [f".{name}" for name in (element.get("class") or "").split()]
    if element.get("id"):
        names.append(f"#{element.get('id')}")
    return [*names, *(f"{element.tag}{name}" for name in names)]


def _read_styles(root: etree._Element) -> Styles:
    styles = Styles()
    for style in root.iter("style"):
        if not is_for_screens(style.get("media") or ""):
            continue
        for selectors, declared in rules(style.text or ""):
            hiding, sized = hiding_properties(declared), gives_size(declared)
            for selector in selectors:
                subject = _COMBINATOR.split(selector)[-1]
                if sized and (name := _NAME.match(subject)):
                    styles.sized.add("*" if subject.startswith("[") else _key(name))
                simple = _NAME.fullmatch(selector)
                if simple and simple[3]:
                    shown = styles.showing.setdefault("".join(sorted(simple.group(2, 3))), set())
                    shown.update(declared.keys() - hiding)
                elif simple:  # the last word on a property counts
                    known = styles.hiding.setdefault(_key(simple), set())
                    known.difference_update(declared)
                    known.update(hiding)
    return styles


def _key(name: re.Match[str]) -> str:
    tag = "" if name[1] == "*" and name[2] else (name[1] or "").lower()
    return f"{tag}{name[2] or ''}"


def _show_what_opens(root: etree._Element, styles: Styles) -> None:
    """Take the mark of what is hidden off panels that a visible tab opens, and off what a search in the page opens."""
    panels: set[str | None] = set()
    labels: set[str | None] = set()
    for tab in [element for element in root.iter(etree.Element) if element.get("role") == "tab"]:
        named = bool(text_of(tab).strip())
        if named and not any(is_hidden(element, styles) for element in (tab, *tab.iterancestors())):
            panels.update((tab.get("aria-controls") or "").split())
            labels.update({tab.get("id")} - {None})
    for element in root.iter(etree.Element):
        if element.get("role") == "tabpanel":
            opens = element.get("id") in panels or not labels.isdisjoint((element.get("aria-labelledby") or "").split())
        else:
            opens = (element.get("hidden") or "").lower() == "until-found"
        for attribute in ("hidden", "aria-hidden") if opens else ():
            element.attrib.pop(attribute, "")


def _drop_sizeless(root: etree._Element, styles: Styles) -> None:
    """Remove letters of no size, and elements without others: columns stand in boxes that are so to close up gaps."""
    sizeless: dict[etree._Element, None] = {}
    around: set[etree._Element] = set()
    for element in root.iter(etree.Element):
        if is_sizeless(element, styles):
            sizeless[element] = None
        elif (parent := element.getparent()) in sizeless:
            if not _has_size(element, styles):
                sizeless[element] = None
                continue
            while parent in sizeless and parent not in around:
                around.add(parent)
                parent = parent.getparent()
    gone = [element for element in sizeless if element not in around]
    for element in sizeless:
        element.text = " " if element.text else None
        for child in element:  # columns stay apart as words do
            child.tail = " " if child.tail and (child in around or child not in sizeless) else None
    detach(gone)


def _has_size(element: etree._Element, styles: Styles) -> bool:
    if element.tag == "font" and element.get("size"):
        return True
    if gives_size(declarations(element.get("style") or "")):
        return True
    return not styles.sized.isdisjoint(("*", str(element.tag), *_names(element)))
