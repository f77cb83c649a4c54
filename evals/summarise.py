"""From result records to figures: for the whole set and by tag, with what was left out and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from evals.folder import FORMAT, Record
from evals.metrics import abstention, calibration
from evals.metrics.decisions import Rows, Statistic, value
from evals.metrics.latency import percentiles
from evals.metrics.registry import metrics
from evals.metrics.statistics import Interval, interval, mean_interval

DIGITS = 6
NO_CONFIDENCE = "the answer states no confidence"


def summarise(records: Sequence[Record]) -> Record:
    """Summary of a run's result records, JSON values."""
    tags = sorted({tag for record in records for tag in record["tags"]})
    outcomes = [record["outcome"] for record in records if record["outcome"] is not None]
    rows, _, _ = decision_rows(records, needs_confidence=True)
    bins = calibration.reliability(rows)
    return {
        "format": FORMAT,
        "cases": len(records),
        "failed": Counter(record["error"]["code"] for record in records if record["error"]),
        "metrics": aggregate(records),
        "tags": {
            tag: {"cases": len(tagged), "metrics": aggregate(tagged)}
            for tag in tags
            if (tagged := [record for record in records if tag in record["tags"]])
        },
        "calibration": [{key: round(value, DIGITS) for key, value in asdict(item).items()} for item in bins],
        "abstentions": Counter(item["abstention"]["reason"] for item in outcomes if item["abstention"]),
        "answerers": Counter(item["answerer"] for item in outcomes),
        "models": sorted({item["model"] for item in outcomes if item["model"]}),
        "prompts": _prompts(outcomes),
        "warnings": Counter(warning["code"] for item in outcomes for warning in item["warnings"]),
    }


def aggregate(records: Sequence[Record]) -> dict[str, Record]:
    """Every metric's figure over some records: n, skipped, unscored and why, mean, 95 % interval."""
    figures = {}
    for name, metric in metrics().items():
        if metric.over == "set":
            figures[name] = _set_figure(records, name)
            continue
        values = [record["scores"][name] for record in records if name in record["scores"]]
        reasons = Counter(record["unscored"][name] for record in records if name in record["unscored"])
        bounds = mean_interval(np.array(values)) if values else None
        mean = float(np.mean(values)) if values else None
        figures[name] = _figure(len(records), len(values), reasons, mean, bounds)
    return figures


def set_statistic(name: str) -> Statistic:
    """The statistic behind a set-level metric."""
    known: dict[str, Statistic] = {
        "abstention_precision": abstention.precision,
        "abstention_recall": abstention.recall,
        "abstention_f1": abstention.f1,
        "false_abstentions": abstention.false_abstentions,
        "abstention_balanced_accuracy": abstention.balanced_accuracy,
        "confidence_auroc": calibration.auroc,
        "calibration_error": calibration.expected_error,
    }
    return known[name]


def decision_rows(records: Sequence[Record], *, needs_confidence: bool) -> tuple[Rows, list[str], Counter[str]]:
    """Rows (answerable, abstained, confidence), the ids they belong to, and reasons for those left out."""
    rows, ids, reasons = [], [], Counter[str]()
    for record in records:
        outcome = record["outcome"]
        if outcome is None:
            reasons[record["error"]["code"]] += 1
        elif needs_confidence and outcome["confidence"] is None:
            reasons[NO_CONFIDENCE] += 1
        else:
            confidence = outcome["confidence"]
            rows.append([record["answerable"], not outcome["answered"], np.nan if confidence is None else confidence])
            ids.append(record["id"])
    return np.array(rows, dtype=np.float64).reshape(-1, 3), ids, reasons


def uses_confidence(name: str) -> bool:
    """Whether a set-level metric rests on the confidence instead of the decision."""
    return name in ("confidence_auroc", "calibration_error")


def summarise_times(times: Sequence[Mapping[str, Any]], started: float, seconds: float) -> Record:
    """Latency percentiles in milliseconds by stage, when the run began (Unix seconds) and what it took."""
    stages = ("retrieve_ms", "answer_ms", "total_ms", "waited_ms")
    return {
        "format": FORMAT,
        "started": round(started, 3),
        "seconds": round(seconds, 3),
        **{stage: percentiles([row[stage] for row in times if row.get(stage) is not None]) for stage in stages},
    }


def _set_figure(records: Sequence[Record], name: str) -> Record:
    rows, _, reasons = decision_rows(records, needs_confidence=uses_confidence(name))
    statistic = set_statistic(name)
    mean = value(statistic, rows) if len(rows) else None
    if mean is None:
        return _figure(len(records), 0, reasons, None, None)
    return _figure(len(records), len(rows), reasons, mean, interval(rows, statistic))


def _figure(total: int, n: int, reasons: Counter[str], mean: float | None, bounds: Interval | None) -> Record:
    unscored = sum(reasons.values())
    return {
        "n": n,
        "skipped": total - n - unscored,
        "unscored": unscored,
        "reasons": dict(sorted(reasons.items())),
        "mean": None if mean is None else round(mean, DIGITS),
        "low": None if bounds is None else round(bounds.low, DIGITS),
        "high": None if bounds is None else round(bounds.high, DIGITS),
    }


def _prompts(outcomes: Sequence[Mapping[str, Any]]) -> list[Record]:
    found = {
        (item["prompt"]["name"], item["prompt"]["version"], item["prompt"]["sha256"])
        for item in outcomes
        if item["prompt"]
    }
    return [{"name": name, "version": version, "sha256": digest} for name, version, digest in sorted(found)]
