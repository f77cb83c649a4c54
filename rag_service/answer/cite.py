"""The citation check: a quote stands at its offsets in the stored source text, or there is no citation."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable

from rag_service.errors import UnknownDocument
from rag_service.models import Citation, Page, Quote, SourceText

ReadSource = Callable[[str], SourceText]


class CitationBook:
    """Verifies quotes and numbers the citations of one answer, in order of first use.

    ``dropped`` holds quotes that failed the check, ``gone`` those whose document was replaced or deleted since it was
    found, ``citations`` what passed.
    """

    def __init__(self, read_source: ReadSource) -> None:
        self._read_source = read_source
        self._numbers: dict[tuple[str, int, int], int] = {}
        self.citations: list[Citation] = []
        self.dropped: list[Quote] = []
        self.gone: list[Quote] = []

    def cite(self, quote: Quote) -> tuple[int | None, Citation | None]:
        """The citation's number, None if the quote failed; the citation itself only at its first use."""
        key = (quote.passage.version_id, quote.start, quote.end)
        if key in self._numbers:
            return self._numbers[key], None
        try:
            source = self._read_source(quote.passage.version_id)
        except UnknownDocument:
            self.gone.append(quote)
            return None, None
        citation = _verified(quote, source, len(self.citations) + 1)
        if citation is None:
            self.dropped.append(quote)
            return None, None
        self._numbers[key] = citation.number
        self.citations.append(citation)
        return citation.number, citation


def _verified(quote: Quote, source: SourceText, number: int) -> Citation | None:
    passage = quote.passage
    if not passage.start <= quote.start < quote.end <= passage.end:
        return None
    expected = quote.text
    if not expected.strip() or source.text[quote.start : quote.end] != expected:
        return None
    return Citation(
        number=number,
        document_id=passage.document_id,
        version_id=passage.version_id,
        source=passage.source,
        title=passage.title,
        published=passage.published,
        quote=expected,
        start=quote.start,
        end=quote.end,
        start_line=source.text.count("\n", 0, quote.start) + 1,
        end_line=source.text.count("\n", 0, quote.end - 1) + 1,
        start_page=page_of(source.pages, quote.start),
        end_page=page_of(source.pages, quote.end - 1),
        score=quote.score,
    )


def page_of(pages: tuple[Page, ...], offset: int) -> int | None:
    """The number of the page that holds a code point; None for documents without pages."""
    if not pages:
        return None
    index = bisect_right(pages, offset, key=lambda page: page.start) - 1
    return pages[max(index, 0)].number
