"""rag-service eval run and sweep."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from evals.cli.common import DATASET, RUNS, DatasetArgument, Json, Markdown, folder_name

if TYPE_CHECKING:
    from evals.cases.model import Dataset
    from evals.folder import RunFolder
    from evals.judge.judge import Judge
    from evals.run import Scorers
    from evals.runs import Run
    from evals.sweep import SweepRow
    from evals.targets.port import Target
    from rag_service.ports import Embedder
    from rag_service.settings import Settings

Answerer = Literal["auto", "extractive", "llm"]
AnswererOption = Annotated[Answerer, typer.Option(help="Answerer asked for.")]
Out = Annotated[Path | None, typer.Option(help="Run folder; what a run in it lacks is asked.")]
Concurrency = Annotated[int, typer.Option(min=1, help="Cases asked at once; latencies are honest at 1.")]
Cases = Annotated[list[str] | None, typer.Option("--case", help="Only the case with this id; repeatable.")]
Tags = Annotated[list[str] | None, typer.Option("--tag", help="Only cases with this tag; repeatable.")]
Limit = Annotated[int | None, typer.Option(min=1, help="At most so many cases, from each tag in turn.")]
NoSimilarity = Annotated[bool, typer.Option("--no-similarity", help="Leave semantic similarity out.")]


def run(
    dataset: DatasetArgument = DATASET,
    out: Out = None,
    answerer: AnswererOption = "auto",
    top_k: Annotated[int | None, typer.Option(min=1, max=50, help="Passages a question.")] = None,
    url: Annotated[str | None, typer.Option(help="Evaluate the service at this base URL.")] = None,
    collection: Annotated[str, typer.Option(help="Collection asked with --url.")] = "default",
    concurrency: Concurrency = 1,
    judge_model: Annotated[str | None, typer.Option(help="Model that judges; not the answering one.")] = None,
    judge_url: Annotated[str | None, typer.Option(help="Its endpoint; default: the service's.")] = None,
    judge_key_env: Annotated[str | None, typer.Option(help="Variable that holds its key.")] = None,
    no_similarity: NoSimilarity = False,
    case: Cases = None,
    tag: Tags = None,
    limit: Limit = None,
    as_json: Json = False,
    markdown: Markdown = False,
) -> None:
    """Ask every case of a dataset and score the answers. Writes a run folder."""
    from evals.cases.load import load_dataset
    from evals.cases.select import select_cases
    from evals.run import Scorers
    from evals.runs import load_run
    from rag_service.settings import load_settings

    settings = load_settings()
    cases = select_cases(load_dataset(dataset), ids=case or (), tags=tag or (), limit=limit)
    folder = out or RUNS / f"{folder_name(cases.name)}-{time.strftime('%Y%m%d-%H%M%S')}"
    judge = _judge(settings, answerer if url is None else None, judge_model, judge_url, judge_key_env)
    embedder = None if no_similarity else _encoder(settings)

    if url is None:
        opener = partial(_local, cases, settings, folder, answerer, top_k)
    else:
        opener = partial(_remote, url, collection, answerer, top_k)
    with case_progress() as on_case:
        finished = asyncio.run(_evaluate(cases, opener, folder, Scorers(embedder, judge), concurrency, on_case))
    done = load_run(finished.path)
    _show(done, as_json=as_json, markdown=markdown)
    if all(record["error"] for record in done.records):
        raise typer.Exit(1)


def sweep(
    dataset: DatasetArgument = DATASET,
    options: Annotated[
        list[str] | None, typer.Option("--set", help="section.key=value,value of the settings; repeatable.")
    ] = None,
    grid_file: Annotated[Path | None, typer.Option("--grid", help="YAML file of settings to lists.")] = None,
    metric: Annotated[str, typer.Option(help="What combinations are ranked by.")] = "case_right",
    out: Annotated[Path | None, typer.Option(help="Folder of the runs; what a sweep in it lacks is asked.")] = None,
    answerer: AnswererOption = "auto",
    concurrency: Concurrency = 1,
    case: Cases = None,
    tag: Tags = None,
    limit: Limit = None,
    as_json: Json = False,
) -> None:
    """Run a dataset over a grid of settings. Ranks the combinations by quality and latency."""
    from evals.cases.load import load_dataset
    from evals.cases.select import select_cases
    from evals.report.page import write_sweep
    from evals.run import Scorers
    from evals.runs import load_run
    from evals.sweep import combinations, rank, rankable, read_grid, slug, with_values
    from rag_service.settings import load_settings

    rankable(metric)
    grid = combinations(read_grid(options or [], grid_file))
    settings = load_settings()
    cases = select_cases(load_dataset(dataset), ids=case or (), tags=tag or (), limit=limit)
    adjusted = [with_values(settings, values) for values in grid]
    parent = out or RUNS / f"sweep-{folder_name(cases.name)}-{time.strftime('%Y%m%d-%H%M%S')}"
    finished = []
    for values, changed in zip(grid, adjusted, strict=True):
        typer.echo(f"{', '.join(f'{key}={value}' for key, value in values.items())}", err=True)
        place = parent / slug(values)
        opener = partial(_local, cases, changed, place, answerer, None)
        with case_progress() as on_case:
            folder = asyncio.run(_evaluate(cases, opener, place, Scorers(), concurrency, on_case))
        finished.append((values, load_run(folder.path)))
    rows = rank(finished, metric)
    _show_sweep(rows, metric, write_sweep(rows, metric, cases.name, parent / "sweep.html"), as_json=as_json)


async def _evaluate(
    cases: Dataset,
    open_target: Callable[[], Target],
    folder: Path,
    scorers: Scorers,
    concurrency: int,
    on_case: Callable[[int, int], None] | None,
) -> RunFolder:
    from evals.run import run as run_dataset
    from evals.targets.remote import RemoteTarget

    target = open_target()
    try:
        if isinstance(target, RemoteTarget):
            await target.open()
        done = await run_dataset(cases, target, folder, scorers=scorers, concurrency=concurrency, on_case=on_case)
    finally:
        await target.close()
    if not done.added:
        typer.echo(f"{folder}: already complete; nothing was asked.", err=True)
    return done


def _local(cases: Dataset, settings: Settings, folder: Path, answerer: Answerer, top_k: int | None) -> Target:
    from evals.cases.corpus import refuse_among_documents, refuse_own_files
    from evals.targets.local import open_folder
    from rag_service.cli.progress import bar

    refuse_own_files(cases, settings)
    refuse_among_documents(folder, cases.corpus)
    with bar() as on_progress:
        return open_folder(cases.corpus, settings, answerer, top_k=top_k, on_progress=on_progress)


def _remote(url: str, collection: str, answerer: Answerer, top_k: int | None) -> Target:
    from evals.targets.remote import RemoteTarget
    from rag_service.settings import client_key

    return RemoteTarget(url, collection, answerer, top_k=top_k, key=client_key())


def _encoder(settings: Settings) -> Embedder:
    from rag_service.bootstrap import open_encoder

    return open_encoder(settings)


def _judge(
    settings: Settings, answerer: Answerer | None, model: str | None, url: str | None, key_env: str | None
) -> Judge | None:
    if model is None:
        return None
    from evals.judge.open import open_judge

    return open_judge(settings, model, url, key_env, answerer)


def _show(finished: Run, *, as_json: bool, markdown: bool) -> None:
    from evals.report.markdown import run_markdown
    from evals.report.terminal import print_run
    from rag_service.cli.output import console, print_json

    if as_json:
        print_json(
            {
                "object": "eval_run",
                "folder": str(finished.path),
                "config": finished.config,
                "summary": finished.summary,
                "latency": finished.latency,
            }
        )
    elif markdown:
        typer.echo(run_markdown(finished), nl=False)
    else:
        print_run(finished, console())


def _show_sweep(rows: Sequence[SweepRow], metric: str, page: Path, *, as_json: bool) -> None:
    from dataclasses import asdict

    from evals.report.terminal import sweep_table
    from rag_service.cli.output import console, print_json

    if as_json:
        listed = [{**asdict(row), "path": str(row.path)} for row in rows]
        print_json({"object": "sweep", "metric": metric, "report": str(page), "data": listed})
    else:
        console().print(sweep_table(rows, metric))
        console().print(f"Report: {page}", style="dim", markup=False)


@contextmanager
def case_progress() -> Iterator[Callable[[int, int], None] | None]:
    """A callback that draws how many cases were asked; None when standard error is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as drawn:
        task = drawn.add_task("Asking", total=None)
        yield lambda done, total: drawn.update(task, completed=done, total=total)
