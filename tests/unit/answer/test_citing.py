"""Quotes against the stored source text, and what becomes of the answer's text."""

from dataclasses import replace

import pytest

from rag_service.answer.cite import CitationBook, page_of
from rag_service.answer.compose import Composer
from rag_service.errors import UnknownDocument
from rag_service.models import DraftStatement, Page, Quote, SourceText
from tests.fakes import TEXT, passage

FIRST = Quote(passage(), 0, 46, 0.8)
SECOND = Quote(passage(), 47, 71, 0.7)


def read(text: str = TEXT, pages: tuple[Page, ...] = ()):
    return lambda version_id: SourceText(text, pages)


def test_a_quote_at_its_offsets_becomes_a_citation_with_lines_and_pages():
    text = "Erste Zeile\n" + TEXT
    shifted = passage(start=12, end=12 + len(TEXT))
    book = CitationBook(read(text, (Page(1, 0, 12), Page(2, 12, len(text)))))
    number, citation = book.cite(Quote(shifted, 12, 58, 0.8))
    assert number == 1
    assert citation.quote == TEXT[0:46]
    assert (citation.start_line, citation.end_line) == (2, 2)
    assert (citation.start_page, citation.end_page) == (2, 2)


def test_a_quote_across_lines_and_pages_ends_where_its_last_character_stands():
    text = "Erste Zeile\n" + TEXT
    book = CitationBook(read(text, (Page(1, 0, 12), Page(2, 12, len(text)))))
    _, citation = book.cite(Quote(passage(text=text, end=len(text)), 6, 58, 0.8))
    assert citation.quote == "Zeile\n" + TEXT[0:46]
    assert (citation.start_line, citation.end_line) == (1, 2)
    assert (citation.start_page, citation.end_page) == (1, 2)
    _, first = book.cite(Quote(passage(text=text, end=len(text)), 0, 12, 0.8))  # with its line break
    assert (first.start_line, first.end_line, first.end_page) == (1, 1, 1)


def test_a_citation_is_told_once_and_keeps_its_number():
    book = CitationBook(read())
    assert book.cite(FIRST)[1] is not None
    assert book.cite(SECOND)[0] == 2
    assert book.cite(FIRST) == (1, None)


@pytest.mark.parametrize(
    "quote",
    [
        Quote(passage(), 0, 1000, 1.0),  # leaves the passage
        Quote(passage(), 5, 5, 1.0),  # empty
        Quote(passage(), 8, 9, 1.0),  # a blank
        Quote(passage(text="Kim traf am 26. April 2019 in Wladiwostok ein."), 0, 46, 1.0),  # the source says 25
        Quote(passage(start=1, end=1 + len(TEXT)), 1, 47, 1.0),  # stands elsewhere
    ],
)
def test_whatever_does_not_stand_in_the_source_is_dropped(quote):
    book = CitationBook(read())
    assert book.cite(quote) == (None, None)
    assert book.dropped == [quote]
    assert book.citations == []


def test_a_document_removed_meanwhile_is_no_source():
    def gone(version_id: str) -> SourceText:
        raise UnknownDocument(version_id)

    book = CitationBook(gone)
    assert book.cite(FIRST) == (None, None)
    assert (book.gone, book.dropped) == ([FIRST], []), "it is not called false"
    composer = Composer(CitationBook(gone))
    composer.add(DraftStatement("Er kam.", (FIRST,)))
    (warning,) = composer.warnings()
    assert warning.code == "sources_changed" and "notes/besuch.txt" in warning.message


def test_pages_by_offset():
    pages = (Page(1, 0, 10), Page(2, 12, 20))
    assert [page_of(pages, at) for at in (0, 9, 11, 12, 19)] == [1, 1, 1, 2, 2]
    assert page_of((), 3) is None


def test_statements_keep_their_offsets_and_markers_stand_behind_them():
    composer = Composer(CitationBook(read()))
    first, made = composer.add(DraftStatement("Er kam am 25. April.", (FIRST,)))
    second, more = composer.add(DraftStatement("Putin war da.", (SECOND, FIRST)))
    assert first + second == composer.text == "Er kam am 25. April. [1] Putin war da. [2][1]"
    assert [citation.number for citation in made + more] == [1, 2]
    assert [composer.text[s.start : s.end] for s in composer.statements] == ["Er kam am 25. April.", "Putin war da."]
    assert [s.supported for s in composer.statements] == [True, True]
    assert composer.warnings() == ()


def test_nothing_is_released_before_a_verified_citation():
    composer = Composer(CitationBook(read()))
    assert composer.add(DraftStatement("Behauptung ohne Beleg.", ())) == ("", [])
    assert composer.text == ""
    text, _ = composer.add(DraftStatement("Belegt.", (FIRST,)))
    assert text == composer.text == "Behauptung ohne Beleg. Belegt. [1]"
    assert [s.supported for s in composer.statements] == [False, True]
    assert [w.code for w in composer.warnings()] == ["unsupported_statements"]


def test_dropped_quotes_are_counted_and_named():
    composer = Composer(CitationBook(read("ganz anderer Text")))
    composer.add(DraftStatement("Er kam.", (FIRST, replace(SECOND, start=50))))
    assert composer.text == ""
    (warning,) = composer.warnings()
    assert warning.code == "citations_dropped"
    assert "2 quotes" in warning.message and "notes/besuch.txt" in warning.message
