"""Documents, from a file to what is stored of it; offsets are code points of the source text, half open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

MetadataValue = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a paginated document, as a span of its source text; numbers start at 1."""

    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Document:
    """One source file as extracted text plus metadata; not yet stored.

    ``source`` is the path relative to the ingested root with forward slashes; ``published`` is an
    ISO 8601 date as precise as known (``2019``, ``2019-04``, ``2019-04-23``, ``2019-04-23T08:44``);
    ``language`` an ISO 639-1 code, ``und`` when unknown; ``sha256`` the hex digest of the file's bytes.
    """

    source: str
    text: str
    sha256: str
    title: str
    language: str
    media_type: str
    published: str | None = None
    metadata: Mapping[str, MetadataValue] = field(default_factory=dict)
    pages: tuple[Page, ...] = ()


@dataclass(frozen=True, slots=True)
class Chunk:
    """A contiguous span of a document; ``text == document.text[start:end]``; ``tokens`` of the embedder."""

    ordinal: int
    start: int
    end: int
    text: str
    tokens: int


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document's live version as the catalog knows it; times are Unix seconds."""

    id: str
    version_id: str
    collection: str
    source: str
    title: str
    published: str | None
    language: str
    media_type: str
    sha256: str
    characters: int
    chunks: int
    metadata: Mapping[str, MetadataValue]
    created: int
    updated: int


@dataclass(frozen=True, slots=True)
class SourceText:
    """A version's stored source text and its pages: what citations are verified against."""

    text: str
    pages: tuple[Page, ...]


@dataclass(frozen=True, slots=True)
class Upload:
    """A document handed over rather than found in a folder: the bytes of a file, or text."""

    source: str
    data: bytes | None = None
    text: str | None = None
    metadata: Mapping[str, MetadataValue] = field(default_factory=dict)
    published: str | None = None


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """Some documents of a collection in the order of their sources; ``next`` continues after the last."""

    items: tuple[StoredDocument, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class StoredText:
    """A chunk's id and text as a store has them."""

    chunk_id: str
    text: str
