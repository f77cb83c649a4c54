"""Finished runs as they are read: a run folder, or a baseline, which is a run without passages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.damage import damage, with_every_metric
from evals.errors import RunError
from evals.folder import Record, RunFolder, write_files
from evals.metrics.registry import JUDGED

OUTCOME_KEPT = ("answered", "answer", "confidence", "abstention", "answerer", "model")
ASKED = ("history", "filters")
DIGEST = "case_sha256"
RECORD_KEPT = (
    "id", DIGEST, "question", *ASKED, "tags", "answerable", "expected", "error", "scores", "unscored", "ranks",
)  # fmt: skip
MEASURED_BY = (
    ("judge", "judge", JUDGED),
    ("similarity", "encoder", ("answer_similarity",)),
)


@dataclass(frozen=True, slots=True)
class Run:
    """A complete run; ``times`` is empty for a baseline."""

    path: Path
    config: Record
    summary: Record
    latency: Record
    records: tuple[Record, ...]
    times: tuple[Record, ...]

    @property
    def name(self) -> str:
        """Name of its folder."""
        return self.path.resolve().name


@dataclass(frozen=True, slots=True)
class Pairs:
    """Records of the same cases in the same order.

    Left out are the ids under which one run has another case than the other, and those that only one has.
    """

    first: list[Record]
    second: list[Record]
    changed: list[str]
    alone: list[str]


def load_run(path: Path) -> Run:
    """The run of a folder; RunError when it is none, unfinished, or from another version."""
    folder = RunFolder(path)
    config, summary, records, latency = folder.config(), folder.summary(), folder.results(), folder.latency()
    if why := damage(config, summary, latency, records):
        raise RunError(f"{path} is damaged: {why}.")
    times = folder.times()
    if times and len(times) != len(records):
        raise RunError(f"{path} is damaged: it holds the times of {len(times)} of {len(records)} cases.")
    return Run(path, config, with_every_metric(summary), latency, tuple(records), tuple(times))


def newest_run(parent: Path) -> Path:
    """The run folder that was finished last; RunError when there is none."""
    finished = sorted(parent.glob("*/summary.json"), key=lambda path: path.stat().st_mtime)
    if not finished:
        raise RunError(f"No finished run in {parent}; make one with `rag-service eval run`.")
    return finished[-1].parent


def save_baseline(run: Run, path: Path) -> None:
    """Write what comparing and the gate need of a run: scores and answers by case, no passages.

    RunError when something else than an earlier baseline is there.
    """
    if path.exists() and not _may_hold_a_baseline(path):
        raise RunError(f"{path} is there and is no baseline, which would take its place; name another folder.")
    path.mkdir(parents=True, exist_ok=True)
    write_files(path, run.config, [_slim(record) for record in run.records], [], run.summary, run.latency)


def different_cases(first: Run, second: Run) -> list[str]:
    """Why two runs cannot be compared as they stand, in words; empty when they can."""
    found = []
    one, two = _by_id(first.records), _by_id(second.records)
    for name, missing in ((first.name, two.keys() - one.keys()), (second.name, one.keys() - two.keys())):
        if missing:
            found.append(f"{name} lacks {len(missing)} cases of the other: {shortened(sorted(missing))}")
    if not found and first.config["dataset"]["sha256"] != second.config["dataset"]["sha256"]:
        found.append("the cases changed between them")
    if first.config["corpus_sha256"] != second.config["corpus_sha256"]:
        found.append("the corpus changed between them")
    return found


def paired(first: Run, second: Run, *, common: bool = False) -> Pairs:
    """The cases of two runs side by side; RunError when the runs are over other cases.

    With ``common``, the cases that both have and that ask and expect the same are compared.
    """
    problems = different_cases(first, second)
    if problems and not common:
        raise RunError(
            f"{first.name} and {second.name} are not over the same cases: {'; '.join(problems)}. "
            "Run both again, or compare the cases they share with --common."
        )
    one, two = _by_id(first.records), _by_id(second.records)
    shared = [key for key in one if key in two and _are_the_same(one[key], two[key])]
    if not shared:
        raise RunError(f"{first.name} and {second.name} have no case in common.")
    changed, alone = (one.keys() & two.keys()) - set(shared), one.keys() ^ two.keys()
    return Pairs([one[key] for key in shared], [two[key] for key in shared], sorted(changed), sorted(alone))


def incomparable(first: Run, second: Run) -> dict[str, str]:
    """Why a metric of two runs was not measured alike, by metric: another judge, or another encoder."""
    found: dict[str, str] = {}
    for key, what, names in MEASURED_BY:
        one, two = first.config.get(key), second.config.get(key)
        if one != two:
            found |= dict.fromkeys(names, _unlike(what, one, two))
    return found


def shortened(names: Sequence[str], limit: int = 5) -> str:
    """The first few names, and how many more there are."""
    shown = ", ".join(names[:limit])
    return shown if len(names) <= limit else f"{shown} and {len(names) - limit} more"


def counted(codes: Mapping[str, int]) -> str:
    """How many there are of each code, in one line."""
    return ", ".join(f"{count} × {code}" for code, count in codes.items())


def _may_hold_a_baseline(path: Path) -> bool:
    """Whether a folder is empty or a baseline, whose times are none."""
    times = path / "times.jsonl"
    return path.is_dir() and (not any(path.iterdir()) or (times.is_file() and times.stat().st_size == 0))


def _by_id(records: Sequence[Record]) -> dict[str, Record]:
    return {record["id"]: record for record in records}


def _are_the_same(one: Record, two: Record) -> bool:
    """Whether two records are of one case; those of earlier versions say only in part what it asks and expects."""
    if DIGEST in one and DIGEST in two:
        return bool(one[DIGEST] == two[DIGEST])
    said = [key for key in ASKED if key in one and key in two]
    return all(one[key] == two[key] for key in ("question", "answerable", "expected", *said))


def _unlike(what: str, one: Any, two: Any) -> str:
    if one is None or two is None:
        return f"one run has no {what}"
    first, second = (value["model"] if isinstance(value, dict) else value for value in (one, two))
    return f"the {what}s differ, {first} and {second}" if first != second else f"the {what}'s prompts differ"


def _slim(record: Record) -> Record:
    outcome = record["outcome"]
    slim = {key: record[key] for key in RECORD_KEPT if key in record}
    slim["outcome"] = None if outcome is None else {key: outcome[key] for key in OUTCOME_KEPT}
    return slim
