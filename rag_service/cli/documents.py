"""rag-service ingest, rag-service documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rag_service.cli.options import Collection, Json
from rag_service.errors import DataDirectoryLocked, RagError

if TYPE_CHECKING:
    from rag_service.ingest.library import Library
    from rag_service.models import Job, Plan, Usage

app = typer.Typer(help="List, show and delete documents.", no_args_is_help=True)


def ingest(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Folders or files; none with --re-embed alone.", show_default=False)
    ] = None,
    collection: Collection = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")] = False,
    re_embed: Annotated[
        bool,
        typer.Option("--re-embed", help="Embed the stored documents anew, after the embedder or chunking changed."),
    ] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Stay and follow changes until interrupted.")] = False,
    as_json: Json = False,
) -> None:
    """Bring a collection in step with folders. Takes up new, changed and vanished files; exit code 1 if any failed."""
    from rag_service.cli.output import print_json
    from rag_service.cli.progress import bar
    from rag_service.cli.session import service
    from rag_service.settings import load_settings

    folders = paths or []
    if not folders and (dry_run or watch or not re_embed):
        raise typer.BadParameter("Name a folder or a file.", param_hint="paths")
    settings = load_settings()
    name = collection or settings.collection
    with service(settings, create=bool(folders)) as opened:
        if dry_run:
            plan = opened.library.plan(name, folders)
            print_json(plan_body(plan)) if as_json else _print_plan(plan)
            _print_passed_over(opened.library.passed_over(folders))
            raise SystemExit(1 if plan.count("failed") else 0)
        with bar() as progress:
            jobs = [opened.library.re_embed(name, progress)] if re_embed else []
            if folders:
                jobs.append(opened.library.ingest(name, folders, progress))
        print_jobs(jobs, as_json)
        _print_passed_over(opened.library.passed_over(folders))
        if usage := opened.embedding_usage:
            _print_usage(usage)
        if watch:
            _follow(opened.library, name, folders, settings.ingest.watch_seconds, as_json)
    raise SystemExit(1 if any(item.status == "failed" for job in jobs for item in job.documents) else 0)


def _follow(library: Library, collection: str, folders: Sequence[Path], quiet_seconds: float, as_json: bool) -> None:
    """Ingest what changes in the folders, and tell it, until interrupted."""
    from rag_service.cli.output import console
    from rag_service.ingest.watch import watch

    console(stderr=True).print("Watching for changes; Ctrl-C ends.")
    for changed in watch(library, collection, folders, quiet_seconds=quiet_seconds):
        if isinstance(changed, RagError):
            typer.secho(f"Error: {changed}", fg=typer.colors.RED, err=True)
        else:
            print_jobs([changed], as_json)


@app.command("list")
def list_documents(collection: Collection = None, as_json: Json = False) -> None:
    """List the documents of a collection."""
    from rag_service.api.schemas.documents import DocumentBody
    from rag_service.cli.output import print_json, print_table
    from rag_service.cli.session import call_owner, part, service
    from rag_service.ingest.sources import printable
    from rag_service.settings import load_settings

    settings = load_settings()
    name = collection or settings.collection
    items: list[dict[str, Any]] = []
    after: str | None = None
    try:
        with service(settings) as opened:
            while True:
                page = opened.library.documents(name, 500, after)
                items += [DocumentBody.of(document).model_dump() for document in page.items]
                after = page.next
                if after is None:
                    break
    except DataDirectoryLocked as locked:
        while True:
            step = f"&after={part(after)}" if after else ""
            listed = call_owner(locked, "GET", f"/v1/documents?collection={part(name)}&limit=100{step}")
            items += listed["data"]
            after = listed["next"]
            if after is None:
                break
    if as_json:
        print_json({"object": "list", "data": items, "has_more": False, "next": None})
        return
    rows = [
        (item["id"], printable(item["source"]), item["published"] or "", item["language"], str(item["chunks"]))
        for item in items
    ]
    print_table(("id", "source", "published", "language", "chunks"), rows)


@app.command("show")
def show_document(document_id: str, as_json: Json = False) -> None:
    """Print a document's metadata and source text."""
    from rag_service.api.schemas.documents import DocumentBody
    from rag_service.cli.output import console, print_json
    from rag_service.cli.session import call_owner, part, service
    from rag_service.settings import load_settings

    try:
        with service(load_settings()) as opened:
            body = DocumentBody.of(opened.library.document(document_id)).model_dump()
            text = opened.library.content(document_id).text
    except DataDirectoryLocked as locked:
        body = call_owner(locked, "GET", f"/v1/documents/{part(document_id)}")
        text = call_owner(locked, "GET", f"/v1/documents/{part(document_id)}/content")["text"]
    if as_json:
        print_json(body | {"text": text})
        return
    out = console()
    for key in ("source", "title", "published", "language", "media_type", "characters", "chunks"):
        out.print(f"{key}: {body[key]}")
    out.print()
    out.print(text)


