"""rag-service eval check, new and import: making and checking datasets."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from evals.cli.common import DATASET, DatasetArgument


def check(dataset: DatasetArgument = DATASET) -> None:
    """Check a dataset, and every quote against its source."""
    from evals.cases.corpus import read_corpus, refuse_own_files
    from evals.cases.draft import TO_EDIT
    from evals.cases.load import load_dataset
    from evals.cases.resolve import resolve_dataset
    from rag_service.settings import load_settings

    settings = load_settings()
    loaded = load_dataset(dataset)
    refuse_own_files(loaded, settings)
    resolve_dataset(loaded, read_corpus(loaded.corpus, settings))
    unanswerable = sum(not case.answerable for case in loaded.cases)
    typer.echo(
        f"{dataset}: {len(loaded.cases)} cases, {unanswerable} of them unanswerable; every quote is in its source."
    )
    if drafts := sum(TO_EDIT in case.tags for case in loaded.cases):
        typer.echo(f"{drafts} still have the tag {TO_EDIT}: turn them into real questions before you trust a run.")


def new(
    document: Annotated[Path, typer.Argument(help="Document to draft cases from.")],
    out: Annotated[Path | None, typer.Option(help="Dataset file; default: beside the document's folder.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Cases at most.")] = 10,
) -> None:
    """Draft cases from a document, for a person to edit."""
    from evals.cases.corpus import read_document
    from evals.cases.draft import TO_EDIT, draft_cases
    from evals.cases.write import write_dataset
    from rag_service.settings import load_settings

    read = read_document(document, load_settings())
    cases = draft_cases(read, limit)
    path = out or _outside(document.parent) / f"{document.stem}.cases.yaml"
    corpus = _relative(document.parent, path.parent)
    write_dataset(
        path,
        document.stem,
        f"Drafted from {read.source}; edit every question tagged {TO_EDIT}.",
        corpus,
        cases,
    )
    typer.echo(
        f"{path}: {len(cases)} drafted cases; turn each into a real question, then run `rag-service eval check {path}`."
    )


def import_(
    kind: Annotated[Literal["squad", "beir", "jsonl"], typer.Argument(help="What the source is.")],
    source: Annotated[Path, typer.Argument(help="File, or folder for beir.")],
    out: Annotated[Path, typer.Option(help="Dataset file to write; its corpus goes beside it.")],
    corpus: Annotated[Path | None, typer.Option(help="Corpus folder that jsonl cases refer to.")] = None,
) -> None:
    """Make a dataset from SQuAD, BEIR, or JSON lines."""
    from evals.cases.write import write_dataset
    from evals.importers.beir import import_beir
    from evals.importers.imported import save
    from evals.importers.jsonl import import_over
    from evals.importers.squad import import_squad
    from rag_service.settings import load_settings

    description = f"Imported from {source.name} ({kind})."
    if kind == "jsonl":
        if corpus is None:
            raise typer.BadParameter("jsonl cases need --corpus, the folder that they are about")
        cases = import_over(source, corpus, load_settings())
        write_dataset(out, out.stem, description, _relative(corpus, out.parent), cases)
        typer.echo(f"{out}: {len(cases)} cases")
        return
    imported = save(import_beir(source) if kind == "beir" else import_squad(source), out, description)
    for note in imported.notes:
        typer.echo(note, err=True)
    typer.echo(f"{out}: {len(imported.cases)} cases over {len(imported.texts)} documents")


def _outside(folder: Path) -> Path:
    """The folder above: in its own corpus a dataset would be searched with it."""
    return folder.parent if folder.name not in ("", "..") else folder / ".."


def _relative(folder: Path, start: Path) -> str:
    import os

    return Path(os.path.relpath(folder.resolve(), start.resolve())).as_posix()
