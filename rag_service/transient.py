"""Failures that may pass, and how long an endpoint asks to be left alone until then."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime

from rag_service.errors import ModelError


class Transient(Exception):
    """A failure worth another try: ``error`` is what it amounts to when no try helps.

    ``retry_after`` is the number of seconds the endpoint asked to wait, None if it named none.
    """

    def __init__(self, error: ModelError, retry_after: float | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.retry_after = retry_after


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