@app.command("delete")
def delete_document(document_id: str, as_json: Json = False) -> None:
    """Delete a document from its collection; its file stays where it is."""
    from rag_service.cli.output import console, print_json
    from rag_service.cli.session import call_owner, part, service
    from rag_service.settings import load_settings

    try:
        with service(load_settings()) as opened:
            source = opened.library.delete_document(document_id).source
    except DataDirectoryLocked as locked:
        source = call_owner(locked, "GET", f"/v1/documents/{part(document_id)}")["source"]
        call_owner(locked, "DELETE", f"/v1/documents/{part(document_id)}")
    if as_json:
        print_json({"id": document_id, "object": "document", "deleted": True})
    else:
        console().print(f"Deleted {source}.")


def job_body(job: Job) -> dict[str, Any]:
    """A job as the API gives it."""
    from rag_service.api.schemas.documents import JobBody

    return JobBody.of(job).model_dump()


def plan_body(plan: Plan) -> dict[str, Any]:
    """A plan as one JSON object."""
    changes = [{"source": item.source, "change": item.change, "detail": item.detail} for item in plan.changes]
    return {"object": "plan", "collection": plan.collection, "changes": changes}


def print_jobs(jobs: Sequence[Job], as_json: bool) -> None:
    """One job after the other; as JSON one object, a list where there are several."""
    from rag_service.cli.output import print_json

    if not as_json:
        for job in jobs:
            print_job(job)
        return
    bodies = [job_body(job) for job in jobs]
    print_json(bodies[0] if len(bodies) == 1 else {"object": "list", "data": bodies})


def print_job(job: Job) -> None:
    """What happened, failures last with their reasons."""
    from rag_service.cli.output import console
    from rag_service.ingest.sources import printable

    out = console()
    counts: dict[str, int] = {}
    for item in job.documents:
        counts[item.status] = counts.get(item.status, 0) + 1
        if item.status not in ("failed", "unchanged"):
            chunks = {0: "", 1: ", 1 chunk"}.get(item.chunks, f", {item.chunks} chunks")
            out.print(f"  {item.status} {printable(item.source)}{chunks}")
    for item in job.documents:
        if item.status == "failed":
            name = f"{printable(item.source)}: "  # what loading says of a file begins with it, too
            out.print(f"  failed {name}{(item.error or '').removeprefix(name)}", style="red")
    out.print(
        ", ".join(f"{number} {status}" for status, number in counts.items()) or "Nothing to do: no documents found."
    )


def _print_passed_over(reasons: Mapping[str, int]) -> None:
    if reasons:
        parts = ", ".join(f"{number} ({reason})" for reason, number in sorted(reasons.items()))
        typer.echo(f"Passed over: {parts}.", err=True)


def _print_usage(usage: Usage) -> None:
    """What the embedding endpoint counted, on standard error: it is no part of the result."""
    cost = "" if usage.cost is None else f", cost {usage.cost:.4f}"
    typer.echo(f"Embedding: {usage.prompt_tokens} tokens{cost}", err=True)


def _print_plan(plan: Plan) -> None:
    from rag_service.cli.output import console
    from rag_service.ingest.sources import printable

    out = console()
    for item in plan.changes:
        if item.change != "unchanged":
            detail = {"moved": f" from {item.detail}", "failed": f": {item.detail}"}.get(item.change, "")
            style = "red" if item.change == "failed" else None
            out.print(f"  {item.change} {printable(item.source)}{detail}", style=style)
    out.print(f"{plan.count('unchanged')} unchanged; nothing was written (dry run).")
