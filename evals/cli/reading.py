"""rag-service eval compare, gate, report and baseline: what is done with finished runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evals.cli.common import BASELINES, GATE, GATE_NOT_MET, Json, Markdown, RunArgument, chosen_run, folder_name


def compare(
    first: Annotated[Path, typer.Argument(help="Run folder or baseline: before.")],
    second: RunArgument = None,
    common: Annotated[bool, typer.Option("--common", help="Compare the cases both have.")] = False,
    as_json: Json = False,
    markdown: Markdown = False,
) -> None:
    """Compare two runs. Differences with their significance, by tag, and the cases that flipped."""
    from evals.compare import compare as compare_runs
    from evals.report.jsonable import comparison_json
    from evals.report.markdown import comparison_markdown
    from evals.report.terminal import comparison_tables
    from evals.runs import load_run
    from rag_service.cli.output import console, print_json

    result = compare_runs(load_run(first), load_run(chosen_run(second)), common=common)
    if as_json:
        print_json(comparison_json(result))
    elif markdown:
        typer.echo(comparison_markdown(result), nl=False)
    else:
        console().print(comparison_tables(result))


def gate(
    run: RunArgument = None,
    gate_file: Annotated[Path, typer.Option("--gate", help="Gate file.", show_default="evals/gate.yaml")] = GATE,
    as_json: Json = False,
    markdown: Markdown = False,
) -> None:
    """Hold a run against a gate file. Exit code 4 with the reasons when it does not pass."""
    from dataclasses import asdict

    from evals.gate import check, load_gate
    from evals.report.markdown import gate_markdown
    from evals.report.terminal import gate_lines
    from evals.runs import load_run
    from rag_service.cli.output import console, print_json

    checked, bounds = load_run(chosen_run(run)), load_gate(gate_file)
    checks = check(checked, bounds)
    passed = all(item.passed for item in checks)
    if as_json:
        print_json({"object": "gate", "passed": passed, "checks": [asdict(item) for item in checks]})
    elif markdown:
        typer.echo(gate_markdown(checks), nl=False)
    else:
        console().print(gate_lines(checks, checked.path, bounds.baseline))
    if not passed:
        raise typer.Exit(GATE_NOT_MET)


def report(
    run: RunArgument = None,
    against: Annotated[Path | None, typer.Option(help="Run or baseline to compare with.")] = None,
    out: Annotated[Path | None, typer.Option(help="HTML file; default: report.html in the run folder.")] = None,
    common: Annotated[bool, typer.Option("--common", help="Compare the cases both have.")] = False,
    as_json: Json = False,
) -> None:
    """Write a run as one self-contained HTML file."""
    from evals.compare import compare as compare_runs
    from evals.report.page import write_report
    from evals.runs import load_run
    from rag_service.cli.output import print_json

    path = chosen_run(run)
    finished = load_run(path)
    comparison = compare_runs(load_run(against), finished, common=common) if against is not None else None
    page = write_report(finished, comparison, out or path / "report.html")
    if as_json:
        print_json({"object": "report", "path": str(page)})
    else:
        typer.echo(f"Report: {page}")


def baseline(
    run: RunArgument = None,
    to: Annotated[Path | None, typer.Option(help="Folder; default: evals/baseline/<dataset>.")] = None,
) -> None:
    """Keep a run as the baseline that the gate compares with."""
    from evals.runs import load_run, save_baseline

    finished = load_run(chosen_run(run))
    target = to or BASELINES / folder_name(finished.config["dataset"]["name"])
    save_baseline(finished, target)
    typer.echo(f"Baseline: {target}")
