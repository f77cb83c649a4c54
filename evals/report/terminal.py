"""Tables for the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from evals.compare import Comparison, MetricChange
from evals.gate import Check
from evals.metrics.registry import metrics
from evals.report.words import (
    HEADLINE,
    SAME,
    TAG_COLUMNS,
    bounds,
    chance,
    mean_of,
    number,
    reasons,
    signed,
    signed_bounds,
    verdict,
)
from evals.runs import Run
from evals.sweep import SweepRow

STYLES = {"better": "green", "worse": "red"}


def run_tables(run: Run) -> RenderableType:
    """Every metric with n, interval and what was left out; then the tags, latency, and what failed."""
    tags = [_tag_table(run)] if run.summary["tags"] else []
    return Group(_metric_table(run), *tags, _latency_line(run), *_failures(run))


def print_run(run: Run, console: Console) -> None:
    """Print a run's tables."""
    console.print(run_tables(run))
    console.print(Text(f"Run folder: {run.path}", style="dim"), soft_wrap=True)


def comparison_tables(comparison: Comparison) -> RenderableType:
    """Differences by metric and tag, and the cases that flipped; what is the same over all cases is only counted."""
    head = Text(f"{comparison.first} → {comparison.second}, {comparison.cases} cases", style="bold")
    notes = Text("\n".join(comparison.notes), style="yellow")
    table = _table("")
    for name in ("metric", "n", "unpaired", "before", "after", "difference", "95 % interval", "p", ""):
        table.add_column(name, justify="left" if name in ("metric", "") else "right")
    differing = [change for change in comparison.changes if verdict(change) != SAME or change.unpaired]
    for change in differing:
        _add_change(table, change.metric.label, change)
    same = Text(f"{len(comparison.changes) - len(differing)} of {len(comparison.changes)} metrics are the same.")
    tags = _table("Cases handled right, by tag")
    for name in ("tag", "n", "unpaired", "before", "after", "difference", "95 % interval", "p", ""):
        tags.add_column(name, justify="left" if name in ("tag", "") else "right")
    for tag, changes in comparison.tags.items():
        for change in changes:
            if change.metric.name == "case_right":
                _add_change(tags, tag, change)
    flips = Table(title=f"{len(comparison.flips)} cases flipped", title_justify="left", show_lines=True)
    for name in ("case", "before", "after"):
        flips.add_column(name, overflow="fold", ratio=1 if name == "case" else 2)
    for flip in comparison.flips:
        mark = Text("better " if flip.better else "worse ", style="green" if flip.better else "red")
        flips.add_row(
            mark + Text(f"{flip.first['id']}: {flip.first['question']}"),
            _said(flip.first),
            _said(flip.second),
        )
    told = (head, True), (notes, comparison.notes), (table, differing), (same, True)
    parts = *told, (tags, comparison.tags), (flips, comparison.flips)
    return Group(*(part for part, shown in parts if shown))


def gate_lines(checks: Sequence[Check], run: Path, baseline: Path | None) -> Text:
    """Every check with its reason, one line each, the verdict last, as logs are read from their end."""
    lines = []
    for check in sorted(checks, key=lambda check: not check.passed):
        mark = Text("ok      ", style="green") if check.passed else Text("failed  ", style="red bold")
        lines.append(mark + Text(f"{check.name}: {check.reason}"))
    failed = sum(not check.passed for check in checks)
    if failed and baseline is not None:
        lines.append(Text(f"What changed: rag-service eval compare {baseline} {run}", style="dim"))
    outcome = f"Gate not met: {failed} of {len(checks)} checks failed." if failed else "Gate met."
    return Text("\n").join([*lines, Text(outcome, style="red bold" if failed else "green bold")])


def sweep_table(rows: Sequence[SweepRow], metric: str) -> RenderableType:
    """Combinations, best first."""
    table = _table("Sweep; * marks combinations that no other beats on both quality and latency")
    for name in ("", *rows[0].values, metrics()[metric].label, "95 % interval", "n", "unscored", "p50 ms"):
        table.add_column(name, justify="right")
    for row in rows:
        table.add_row(
            "*" if row.optimal else "",
            *(str(value) for value in row.values.values()),
            number(row.quality, metric),
            bounds({"low": row.low, "high": row.high}, metric),
            str(row.n),
            str(row.unscored),
            number(None) if row.latency_ms is None else f"{row.latency_ms:.1f}",
        )
    return table


def _metric_table(run: Run) -> Table:
    dataset = run.config["dataset"]
    table = _table(f"{dataset['name']}: {run.summary['cases']} cases")
    for name in ("metric", "value", "95 % interval", "n", "skipped", "unscored", "why"):
        table.add_column(name, justify="left" if name in ("metric", "why") else "right")
    for name, metric in metrics().items():
        figure = run.summary["metrics"][name]
        if not figure["n"] and not figure["unscored"]:
            continue
        style = "bold" if name in HEADLINE else ""
        counts = (str(figure[key]) for key in ("n", "skipped", "unscored"))
        table.add_row(
            metric.label,
            number(figure["mean"], name),
            bounds(figure, name),
            *counts,
            reasons(figure),
            style=style,
        )
    return table


def _tag_table(run: Run) -> Table:
    table = _table("By tag, with the number of cases behind each figure")
    table.add_column("tag")
    for name in ("cases", *(metrics()[column].label for column in TAG_COLUMNS)):
        table.add_column(name, justify="right")
    for tag, content in run.summary["tags"].items():
        figures = (content["metrics"][name] for name in TAG_COLUMNS)
        table.add_row(tag, str(content["cases"]), *(mean_of(figure) for figure in figures))
    return table


def _failures(run: Run) -> list[Text]:
    """What went wrong with the cases that failed, one example of each kind."""
    failed = [record for record in run.records if record["error"]]
    kinds = {record["error"]["code"]: record for record in reversed(failed)}
    head = f"{len(failed)} of {len(run.records)} cases failed:"
    lines = [f"  {code}, as in {record['id']}: {record['error']['message']}" for code, record in kinds.items()]
    return [Text("\n".join([head, *lines]), style="red")] if failed else []


def _latency_line(run: Run) -> Text:
    times = run.latency["total_ms"]
    if not times:
        return Text("No latencies.")
    shown = ", ".join(f"{name} {times[name]:.1f}" for name in ("p50", "p95", "p99", "max"))
    return Text(f"Milliseconds an answer: {shown}. Whole run: {run.latency['seconds']:.1f} s.")


def _add_change(table: Table, label: str, item: MetricChange) -> None:
    change, word = item.change, verdict(item)
    table.add_row(
        label,
        str(change.n),
        str(item.unpaired),
        number(change.first, item.metric.name),
        number(change.second, item.metric.name),
        signed(item),
        signed_bounds(item, "–"),
        chance(change.p_value),
        Text(word, style=STYLES.get(word, "dim")),
    )


def _said(record: dict[str, object]) -> str:
    outcome, error = record["outcome"], record["error"]
    if isinstance(outcome, dict):
        return str(outcome["answer"])
    return f"failed: {error['code']}" if isinstance(error, dict) else "failed"


def _table(title: str) -> Table:
    return Table(title=title, title_justify="left", box=None, pad_edge=False, title_style="bold")
