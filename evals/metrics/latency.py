"""Latency percentiles."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

PERCENTILES = (50, 90, 95, 99)


def percentiles(milliseconds: Sequence[float]) -> dict[str, float]:
    """p50, p90, p95, p99, mean and max in milliseconds; empty for no values."""
    if not milliseconds:
        return {}
    values = np.percentile(milliseconds, PERCENTILES)
    figures = {f"p{level}": round(float(value), 2) for level, value in zip(PERCENTILES, values, strict=True)}
    return figures | {
        "mean": round(float(np.mean(milliseconds)), 2),
        "max": round(float(np.max(milliseconds)), 2),
    }
