"""The lines of a reply that are no sentences: headings, what announces a list, and rows of a table."""

from __future__ import annotations

import re

from rag_service.answer.clean import unlisted

_HEADING = re.compile(r"\s*#{1,6}\s+\S")
_FENCE = re.compile(r"\s*(?:`{3,}|~{3,})[ \t]*[\w+#.-]*[ \t]*(?:\n|$)")  # with the language of the code
_RULE = re.compile(r"[\s|:+=_-]+")
_INTRODUCTION = re.compile(  # announces the answer, and says nothing itself
    r"\W*(?:(?:hier (?:ist|sind|folg)|(?:die|meine) antwort|antwort|natürlich|gerne?|klar|zusammen(?:fassung|gefasst)"
    r"|here (?:is|are|'s)|the answer|answer|sure|certainly|of course|summary|in summary|to summari[sz]e)\b.*"
    r"|(?:laut|gemäß|nach|basierend auf|aus|in|auf grundlage|auf basis|based on|according to|from) (?:\w+ ){1,3}?"
    r"(?:passagen?|dokumente?n?|quellen?|texte?n?|informationen|angaben|passages?|documents?|sources?|texts?|information)"
    r"(?: \w+){0,2})\W*",
    re.IGNORECASE | re.DOTALL,
)


class Layout:
    """Reads a reply's sentences in their order and gives each what it needs of the lines before it."""

    def __init__(self) -> None:
        self._lead = ""
        self._columns: list[str] | None = None

    def plain(self, text: str, *, cited: bool) -> str:
        """The sentence, with what announced it or the names of its columns; empty while it says nothing alone."""
        fence = _FENCE.match(text)
        text = text[fence.end() :] if fence else text
        row = text.strip()
        if not row:
            return ""
        if row.startswith("|"):
            self._lead = ""
            return self._row(row, cited=cited)
        self._columns = None
        if _HEADING.match(text) and not cited:
            self._lead = ""
            return ""
        if row.endswith(":") and not cited:
            self._lead = "" if _INTRODUCTION.fullmatch(row) else row
            return ""
        lead, self._lead = self._lead, ""
        return f"{lead} {unlisted(text)}" if lead else text

    def _row(self, row: str, *, cited: bool) -> str:
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        if _RULE.fullmatch(row):
            return ""
        if self._columns is None:
            self._columns = [] if cited else cells
            if not cited:
                return ""
        named = len(cells) == len(self._columns)
        pairs = zip(self._columns, cells, strict=True) if named else (("", cell) for cell in cells)
        return "; ".join(f"{name}: {cell}" if name else cell for name, cell in pairs if cell)
