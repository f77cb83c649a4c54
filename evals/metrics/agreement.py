"""Agreement of two raters on the same cases."""

from __future__ import annotations

from collections.abc import Hashable, Sequence


def cohen_kappa(first: Sequence[Hashable], second: Sequence[Hashable]) -> float | None:
    """Agreement beyond chance: 1 is perfect, 0 is chance; None without cases or when chance agrees fully.

    Cohen, A coefficient of agreement for nominal scales, 1960.
    """
    n = len(first)
    if n == 0:
        return None
    observed = sum(a == b for a, b in zip(first, second, strict=True)) / n
    labels = set(first) | set(second)
    chance = sum(first.count(label) * second.count(label) for label in labels) / (n * n)
    return None if chance == 1 else (observed - chance) / (1 - chance)
