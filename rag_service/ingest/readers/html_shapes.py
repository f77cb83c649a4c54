"""Elements that the extraction of main text would drop, in shapes that it keeps."""

from __future__ import annotations

from lxml import etree

from rag_service.ingest.readers.elements import detach, text_of

_NAMES = (
    "address article aside blockquote details div dl fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header "
    "hr main nav ol p pre section summary table ul"
)
_BLOCKS = tuple(_NAMES.split())
_BOXES = ("details", "summary", "figure", "figcaption", "address")
_PLAIN = ("time", "label", "output", "q")


def keep_shapes(root: etree._Element) -> None:
    """Boxes become paragraphs, text within sentences plain, and what is preformatted code."""
    etree.strip_tags(root, *_PLAIN)
    for box in list(root.iter(*_BOXES)):
        box.tag = "div"
        _wrap_bare(box)
    _put_before_tables(list(root.iter("caption")))
    for block in list(root.iter("pre")):
        _make_code(block)


def _wrap_bare(box: etree._Element) -> None:
    """Put text that stands beside blocks into paragraphs."""
    paragraph = etree.Element("p")
    paragraph.text, box.text = box.text, None
    for child in list(box):
        if next(child.iter(*_BLOCKS), None) is None:
            paragraph.append(child)
            continue
        _insert(child, paragraph)
        paragraph = etree.Element("p")
        paragraph.text, child.tail = child.tail, None
    box.append(paragraph)


def _insert(child: etree._Element, paragraph: etree._Element) -> None:
    if len(paragraph) or (paragraph.text or "").strip():
        child.addprevious(paragraph)


def _put_before_tables(captions: list[etree._Element]) -> None:
    """Make tables' captions paragraphs, not their first rows."""
    tables = {caption: next(caption.iterancestors("table"), None) for caption in captions}
    detach(caption for caption, table in tables.items() if table is not None)
    for caption, table in tables.items():
        if table is not None:
            caption.tag, caption.tail = "div", None
            _wrap_bare(caption)
            table.addprevious(caption)


def _make_code(block: etree._Element) -> None:
    for line_break in block.iter("br"):
        line_break.tail = f"\n{line_break.tail or ''}"
    text = text_of(block)
    for child in list(block):
        block.remove(child)
    block.text = None
    etree.SubElement(block, "code").text = text
