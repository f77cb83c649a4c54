"""Trying again after a failure that may pass: exponential backoff with jitter, or the time the server asks for."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from typing import TypeVar

from rag_service.errors import Stopping
from rag_service.transient import Transient

_LONGEST_WAIT = 60.0

T = TypeVar("T")


def with_retries(attempt: Callable[[], T], attempts: int, backoff: float, stopped: threading.Event) -> T:
    """Call until it succeeds; after ``attempts`` transient failures raise the last one's error.

    The n-th wait is drawn from the upper half of ``backoff * 2**n`` seconds, but never shorter than the server
    asked for, and never longer than a minute. Once ``stopped`` is set, nothing is tried or waited for: Stopping.
    """
    for number in range(attempts):
        if stopped.is_set():
            raise Stopping
        try:
            return attempt()
        except Transient as failure:
            if number + 1 == attempts:
                raise failure.error from failure
            # Not for secrets: spreading out clients that failed together.
            drawn = backoff * 2**number * random.uniform(0.5, 1.0)
            stopped.wait(min(max(drawn, failure.retry_after or 0.0), _LONGEST_WAIT))
    raise ValueError("at least one attempt is needed")
