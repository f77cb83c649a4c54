"""Trying again after a failure that may pass: exponential backoff with jitter, or the time the server asks for."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import TypeVar

from rag_service.errors import RagError

_LONGEST_WAIT = 60.0

T = TypeVar("T")


class Transient(Exception):
    """A failure worth another try; ``error`` is what to raise when there is none left."""

    def __init__(self, error: RagError, wait: float | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.wait = wait


def with_retries(attempt: Callable[[], T], attempts: int, backoff: float) -> T:
    """Call until it succeeds; after ``attempts`` transient failures raise the last one's error.

    The n-th wait is drawn from the upper half of ``backoff * 2**n`` seconds, but never shorter than the server
    asked for, and never longer than a minute.
    """
    for number in range(attempts):
        try:
            return attempt()
        except Transient as failure:
            if number + 1 == attempts:
                raise failure.error from failure
            # Not for secrets: spreading out clients that failed together.
            drawn = backoff * 2**number * random.uniform(0.5, 1.0)
            time.sleep(min(max(drawn, failure.wait or 0.0), _LONGEST_WAIT))
    raise ValueError("at least one attempt is needed")


def retry_after(header: str | None) -> float | None:
    """Seconds asked for by a Retry-After header, given as a number or as a date; None without a usable one."""
    if not header:
        return None
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(header).timestamp() - time.time())
    except ValueError:
        return None
