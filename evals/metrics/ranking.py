"""Ranking metrics: ``gains[i]`` says how many relevant items rank i + 1 holds, or whether it holds one.

``total`` is the number of relevant items there are; items must be distinct. Definitions as in trec_eval.
"""

from __future__ import annotations

import math
from collections.abc import Sequence


def hit(gains: Sequence[int], k: int) -> float:
    """1 when a relevant item is among the first k, else 0."""
    return float(any(gains[:k]))


def recall(gains: Sequence[int], total: int, k: int) -> float:
    """Share of the relevant items that are among the first k."""
    return sum(gains[:k]) / total


def precision(gains: Sequence[int], k: int) -> float:
    """Share of the first k ranks that hold a relevant item; ranks beyond the list hold none."""
    return sum(gain > 0 for gain in gains[:k]) / k


def reciprocal_rank(gains: Sequence[int]) -> float:
    """1 / rank of the first relevant item, 0 without one; its mean is MRR."""
    return next((1 / rank for rank, gain in enumerate(gains, start=1) if gain), 0.0)


def ndcg(gains: Sequence[int], total: int, k: int) -> float:
    """Discounted gain of the first k, log2(rank + 1) discount, over that of the best order.

    In the best order each item that was not found has a rank of its own, after those that were.
    Järvelin and Kekäläinen, Cumulated gain-based evaluation of IR techniques, 2002.
    """
    return graded_ndcg(gains, [*gains, *[1] * (total - sum(gains))], k)


def graded_ndcg(gains: Sequence[int], grades: Sequence[int], k: int) -> float:
    """As ``ndcg``, where ``gains[i]`` is the grade of rank i + 1, and ``grades`` are those of all relevant items."""
    return _discounted(gains[:k]) / _discounted(sorted(grades, reverse=True)[:k])


def _discounted(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1))


def first_rank(gains: Sequence[int]) -> int | None:
    """Rank of the first relevant item, from 1; None without one."""
    return next((rank for rank, gain in enumerate(gains, start=1) if gain), None)
