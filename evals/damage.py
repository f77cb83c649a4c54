"""What is wrong with the files of a run that somebody edited, and what an earlier version did not write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evals.folder import Record
from evals.metrics.registry import metrics

NEEDED = {
    "config.json": ("dataset", "corpus_sha256", "target"),
    "summary.json": ("cases", "failed", "metrics", "tags", "calibration"),
    "latency.json": ("started", "seconds", "total_ms"),
    "results.jsonl": (
        "id", "question", "tags", "answerable", "expected", "outcome", "error", "scores", "unscored", "ranks",
    ),
}  # fmt: skip
DATASET = ("name", "sha256", "cases")
NO_VALUE = {"n": 0, "skipped": 0, "unscored": 0, "reasons": {}, "mean": None, "low": None, "high": None}


def damage(config: Record, summary: Record, latency: Record, records: Sequence[Any]) -> str | None:
    """Why the files are not those of a whole run, in words; None when they are."""
    files = (("config.json", config), ("summary.json", summary), ("latency.json", latency))
    read = [*files, *(("results.jsonl", record) for record in records)]
    for name, content in read:
        if not isinstance(content, Mapping):
            return f"it cannot be read in its {name}"
        if lacking := [key for key in NEEDED[name] if key not in content]:
            return f"its {name} has no '{lacking[0]}'"
    dataset = config["dataset"]
    if not isinstance(dataset, Mapping) or any(key not in dataset for key in DATASET):
        return f"its config.json does not say {', '.join(DATASET)} of the dataset"
    distinct = len({record["id"] for record in records})
    if not summary["cases"] == dataset["cases"] == len(records) == distinct:
        return f"it holds {distinct} of {dataset['cases']} cases"
    return None


def with_every_metric(summary: Record) -> Record:
    """The summary, where a metric that an earlier version did not have is one without a value."""
    tags = {tag: content | {"metrics": _every(content["metrics"])} for tag, content in summary["tags"].items()}
    return summary | {"metrics": _every(summary["metrics"]), "tags": tags}


def _every(figures: Record) -> Record:
    return dict.fromkeys(metrics(), NO_VALUE) | figures
