"""Options and defaults that the commands share."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

PACKAGE = Path(__file__).parent.parent
DATASET = PACKAGE / "datasets" / "seeds.yaml"
GATE = PACKAGE / "gate.yaml"
BASELINES = PACKAGE / "baseline"
RUNS = Path("runs")
GATE_NOT_MET = 4

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Markdown = Annotated[bool, typer.Option("--markdown", help="Print Markdown, as for a pull request.")]
RunArgument = Annotated[Path | None, typer.Argument(help="Run folder; default: the newest in runs/.")]
DatasetArgument = Annotated[Path, typer.Argument(help="Dataset file.", show_default="the one over seeds/")]


def chosen_run(path: Path | None) -> Path:
    """The named run folder, or the newest one."""
    from evals.runs import newest_run

    return path if path is not None else newest_run(RUNS)


def folder_name(name: str) -> str:
    """A dataset's name as that of one folder, whatever it is made of."""
    return re.sub(r"[^\w.-]+", "-", name).strip("-.")[:60] or "dataset"
