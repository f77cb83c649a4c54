"""When two calendar dates agree."""

from __future__ import annotations


def within(part: str, whole: str) -> bool:
    """Whether a date is the other one or says less of it: 2019-04 and --04-25 of 2019-04-25, --04 of --04-25."""
    if part.startswith("--"):
        rest = whole[2:] if whole.startswith("--") else whole.partition("-")[2]
        return f"{rest}-".startswith(f"{part[2:]}-")
    return f"{whole}-".startswith(f"{part}-")
