"""What Word, PowerPoint and Excel files record about themselves."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from rag_service.ingest.readers.base import Extracted
from rag_service.models import MetadataValue

# python-docx and python-pptx leave their template's own date and names in the files they write.
_TEMPLATE_AUTHORS = frozenset({"python-docx", "openpyxl", "Steve Canny"})
_TEMPLATE_DATES = frozenset({datetime(2013, 12, 23, 23, 15), datetime(2013, 1, 27, 9, 14, 16)})
_TEMPLATE_TITLES = frozenset({"PowerPoint Presentation", "PowerPoint-Präsentation", "Word Document"})


def reason(error: Exception) -> str:
    """What python-docx or python-pptx objects to, without the name of the stream in memory that they were given."""
    return re.sub(r"^file '<[^>]*>' ", "", str(error))


def core_metadata(properties: Any, pages: tuple[str, ...], heading: str | None, paginated: bool = False) -> Extracted:
    """The pages with the core properties: title, author, keywords, creation date."""
    created = properties.created if isinstance(properties.created, datetime) else None
    known = created is not None and created.replace(tzinfo=None) not in _TEMPLATE_DATES
    metadata: dict[str, MetadataValue] = {}
    author = (getattr(properties, "author", None) or getattr(properties, "creator", None) or "").strip()
    if author and author not in _TEMPLATE_AUTHORS:
        metadata["author"] = author
    if properties.keywords:
        metadata["keywords"] = str(properties.keywords).strip()
    title = (properties.title or "").strip()
    return Extracted(
        pages,
        paginated=paginated,
        title=title if title and title not in _TEMPLATE_TITLES else heading,
        created=created.isoformat() if created is not None and known else None,
        metadata=metadata,
    )
