"""Extracted text to a Document: normalised once, pages placed, title, date and language found."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from pathlib import PurePosixPath

from rag_service.ingest.limits import Limits
from rag_service.ingest.readers.base import Extracted, UnreadableError
from rag_service.models import Document, MetadataValue, Page
from rag_service.text.datelines import find_dateline
from rag_service.text.dates import iso_date
from rag_service.text.languages import detect_language
from rag_service.text.normalise import normalise

_TITLE_CHARACTERS = 160
_BLANK = "\n\n"
_NAMED_DATE = re.compile(
    r"(?<!\d)(?:(?:19|20)\d\d[-_](?:0[1-9]|1[0-2])(?:[-_](?:0[1-9]|[12]\d|3[01]))?"
    r"|(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
    r"|(?:0?[1-9]|[12]\d|3[01])\.(?:0?[1-9]|1[0-2])\.(?:19|20)\d\d)(?![-_.]?\d)"
)
_TABLES = ("text/csv", "text/tab-separated-values")  # their first line is no title


def assemble(source: str, sha256: str, media_type: str, extracted: Extracted, limits: Limits) -> Document:
    """The document; UnreadableError when no text is left or too much of it."""
    text, pages = _joined(extracted)
    if not text.strip():
        raise UnreadableError("holds no text; there is nothing to ingest")
    if len(text) > limits.max_characters:
        raise UnreadableError(
            f"holds {len(text)} characters, more than the {limits.max_characters} that ingest.max_characters "
            "allows; raise the setting or split the file"
        )
    return Document(
        source=source,
        text=text,
        sha256=sha256,
        title=_title(extracted.title, "" if media_type in _TABLES else text, source),
        language=extracted.language or detect_language(text),
        media_type=media_type,
        published=_published(extracted, text, source),
        metadata={clean(key): _clean_value(value) for key, value in extracted.metadata.items()},
        pages=pages,
    )


def clean(value: str) -> str:
    """A metadata string on one line, normalised like the text."""
    return " ".join(normalise(value).split())


def _clean_value(value: MetadataValue) -> MetadataValue:
    return clean(value) if isinstance(value, str) else value


def _joined(extracted: Extracted) -> tuple[str, tuple[Page, ...]]:
    parts: list[str] = []
    pages: list[Page] = []
    length = 0
    for index, page in enumerate(extracted.pages):
        text = normalise(page)
        join = extracted.joins[index] if index < len(extracted.joins) else _BLANK
        parts.extend((text, join if index + 1 < len(extracted.pages) else ""))
        pages.append(Page(index + 1, length, length + len(text)))
        length += len(text) + len(parts[-1])
    text = "".join(parts)
    if not unicodedata.is_normalized("NFC", text):  # a combining mark at the head of a page that was joined
        return _joined(replace(extracted, joins=()))
    return text, tuple(pages) if extracted.paginated else ()


def _title(given: str | None, text: str, source: str) -> str:
    """The given title, else the first line without its label, cut at a word; else the file's stem."""
    title = clean(given or "") or clean(_first_line(text)).lstrip("#>*|- ")
    title = title or clean(PurePosixPath(source).stem)
    if len(title) <= _TITLE_CHARACTERS:
        return title
    return title[:_TITLE_CHARACTERS].rsplit(" ", 1)[0].rstrip(",;:") + " \u2026"


def _first_line(text: str) -> str:
    for line in text[:5_000].split("\n"):
        words = _without_label(line.strip())
        if any(character.isalpha() for character in words):
            return words
    return ""


def _without_label(line: str) -> str:
    """The line without a leading `date 2019-04`."""
    parts = line.split(None, 2)
    if len(parts) > 1 and parts[0].lower().rstrip(":") in ("date", "datum") and iso_date(parts[1]):
        return parts[2] if len(parts) > 2 else ""
    return line


def _published(extracted: Extracted, text: str, source: str) -> str | None:
    """The date the file states, else its text's dateline, its name's date, or the day its format records."""
    stated = iso_date(extracted.published) if extracted.published else None
    dateline = find_dateline(text) if stated is None or len(stated) < len("2019-04-25") else None
    if stated and dateline and dateline.startswith(stated):
        return dateline
    recorded = iso_date(extracted.created) if extracted.created else None
    return stated or dateline or _named_date(source) or (recorded[:10] if recorded else None)


def _named_date(source: str) -> str | None:
    """The one date with a month in a file's name: '2024-05-14 Protokoll.docx'."""
    found = _NAMED_DATE.findall(PurePosixPath(source).stem)
    return iso_date(found[0].replace("_", "-")) if len(found) == 1 else None
