"""rag-service eval calibrate: fitting the abstention to a question set."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from evals.importers.beir import BeirSet

LEAST_ANSWERABLE, LEAST_UNANSWERABLE = 20, 10


def calibrate(
    data: Annotated[list[Path], typer.Argument(help="BEIR folders whose queries say answerable and give answers.")],
    out: Annotated[Path | None, typer.Option(help="File to write; default: the one that the service reads.")] = None,
    false_abstention: Annotated[
        float, typer.Option(min=0.0, max=0.5, help="Share of the answerable questions that it may decline.")
    ] = 0.04,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the first so many questions.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print, write nothing.")] = False,
) -> None:
    """Fit the abstention on BEIR folders. Prints the fitted file, one JSON object."""
    from evals.calibrate import fit_abstention
    from evals.errors import DatasetError
    from evals.importers.beir import read_each_judged

    if wrong := [folder for folder in data if not (folder / "corpus.jsonl").is_file()]:
        remedy = "a threshold for a dataset file is found with `rag-service eval sweep --set abstention.threshold=...`"
        raise DatasetError([f"{folder}: is no BEIR folder, it has no corpus.jsonl; {remedy}" for folder in wrong])
    problems = _unfit(list(read_each_judged(data).values()), limit)
    if out is not None and not out.parent.is_dir():
        problems.append(f"{out}: its folder does not exist")
    if out is not None and out.is_dir():
        problems.append(f"{out}: is a folder; name a file")
    if problems:
        raise DatasetError(problems)
    fit_abstention(data, out, false_abstention, limit, dry_run=dry_run)
    typer.echo("Nothing was written." if dry_run else f"Written: {out or 'the file that the service reads'}", err=True)


def _unfit(sets: Sequence[BeirSet], limit: int | None) -> list[str]:
    """Why nothing can be fitted on the sets, in words."""
    asked = [query for beir in sets for query in beir.queries[:limit]]
    names = ", ".join(beir.name for beir in sets)
    answerable = sum(query.answerable is True and bool(query.answers and query.relevant) for query in asked)
    without = sum(query.answerable is False for query in asked)
    problems = []
    if answerable < LEAST_ANSWERABLE:
        problems.append(
            f"{names}: {answerable} questions with an answer and its document; at least {LEAST_ANSWERABLE} are needed"
        )
    if without < LEAST_UNANSWERABLE:
        problems.append(f"{names}: {without} questions without an answer; at least {LEAST_UNANSWERABLE} are needed")
    return problems
