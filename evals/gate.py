"""The gate: thresholds and no significant regression, each check with its reason."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import yaml

from evals.cases.yaml_nodes import NodeReader
from evals.compare import metric_changes
from evals.errors import DatasetError, RunError
from evals.metrics.registry import metrics, unknown_metric
from evals.report.words import chance
from evals.runs import Run, different_cases, incomparable, load_run, paired

BASELINE_HINT = "make a new one with `rag-service eval baseline RUN`, or name your own gate with --gate FILE"

MOST_LOST = 0.1  # share of a check's cases without a score, or with one in only one of the two runs


@dataclass(frozen=True, slots=True)
class Bound:
    """Least and greatest value of a metric that pass."""

    metric: str
    least: float | None
    greatest: float | None


@dataclass(frozen=True, slots=True)
class Gate:
    """What a run must fulfil; ``baseline`` None means that nothing is compared."""

    bounds: tuple[Bound, ...]
    baseline: Path | None
    alpha: float
    guarded: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """One condition, whether it holds, and why."""

    name: str
    passed: bool
    reason: str


def load_gate(path: Path) -> Gate:
    """The gate of a YAML file; DatasetError lists every problem with its line."""
    if not path.is_file():
        raise DatasetError([f"{path}: no such file"])
    reader = NodeReader(path)
    root = reader.root()
    keys = reader.mapping(root, "the gate", ("thresholds", "baseline", "regression")) if root else {}
    bounds = _bounds(reader, keys["thresholds"]) if "thresholds" in keys else ()
    baseline = path.parent / reader.text(keys["baseline"], "baseline") if "baseline" in keys else None
    alpha, guarded = 0.05, tuple(bound.metric for bound in bounds)
    if "regression" in keys:
        inner = reader.mapping(keys["regression"], "regression", ("alpha", "metrics"))
        if "alpha" in inner:
            alpha = _number(reader, inner["alpha"], "alpha")
            if not 0.0 < alpha < 1.0:
                reader.problem(inner["alpha"], "alpha must be between 0 and 1")
        if "metrics" in inner:
            guarded = tuple(_metric(reader, item) for item in reader.items(inner["metrics"], "metrics"))
        if baseline is None:
            reader.problem(keys["regression"], "regression needs a baseline")
    if root is not None and not (bounds or (baseline and guarded)):
        reader.problem(root, "the gate holds nothing that could fail: it needs thresholds, or a baseline with metrics")
    if reader.problems:
        raise DatasetError(reader.problems)
    return Gate(bounds, baseline, alpha, guarded)


def check(run: Run, gate: Gate) -> list[Check]:
    """Every condition of the gate on a run; RunError when the baseline is over other cases."""
    checks = [_check_failures(run), *(_check_bound(run, bound) for bound in gate.bounds)]
    if gate.baseline is not None:
        if not gate.baseline.is_dir():
            raise RunError(f"The baseline {gate.baseline} does not exist; {BASELINE_HINT}.")
        checks += _check_regression(run, load_run(gate.baseline), gate)
    return checks


def _check_failures(run: Run) -> Check:
    failed: dict[str, int] = run.summary["failed"]
    if not failed:
        return Check("all cases answered", True, f"{run.summary['cases']} cases, none failed")
    reasons = ", ".join(f"{count} {code}" for code, count in failed.items())
    return Check("all cases answered", False, f"{sum(failed.values())} of {run.summary['cases']} failed: {reasons}")


def _check_bound(run: Run, bound: Bound) -> Check:
    figure = run.summary["metrics"].get(bound.metric)
    limits = [f"at least {bound.least:g}"] if bound.least is not None else []
    limits += [f"at most {bound.greatest:g}"] if bound.greatest is not None else []
    name = f"{bound.metric} {' and '.join(limits)}"
    if figure is None or figure["mean"] is None:
        return Check(name, False, "has no value in this run")
    value, n, lost = figure["mean"], figure["n"], figure["unscored"]
    good = (bound.least is None or value >= bound.least) and (bound.greatest is None or value <= bound.greatest)
    reason = f"{value:.4f} over {n} cases [{figure['low']:.4f}, {figure['high']:.4f}]"
    return _unless_lost(Check(name, good, f"{reason}, {lost} unscored" if lost else reason), n, lost)


def _check_regression(run: Run, baseline: Run, gate: Gate) -> list[Check]:
    """A check for every guarded metric, whether or not there is something to compare."""
    problems = different_cases(baseline, run)
    if problems:
        raise RunError(f"The baseline {baseline.path} does not fit the run: {'; '.join(problems)}; {BASELINE_HINT}.")
    pairs, unlike = paired(baseline, run), incomparable(baseline, run)
    changes = {item.metric.name: item for item in metric_changes(pairs.first, pairs.second, only=gate.guarded)}
    checks = []
    for metric in dict.fromkeys(gate.guarded):
        name = f"no regression of {metric}"
        if metric in unlike or metric not in changes:
            checks.append(Check(name, False, unlike.get(metric) or _without_value(metric, baseline, run)))
            continue
        change, lost = changes[metric].change, changes[metric].unpaired
        worse = changes[metric].significant(gate.alpha) and not changes[metric].better
        cases = f"over {change.n} cases" + (f", {lost} unpaired" if lost else "")
        figures = f"{change.first:.4f} -> {change.second:.4f} ({change.difference:+.4f}, p {_told(change.p_value)})"
        checks.append(_unless_lost(Check(name, not worse, f"{figures} {cases}"), change.n, lost))
    return checks


def _told(p_value: float) -> str:
    told = chance(p_value)
    return told if told.startswith("<") else f"= {told}"


def _without_value(metric: str, baseline: Run, run: Run) -> str:
    for side, held in (("the baseline", baseline), ("this run", run)):
        if not held.summary["metrics"].get(metric, {"n": 0})["n"]:
            return f"{side} has no value for it"
    return "no case has a value in both runs"


def _unless_lost(made: Check, n: int, lost: int) -> Check:
    """The check, failed when so many of its cases have no score that the others do not stand for them."""
    return made if lost / (n + lost) <= MOST_LOST else Check(made.name, False, f"{made.reason}: too many to tell")


def _bounds(reader: NodeReader, node: yaml.Node) -> tuple[Bound, ...]:
    if not isinstance(node, yaml.MappingNode):
        reader.problem(node, "thresholds must be a mapping of metrics")
        return ()
    found = []
    for key, value in node.value:
        inner = reader.mapping(value, str(key.value), ("min", "max"))
        limits = {name: _number(reader, item, f"{key.value}: {name}") for name, item in inner.items()}
        if not limits:
            reader.problem(key, f"{key.value} needs min or max")
        found.append(Bound(_metric(reader, key), limits.get("min"), limits.get("max")))
    return tuple(found)


def _metric(reader: NodeReader, node: yaml.Node) -> str:
    name = reader.text(node, "metric")
    if name not in metrics():
        reader.problem(node, unknown_metric(name))
    return name


def _number(reader: NodeReader, node: yaml.Node, what: str) -> float:
    try:
        value = float(reader.text(node, what))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        reader.problem(node, f"{what} must be a number")
    return value
