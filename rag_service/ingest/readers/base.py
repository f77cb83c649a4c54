"""What every reader returns and raises."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from rag_service.ingest.limits import Limits
from rag_service.models import MetadataValue


class UnreadableError(Exception):
    """A file's content cannot be turned into text; the message gives the reason and the remedy."""


@dataclass(frozen=True, slots=True)
class Extracted:
    """Text as a format gives it, not yet normalised.

    `pages` holds one text a page, or a single one when the format knows no pages; `joins` what stands
    between one page and the next (a blank line when not given). `published` is a date the
    file itself calls its publication, `created` the time its file format records: weaker evidence.
    """

    pages: tuple[str, ...]
    paginated: bool = False
    joins: tuple[str, ...] = ()
    title: str | None = None
    published: str | None = None
    created: str | None = None
    language: str | None = None
    metadata: Mapping[str, MetadataValue] = field(default_factory=dict)


Reader = Callable[[bytes, Limits], Extracted]
