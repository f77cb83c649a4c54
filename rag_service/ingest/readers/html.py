"""Web pages: main content without navigation and hidden parts, metadata from tags and JSON-LD."""

from __future__ import annotations

import re
from copy import deepcopy

import lxml.html
from lxml import etree

from rag_service.ingest.limits import Limits
from rag_service.ingest.readers.base import Extracted, UnreadableError
from rag_service.ingest.readers.decode import decode, decode_as
from rag_service.ingest.readers.elements import detach, text_of
from rag_service.ingest.readers.html_metadata import page_metadata
from rag_service.ingest.readers.html_shapes import keep_shapes
from rag_service.ingest.readers.markup import prepare, visible_text

_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([a-zA-Z0-9_.:-]+)", re.IGNORECASE)
_BOILERPLATE = ("nav", "footer", "aside")
_SHARE = 0.5  # of the text outside links
_SHORT = _LEAST = 250  # characters


def read(data: bytes, limits: Limits) -> Extracted:
    """The page's main text as blocks; all visible text when no main content stands out."""
    tree = parse(decode_html(data))
    if tree is None:
        raise UnreadableError("holds no HTML element; check that the page was saved whole")
    metadata = page_metadata(tree)
    prepare(tree)
    text = main_text(tree)
    return Extracted(
        (text,),
        title=metadata.title,
        published=metadata.published,
        language=metadata.language,
        metadata={"author": metadata.author} if metadata.author else {},
    )


def decode_html(data: bytes) -> str:
    """Text of a page by its byte-order mark, then its own declaration, then its bytes."""
    declared = _CHARSET.search(data[:4096])
    if declared and not data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        text = decode_as(declared.group(1).decode("ascii"), data)
        if text is not None:
            return text
    return decode(data)


def parse(markup: str) -> etree._Element | None:
    """The page's tree; None when there is nothing to parse."""
    cleaned = "".join(character for character in markup if character >= " " or character in "\t\n\r")
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        root: etree._Element | None = lxml.html.document_fromstring(
            cleaned.encode("utf-8", "replace"), parser=parser, ensure_head_body=True
        )
    except etree.ParserError:
        return None
    if any(error.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for error in parser.error_log):
        raise UnreadableError("is nested too deeply; flatten it")  # the parser drops all that follows
    return root


def main_text(tree: etree._Element) -> str:
    """Main content by trafilatura; all visible text where that finds little, or too little of what is no link."""
    everything, linked = _everything(tree)
    main = max((_extracted(tree, least) for least in (0, _LEAST)), key=lambda text: text.count("\n\n"))
    return main if len(main) >= max(_SHORT, _SHARE * (len(everything) - linked)) else everything


def _extracted(tree: etree._Element, least: int) -> str:
    """What trafilatura takes for the main text.

    ``least`` is the size below which it tries other ways: these make one paragraph of a short page, but keep the
    headings of a page that is not marked up as an article.
    """
    import trafilatura
    from trafilatura.settings import use_config

    config = use_config()
    config["DEFAULT"]["MIN_EXTRACTED_SIZE"] = str(least)
    copy = deepcopy(tree)
    keep_shapes(copy)
    etree.strip_attributes(copy, "style")  # what hides is gone; 'overflow:hidden', which trafilatura drops, does not
    found = trafilatura.bare_extraction(
        copy,
        include_comments=False,
        include_tables=True,
        favor_recall=True,
        with_metadata=False,
        config=config,
    )
    body = getattr(found, "body", None)
    return visible_text(body) if body is not None else ""


def _everything(tree: etree._Element) -> tuple[str, int]:
    """Visible text outside marked boilerplate, and how many of its characters are links."""
    copy: etree._Element = etree.fromstring(etree.tostring(tree), parser=etree.XMLParser(recover=True, huge_tree=True))
    detach(list(copy.iter(*_BOILERPLATE)))
    linked = sum(len(text_of(link)) for link in copy.iter("a"))
    return visible_text(copy), linked
