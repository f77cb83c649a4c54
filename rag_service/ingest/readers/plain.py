"""Plain text, as it stands, but for words that the ends of its lines cut in two."""

from __future__ import annotations

import re

from rag_service.ingest.limits import Limits
from rag_service.ingest.readers.base import Extracted
from rag_service.ingest.readers.decode import decode
from rag_service.ingest.readers.hyphens import Hyphens, has_broken_words, mend_lines

_BREAKS = re.compile(r"\r\n?|\n")


def read(data: bytes, limits: Limits) -> Extracted:
    """The decoded text, line for line."""
    text = decode(data)
    lines = _BREAKS.split(text)
    return Extracted(("\n".join(mend_lines(lines, Hyphens(lines))) if has_broken_words(lines) else text,))
