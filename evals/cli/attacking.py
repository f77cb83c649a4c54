"""rag-service eval injection: poisoned documents against the answerers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from evals.cli.common import Json


def injection(
    answerer: Annotated[Literal["extractive", "llm", "both"], typer.Option(help="Who is attacked.")] = "extractive",
    documents: Annotated[Path | None, typer.Option(help="Folder with attacks.yaml; default: the shipped set.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the first so many attacks.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Keep one JSON line an attack here; those in it are not tried again.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Try poisoned documents on the service. Reports what each attack achieved."""
    from evals.injection import DOCUMENTS, evaluate

    code = evaluate(answerer, documents or DOCUMENTS, limit, out, as_json=as_json)
    if code:
        raise typer.Exit(code)
