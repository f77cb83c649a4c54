"""Days in lines of a passage: of what the text tells about, not the document's own."""

from __future__ import annotations

import re

from rag_service.models import Passage
from rag_service.text.dates import after_date, iso_date
from rag_service.text.days import find_dates, within

_HEAD = 600  # characters of a document in which its dateline stands
_WORD = re.compile(r"(?!(?:uhr|bis|ab|von|um|und|from|to|until|till|at|and|a\.?m|p\.?m|h)\b)\b[^\W\d_]", re.IGNORECASE)


def opens_with_day(passage: Passage, start: int, text: str) -> bool:
    """Whether a line of a passage begins with a day that is not the document's dateline."""
    written = iso_date(text)
    return written is not None and _is_day(written) and not _is_own(passage, start, written)


def is_time(text: str) -> bool:
    """Whether a line is a day, with or without times of day, and nothing else."""
    rest = after_date(text)
    return rest is not None and _WORD.search(rest) is None


def names_day(passage: Passage, start: int, text: str) -> bool:
    """Whether a line of a passage holds a day that is not the document's dateline."""
    days = [date.norm for date in find_dates(text) if _is_day(date.norm)]
    return bool(days) and not any(_is_own(passage, start, day) for day in days)


def _is_day(date: str) -> bool:
    return len(date) >= len("2019-04-25") or (date.startswith("--") and len(date) == len("--04-25"))


def _is_own(passage: Passage, start: int, day: str) -> bool:
    """Whether a day at the head of a document is that of its publication."""
    published = passage.published
    at_head = passage.start + start < _HEAD
    return at_head and published is not None and (within(day[:10], published) or within(published[:10], day[:10]))
