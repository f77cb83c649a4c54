"""Ranking metrics over binary relevance: ``gains[i]`` says whether the item at rank i + 1 is relevant.

``total`` is the number of relevant items there are; items must be distinct. Definitions as in trec_eval.
"""

from __future__ import annotations

import math
from collections.abc import Sequence


def hit(gains: Sequence[bool], k: int) -> float:
    """1 when a relevant item is among the first k, else 0."""
    return float(any(gains[:k]))


def recall(gains: Sequence[bool], total: int, k: int) -> float:
    """Share of the relevant items that are among the first k."""
    return sum(gains[:k]) / total


def precision(gains: Sequence[bool], k: int) -> float:
    """Share of the first k ranks that hold a relevant item; ranks beyond the list hold none."""
    return sum(gains[:k]) / k


def reciprocal_rank(gains: Sequence[bool]) -> float:
    """1 / rank of the first relevant item, 0 without one; its mean is MRR."""
    return next((1 / rank for rank, gain in enumerate(gains, start=1) if gain), 0.0)


def ndcg(gains: Sequence[bool], total: int, k: int) -> float:
    """Discounted gain of the first k, log2(rank + 1) discount, over that of the best order.

    Järvelin and Kekäläinen, Cumulated gain-based evaluation of IR techniques, 2002.
    """
    found = sum(1 / math.log2(rank + 1) for rank, gain in enumerate(gains[:k], start=1) if gain)
    best = sum(1 / math.log2(rank + 1) for rank in range(1, min(total, k) + 1))
    return found / best


def first_rank(gains: Sequence[bool]) -> int | None:
    """Rank of the first relevant item, from 1; None without one."""
    return next((rank for rank, gain in enumerate(gains, start=1) if gain), None)
