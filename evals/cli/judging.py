"""rag-service eval agreement: the judge against people."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evals.cli.common import Json


def agreement(
    run: Annotated[Path, typer.Argument(help="Run folder with judged answers.")],
    labels: Annotated[Path, typer.Argument(help='JSON lines {"id": ..., "correct": true}.')],
    as_json: Json = False,
) -> None:
    """Say how far the judge agrees with human labels."""
    from dataclasses import asdict

    from evals.judge.human import agreement as agree
    from evals.judge.human import read_labels
    from evals.runs import load_run
    from rag_service.cli.output import print_json

    found = agree(load_run(run).records, read_labels(labels))
    if as_json:
        print_json({"object": "agreement", **asdict(found)})
        return
    kappa = "undefined" if found.kappa is None else f"{found.kappa:.3f}"
    typer.echo(f"Cohen's kappa {kappa}; agreed on {found.agreed} of {found.n}, {found.unjudged} labelled but unjudged.")
    if found.disagreed:
        typer.echo(f"Disagreed: {', '.join(found.disagreed)}")
