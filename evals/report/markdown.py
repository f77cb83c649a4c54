"""Markdown for pull requests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from evals.compare import Comparison
from evals.gate import Check
from evals.metrics.registry import metrics
from evals.report.words import HEADLINE, bounds, chance, number, signed, signed_bounds, verdict
from evals.runs import Run, counted

SHOWN_FLIPS = 20


def run_markdown(run: Run) -> str:
    """Headline figures of a run as a table."""
    lines = [f"### {run.config['dataset']['name']}: {run.summary['cases']} cases", ""]
    lines += ["| Metric | Value | 95 % interval | n | skipped | unscored |", "|---|--:|--:|--:|--:|--:|"]
    for name in HEADLINE:
        figure = run.summary["metrics"][name]
        cells = (
            metrics()[name].label,
            number(figure["mean"]),
            bounds(figure),
            *(figure[key] for key in ("n", "skipped", "unscored")),
        )
        lines.append(_row(cells))
    if run.summary["failed"]:
        reasons = counted(run.summary["failed"])
        lines += ["", f"{sum(run.summary['failed'].values())} cases failed and have no scores: {reasons}."]
    times = run.latency["total_ms"]
    if times:
        lines += ["", f"Latency of an answer: p50 {times['p50']:.0f} ms, p95 {times['p95']:.0f} ms."]
    return "\n".join(lines) + "\n"


def comparison_markdown(comparison: Comparison) -> str:
    """Differences of the headline figures and whatever else is significant; the flipped cases folded away."""
    lines = [f"### {comparison.first} → {comparison.second}, {comparison.cases} cases", ""]
    lines += [*(f"- {_escaped(note)}" for note in comparison.notes), ""] if comparison.notes else []
    lines += [
        "| Metric | n | unpaired | before | after | difference | 95 % interval | p | |",
        "|---|--:|--:|--:|--:|--:|--:|--:|---|",
    ]
    for item in comparison.changes:
        if item.metric.name in HEADLINE or item.significant():
            change, name = item.change, item.metric.name
            lines.append(
                _row(
                    (
                        item.metric.label,
                        change.n,
                        item.unpaired,
                        number(change.first, name),
                        number(change.second, name),
                        signed(item),
                        signed_bounds(item, " to "),
                        chance(change.p_value),
                        verdict(item),
                    )
                )
            )
    worse = sum(not flip.better for flip in comparison.flips)
    lines += ["", f"{len(comparison.flips)} cases flipped, {worse} of them for the worse.", ""]
    if comparison.flips:
        lines += ["<details><summary>Flipped cases</summary>", ""]
        lines += ["| Case | before | after |", "|---|---|---|"]
        for flip in sorted(comparison.flips, key=lambda flip: flip.better)[:SHOWN_FLIPS]:
            question = f"{'better' if flip.better else 'worse'}: {flip.first['question']}"
            lines.append(_row((question, _said(flip.first), _said(flip.second))))
        lines += ["", "</details>"]
    return "\n".join(lines) + "\n"


def gate_markdown(checks: Sequence[Check]) -> str:
    """The gate's checks as a table."""
    passed = all(check.passed for check in checks)
    lines = [f"### Gate {'met' if passed else 'not met'}", "", "| | Check | Reason |", "|---|---|---|"]
    lines += [_row(("ok" if check.passed else "**failed**", check.name, check.reason)) for check in checks]
    return "\n".join(lines) + "\n"


def _said(record: dict[str, Any]) -> str:
    return str(record["outcome"]["answer"]) if record["outcome"] else f"failed: {record['error']['code']}"


def _row(cells: Sequence[object]) -> str:
    escaped = (_escaped(cell).replace("|", "\\|") for cell in cells)
    return f"| {' | '.join(escaped)} |"


def _escaped(text: object) -> str:
    return " ".join(str(text).split()).replace("<", "&lt;")
