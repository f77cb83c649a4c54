"""A web page's own title, author, date and language: meta tags, JSON-LD, time elements."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from rag_service.ingest.readers.elements import text_of

_PUBLISHED = (
    *("article:published_time", "og:article:published_time", "datepublished", "date", "dc.date", "dc.date.issued"),
    *("dcterms.date", "dcterms.created", "dcterms.issued", "publish-date", "publication_date", "pubdate"),
    *("sailthru.date", "parsely-pub-date"),
)
_AUTHOR = ("author", "article:author", "dc.creator", "dcterms.creator", "parsely-author", "byl")
_TITLE = ("og:title", "dc.title", "twitter:title")


@dataclass(frozen=True, slots=True)
class PageMetadata:
    """What a page says about itself; dates as written."""

    title: str | None
    author: str | None
    published: str | None
    language: str | None


def page_metadata(tree: etree._Element) -> PageMetadata:
    """Metadata of a parsed page."""
    meta = _meta_tags(tree)
    linked = list(_json_ld(tree))
    return PageMetadata(
        title=_first(
            *(_text(item.get("headline")) for item in linked),
            *(meta.get(name) for name in _TITLE),
            _element_text(tree, "h1") if len(list(tree.iter("h1"))) == 1 else None,
            _element_text(tree, "title"),
            _element_text(tree, "h1"),
        ),
        author=_first(*(meta.get(name) for name in _AUTHOR), *(_author(item.get("author")) for item in linked)),
        published=_first(
            *(_text(item.get("datePublished")) for item in linked),
            *(meta.get(name) for name in _PUBLISHED),
            *_times(tree),
        ),
        language=_language(tree, meta),
    )


def _first(*candidates: str | None) -> str | None:
    for candidate in candidates:
        cleaned = " ".join(candidate.split()) if candidate else ""
        if cleaned and not cleaned.startswith(("http://", "https://")):
            return cleaned
    return None


def _meta_tags(tree: etree._Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        content = element.get("content")
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            name = element.get(attribute)
            if name and content:
                found.setdefault(name.lower(), content)
    return found


def _json_ld(tree: etree._Element) -> Iterator[dict[str, Any]]:
    for element in tree.iter("script"):
        if element.get("type") != "application/ld+json" or not element.text:
            continue
        try:
            stack: list[Any] = [json.loads(element.text)]
        except (ValueError, RecursionError):
            continue
        while stack:
            item = stack.pop()
            if isinstance(item, list):
                stack.extend(reversed(item))
            elif isinstance(item, dict):
                stack.append(item.get("@graph"))
                if "headline" in item or "datePublished" in item:
                    yield item


def _times(tree: etree._Element) -> Iterator[str | None]:
    """`time` elements that are marked as the publication, then the first of an article's header."""
    times = [element for element in tree.iter("time") if element.get("datetime")]
    for element in times:
        if element.get("pubdate") is not None or "publ" in (element.get("itemprop") or element.get("class") or ""):
            yield element.get("datetime")
    if len(times) == 1:
        yield times[0].get("datetime")


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _author(value: object) -> str | None:
    if isinstance(value, list):
        names = [name for name in map(_author, value) if name]
        return ", ".join(names) or None
    return _text(value.get("name")) if isinstance(value, dict) else _text(value)


def _element_text(tree: etree._Element, name: str) -> str | None:
    element = next(tree.iter(name), None)
    return text_of(element) if element is not None else None


def _language(tree: etree._Element, meta: dict[str, str]) -> str | None:
    root = next(tree.iter("html"), None)
    declared = (root.get("lang") or root.get("xml:lang")) if root is not None else None
    declared = declared or meta.get("content-language")
    code = (declared or "").strip().lower().replace("_", "-").split("-")[0]
    return code if len(code) == 2 and code.isalpha() else None
