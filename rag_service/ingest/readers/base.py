"""What every reader returns and raises."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
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


def join_lines(lines: Iterable[str], limits: Limits) -> str:
    """Lines one below the other; UnreadableError once they are too long: rows with names grow far beyond their file."""
    found: list[str] = []
    length = 0
    for line in lines:
        found.append(line)
        length += len(line) + 1
        if length > limits.max_characters:
            raise UnreadableError(f"writes out to more than max_characters ({limits.max_characters}); split it")
    return "\n".join(found)


Reader = Callable[[bytes, Limits], Extracted]
