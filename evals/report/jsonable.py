"""A comparison as JSON values."""

from __future__ import annotations

from typing import Any

from evals.compare import Comparison, Flip, MetricChange
from evals.report.words import verdict


def comparison_json(comparison: Comparison) -> dict[str, Any]:
    """Everything a comparison says."""
    return {
        "object": "comparison",
        "first": comparison.first,
        "second": comparison.second,
        "cases": comparison.cases,
        "left_out": comparison.left_out,
        "notes": list(comparison.notes),
        "metrics": {item.metric.name: _change(item) for item in comparison.changes},
        "tags": {
            tag: {item.metric.name: _change(item) for item in changes} for tag, changes in comparison.tags.items()
        },
        "flips": [_flip(flip) for flip in comparison.flips],
    }


def _change(item: MetricChange) -> dict[str, Any]:
    change = item.change
    return {
        "n": change.n,
        "unpaired": item.unpaired,
        "first": change.first,
        "second": change.second,
        "difference": change.difference,
        "low": change.interval.low,
        "high": change.interval.high,
        "p_value": change.p_value,
        "verdict": verdict(item),
    }


def _flip(flip: Flip) -> dict[str, Any]:
    return {
        "id": flip.first["id"],
        "question": flip.first["question"],
        "better": flip.better,
        "first": flip.first["outcome"] and flip.first["outcome"]["answer"],
        "second": flip.second["outcome"] and flip.second["outcome"]["answer"],
    }
