"""The mark before the item of a numbered list: '4. Credits', '(2) Je Tag ...'."""

from __future__ import annotations

import re

from rag_service.text.days import opens_with_date

_MARK = re.compile(r"\s*\(?\d{1,3}[.)]\s+")


def mark_end(text: str) -> int:
    """How many characters of a text are its list mark; a day that opens it ('3. Mai ...') is none."""
    mark = _MARK.match(text)
    return 0 if mark is None or opens_with_date(text) else mark.end()
