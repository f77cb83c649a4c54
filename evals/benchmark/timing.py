"""How long work takes."""

from __future__ import annotations

import time
from collections.abc import Callable


def seconds(work: Callable[[], object]) -> float:
    """On the clock."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def costs(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds on the clock, and of the processors: these tell more on a busy machine."""
    started = time.process_time()
    elapsed = seconds(work)
    return elapsed, time.process_time() - started
