"""One self-contained HTML file: no script, style, font or image from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from evals.compare import Comparison
from evals.metrics.registry import metrics, named_metric
from evals.report.svg import Point, scatter
from evals.report.view import UNCITED, badness, case_view, charts, explain, metric_rows, tag_rows, tiles
from evals.report.words import TAG_COLUMNS, chance, number, reasons, signed, signed_bounds, verdict
from evals.runs import Run
from evals.sweep import SweepRow

TEMPLATES = Path(__file__).parent / "templates"
ASSETS = ("style.css", "script.js")
WORST = 40


def write_report(run: Run, comparison: Comparison | None, path: Path) -> Path:
    """Write a run's report, with the comparison to another run if there is one."""
    views = [case_view(record) for record in sorted(run.records, key=badness)]
    return _write(
        "report.html.jinja",
        path,
        title=f"Evaluation: {run.config['dataset']['name']}",
        run=run,
        when=datetime.fromtimestamp(run.latency["started"], UTC).strftime("%Y-%m-%d %H:%M UTC"),
        tiles=tiles(run, comparison),
        metric_rows=metric_rows(run),
        tag_columns=[metrics()[name].label for name in TAG_COLUMNS],
        tag_rows=tag_rows(run),
        charts=charts(run),
        worst=[view for view in views if view.right is not True][:WORST],
        worst_total=sum(view.right is not True for view in views),
        weak=[view for view in views if view.verdict == UNCITED][:WORST],
        records=run.records,
        comparison=comparison,
    )


def write_sweep(rows: Sequence[SweepRow], metric: str, dataset: str, path: Path) -> Path:
    """Write a sweep's ranking with the plot of quality against latency."""
    label = named_metric(metric).label
    points = [
        Point(row.latency_ms, row.quality, f"{_values(row)}: {row.quality:.3f}, {row.latency_ms:.0f} ms", 5.0,
              "mark optimal" if row.optimal else "mark")
        for row in rows
        if row.quality is not None and row.latency_ms is not None
    ]  # fmt: skip
    front = sorted((point for point in points if point.kind == "mark optimal"), key=lambda point: point.x)
    plot = scatter(f"{label} against latency", points, "p50 of an answer in ms", label, path=front) if points else ""
    return _write("sweep.html.jinja", path, title=f"Sweep: {dataset}", rows=rows, metric=metric, label=label, plot=plot)


def _write(template: str, path: Path, **values: object) -> Path:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        chance=chance,
        number=number,
        reasons=reasons,
        signed=signed,
        signed_bounds=signed_bounds,
        svg=Markup,
        verdict=verdict,
    )
    environment.globals.update(explain=explain)
    # the project's own files, not anything that was evaluated
    inline = {name: Markup((TEMPLATES / name).read_text(encoding="utf-8")) for name in ASSETS}  # noqa: S704
    page = environment.get_template(template).render(**values, style=inline["style.css"], script=inline["script.js"])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, encoding="utf-8")
    return path


def _values(row: SweepRow) -> str:
    return ", ".join(f"{key} = {value}" for key, value in row.values.items())
