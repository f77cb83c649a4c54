"""Agreement of the judge with people's labels on the same answers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.errors import DatasetError
from evals.folder import Record
from evals.metrics.agreement import cohen_kappa


@dataclass(frozen=True, slots=True)
class Agreement:
    """Cohen's kappa over the cases that both labelled; ``disagreed`` are their ids."""

    n: int
    unjudged: int
    agreed: int
    kappa: float | None
    disagreed: tuple[str, ...]


def read_labels(path: Path) -> dict[str, bool]:
    """Labels by case id from JSON lines {"id": ..., "correct": true}; DatasetError names the bad lines."""
    labels: dict[str, bool] = {}
    problems = []
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        if not line.strip():
            continue
        record = _parsed(line)
        if record is None or not isinstance(record.get("correct"), bool) or "id" not in record:
            problems.append(f'{path}:{number}: a label is {{"id": ..., "correct": true or false}}')
        elif str(record["id"]) in labels:
            problems.append(f"{path}:{number}: case '{record['id']}' is labelled twice")
        else:
            labels[str(record["id"])] = record["correct"]
    if not labels and not problems:
        problems.append(f"{path}: no labels")
    if problems:
        raise DatasetError(problems)
    return labels


def agreement(records: Sequence[Record], labels: Mapping[str, bool]) -> Agreement:
    """How far ``judge_correct`` agrees with the labels; DatasetError for a label without a case."""
    known = {record["id"] for record in records}
    strangers = sorted(labels.keys() - known)
    if strangers:
        raise DatasetError([f"labels name cases that the run does not have: {', '.join(strangers)}"])
    verdicts = {record["id"]: record["scores"].get("judge_correct") for record in records}
    both = [name for name in labels if verdicts[name] is not None]
    judged, human = [verdicts[name] == 1.0 for name in both], [labels[name] for name in both]
    disagreed = tuple(name for name, one, two in zip(both, judged, human, strict=True) if one != two)
    kappa = cohen_kappa(judged, human)
    return Agreement(len(both), len(labels) - len(both), len(both) - len(disagreed), kappa, disagreed)


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        record = json.loads(line)
    except ValueError:
        return None
    return record if isinstance(record, dict) else None
