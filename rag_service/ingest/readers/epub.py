"""E-books: chapters in reading order, metadata from the package document."""

from __future__ import annotations

import posixpath
import urllib.parse
import zipfile
from collections.abc import Iterable

from lxml import etree

from rag_service.ingest.limits import Limits
from rag_service.ingest.readers.base import Extracted, UnreadableError
from rag_service.ingest.readers.html import decode_html, parse
from rag_service.ingest.readers.markup import prepare, visible_text
from rag_service.ingest.readers.zipped import open_zip
from rag_service.models import MetadataValue

_CONTAINER = "META-INF/container.xml"
_DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"


def read(data: bytes, limits: Limits) -> Extracted:
    """Text of the spine's documents; each starts after a blank line."""
    archive = open_zip(data, limits)
    try:
        package_path = _package_path(archive)
        package = _xml(archive.read(package_path))
        held = set(archive.namelist())
        chapters = [_chapter(archive.read(name)) for name in _spine(package, package_path) if name in held]
    except (KeyError, etree.XMLSyntaxError, zipfile.BadZipFile, StopIteration) as error:
        raise UnreadableError(f"is not a well-formed e-book: {error}; convert it again to EPUB") from error
    creator = _dublin_core(package, "creator")
    metadata: dict[str, MetadataValue] = {"author": creator} if creator else {}
    language = (_dublin_core(package, "language") or "")[:2].lower()
    return Extracted(
        ("\n\n".join(chapter for chapter in chapters if chapter),),
        title=_dublin_core(package, "title"),
        published=_dublin_core(package, "date"),
        language=language or None,
        metadata=metadata,
    )


def _xml(data: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    root: etree._Element = etree.fromstring(data, parser)
    return root


def _package_path(archive: zipfile.ZipFile) -> str:
    container = _xml(archive.read(_CONTAINER))
    rootfile = next(element for element in container.iter("{*}rootfile"))
    return rootfile.get("full-path") or ""


def _spine(package: etree._Element, package_path: str) -> Iterable[str]:
    """The chapters' names in reading order, each once."""
    folder = posixpath.dirname(package_path)
    hrefs = {item.get("id"): item.get("href") or "" for item in package.iter("{*}item")}
    found = [
        hrefs[reference.get("idref")] for reference in package.iter("{*}itemref") if reference.get("idref") in hrefs
    ]
    return dict.fromkeys(posixpath.normpath(posixpath.join(folder, urllib.parse.unquote(href))) for href in found)


def _chapter(data: bytes) -> str:
    tree = parse(decode_html(data))
    if tree is None:
        return ""
    prepare(tree)
    return visible_text(tree)


def _dublin_core(package: etree._Element, name: str) -> str | None:
    element = next(package.iter(f"{_DUBLIN_CORE}{name}"), None)
    return " ".join((element.text or "").split()) or None if element is not None else None
