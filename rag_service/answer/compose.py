"""Draft statements to the answer's text: quotes verified, markers set, offsets kept."""

from __future__ import annotations

from rag_service.answer.cite import CitationBook
from rag_service.models import Citation, DraftStatement, Quote, Statement, Warning


class Composer:
    """Builds one answer; ``text`` is what was released so far.

    Nothing is released before the first statement that keeps a citation: an answer without any
    verified citation never reaches the reader.
    """

    def __init__(self, book: CitationBook) -> None:
        self.book = book
        self.text = ""
        self.statements: list[Statement] = []
        self._held: list[DraftStatement] = []

    def add(self, draft: DraftStatement) -> tuple[str, list[Citation]]:
        """The text this statement releases and the citations first used in it."""
        made: list[Citation] = []
        numbers: list[int] = []
        for quote in draft.quotes:
            number, citation = self.book.cite(quote)
            if number is not None and number not in numbers:
                numbers.append(number)
            if citation is not None:
                made.append(citation)
        if not numbers and not self.statements:
            self._held.append(draft)
            return "", []
        before = len(self.text)
        for held in self._held:
            self._release(held.text, (), False)
        self._held.clear()
        self._release(draft.text, tuple(numbers), draft.supported and bool(numbers))
        return self.text[before:], made

    def warnings(self) -> tuple[Warning, ...]:
        """What the reader should know about the check."""
        found: list[Warning] = []
        if self.book.dropped:
            said = "quotes do not stand in their source text and were dropped"
            found.append(_counted("citations_dropped", self.book.dropped, said))
        if self.book.gone:
            said = "quotes were dropped, as their documents were replaced or deleted during the answer"
            found.append(_counted("sources_changed", self.book.gone, said))
        unsupported = sum(not statement.supported for statement in self.statements)
        if unsupported:
            found.append(
                Warning("unsupported_statements", f"{unsupported} statements are not borne out by what they cite.")
            )
        return tuple(found)

    def _release(self, text: str, numbers: tuple[int, ...], supported: bool) -> None:
        separator = " " if self.text else ""
        start = len(self.text) + len(separator)
        markers = "".join(f"[{number}]" for number in numbers)
        self.text += separator + text + (f" {markers}" if markers else "")
        self.statements.append(Statement(text, start, start + len(text), numbers, supported))


def _counted(code: str, quotes: list[Quote], said: str) -> Warning:
    sources = ", ".join(sorted({quote.passage.source for quote in quotes}))
    return Warning(code, f"{len(quotes)} {said}: {sources}.")
