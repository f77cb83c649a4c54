"""A circuit breaker: after failures in a row it refuses at once, then lets one trial through."""

from __future__ import annotations

import time
from collections.abc import Callable


class CircuitBreaker:
    """Counts failures in a row; open for ``seconds`` after ``failures`` of them.

    When that time is over a single trial may pass; its outcome closes the breaker or opens it again. ``cause`` is
    what the last failure was.
    """

    def __init__(self, failures: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = failures
        self._seconds = seconds
        self._clock = clock
        self._failures = 0
        self._opened: float | None = None
        self._trial = False
        self.cause = ""

    def wait(self) -> float:
        """Seconds until a request may pass; 0 lets it pass now, as the trial if one is due."""
        if self._opened is None:
            return 0.0
        left = self._opened + self._seconds - self._clock()
        if left > 0:
            return left
        if self._trial:
            return self._seconds
        self._trial = True
        return 0.0

    def succeeded(self) -> None:
        """The endpoint works: close."""
        self._failures, self._opened, self._trial = 0, None, False

    def failed(self, cause: str = "") -> None:
        """One more failure: open when there were enough, or again after a failed trial; ``cause`` is kept."""
        self._failures += 1
        self.cause = cause
        if self._trial or self._failures >= self._limit:
            self._opened = self._clock()
        self._trial = False

    def abandoned(self) -> None:
        """The request ended without telling anything, such as by cancellation: another trial may pass."""
        self._trial = False
