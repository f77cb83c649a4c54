"""rag-service serve, doctor, settings, prepare, demo, eval."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from rag_service.cli.options import Json

DEMO_QUESTIONS = (
    "Was wollte Nordkorea in Hanoi erreichen?",
    "Wann überquerte Kim die Grenze?",
    "Where did Kim Jong Il meet Medvedev?",
    "Wer gewann die Fußball-Weltmeisterschaft 2014?",
)


def serve(
    host: Annotated[str | None, typer.Option(help="Address to bind; default: RAG_SERVER__HOST.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port to bind; default: RAG_SERVER__PORT.")] = None,
) -> None:
    """Serve the page, the API and the OpenAI-compatible endpoint."""
    from rag_service.api.serve import serve as serve_http
    from rag_service.bootstrap import open_service
    from rag_service.settings import load_settings

    settings = load_settings()
    chosen = settings.server
    serve_http(
        lambda: open_service(settings, "serve"),
        settings,
        host or chosen.host,
        chosen.port if port is None else port,
    )


def doctor(
    repair: Annotated[bool, typer.Option("--repair", help="Mend what can be mended.")] = False,
    as_json: Json = False,
) -> None:
    """Compare the stores chunk by chunk. Exit code 1 while something is wrong."""
    from rag_service.cli.output import console, print_json
    from rag_service.cli.session import service
    from rag_service.settings import load_settings

    with service(load_settings()) as opened:
        found = opened.library.doctor(repair=repair)
    healthy = found.repaired or not found.items
    if as_json:
        listed = [asdict(item) for item in found.items]
        print_json({"object": "doctor", "healthy": healthy, "chunks": found.chunks, "findings": listed})
        raise SystemExit(0 if healthy else 1)
    out = console()
    for item in found.items:
        chunk = f" {item.chunk_id}" if item.chunk_id else ""
        detail = f": {item.detail}" if item.detail else ""
        out.print(f"  {item.store} {item.kind}{chunk} in {item.collection}{detail}")
    if found.repaired:
        out.print(f"Repaired {len(found.items)} findings; {found.chunks} chunks are in order.")
    elif healthy:
        out.print(f"Everything is in order: {found.chunks} chunks.")
    else:
        remedy = "could not be mended" if repair else "`rag-service doctor --repair` mends what can be mended"
        out.print(f"{len(found.items)} findings; {remedy}.")
    raise SystemExit(0 if healthy else 1)


def settings(
    as_json: Json = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the reference with the defaults.")] = False,
) -> None:
    """Print every setting with its value and meaning. Secrets are masked."""
    from rag_service.cli.output import console, print_json
    from rag_service.settings import describe, load_settings, reference

    if markdown:
        typer.echo(reference(), nl=False)
        return
    rows = list(describe(load_settings()))
    if as_json:
        print_json({"object": "settings", "data": [row._asdict() for row in rows]})
        return
    for row in rows:
        console().print(f"{row.variable}={row.value}")
        console().print(f"    {row.description}", style="dim")


def prepare(
    cache_dir: Annotated[Path | None, typer.Option(help="Where to; default: RAG_EMBEDDING__CACHE_DIR.")] = None,
) -> None:
    """Prepare the bundled encoder and reader, as an image build does."""
    from rag_service.bootstrap import open_encoder, open_reader
    from rag_service.settings import load_settings

    loaded = load_settings()
    encoder = open_encoder(loaded, cache_dir)
    open_reader(loaded, encoder, cache_dir)
    encoder.embed_query("ready")
    typer.echo(f"{encoder.identity} is ready.")


def demo(
    folder: Annotated[Path, typer.Argument(help="What to ask about.")] = Path("seeds"),
) -> None:
    """Ingest the sample corpus and ask four questions about it. One of them must be declined."""
    from rag_service.answer.events import Ask
    from rag_service.api.schemas.answers import AnswerBody
    from rag_service.cli.documents import print_job
    from rag_service.cli.output import console, fail, print_answer
    from rag_service.cli.progress import bar
    from rag_service.cli.session import answered, service
    from rag_service.settings import load_settings

    out = console()
    with service(load_settings(), create=True) as opened:
        out.print(f"$ rag-service ingest {folder}", style="bold green")
        with bar() as progress:
            job = opened.library.ingest("default", [folder], progress)
        print_job(job)
        bodies = []
        for question in DEMO_QUESTIONS:
            out.print(f'\n$ rag-service ask "{question}"', style="bold green")
            bodies.append(AnswerBody.of(answered(opened, Ask(question))))
            print_answer(bodies[-1])
    if any(item.status == "failed" for item in job.documents):
        fail("Some documents could not be ingested.")
    if [body.answered for body in bodies] != [True, True, True, False]:
        fail("The demo did not go as it should: three answers and one abstention were expected.")


def evaluate(context: typer.Context) -> None:
    """Evaluate answers with question sets of your own."""
    from evals.cli import app

    app(context.args, prog_name="rag-service eval")
