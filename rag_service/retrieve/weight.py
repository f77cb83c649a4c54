"""How much the dense score counts for one question."""

from __future__ import annotations

from collections.abc import Sequence


def dense_share(query: str, base: float, lexical_scores: Sequence[float]) -> float:
    """The dense weight for this question, around ``base``."""
    return base
