"""rag-service collections."""

from __future__ import annotations

from typing import Any

import typer

from rag_service.cli.options import Json
from rag_service.errors import DataDirectoryLocked

app = typer.Typer(help="List, create and delete collections.", no_args_is_help=True)


@app.command("list")
def list_collections(as_json: Json = False) -> None:
    """List the collections."""
    from rag_service.api.schemas.collections import CollectionBody
    from rag_service.cli.output import print_json, print_table
    from rag_service.cli.session import call_owner, service
    from rag_service.settings import load_settings

    try:
        with service(load_settings()) as opened:
            items: list[dict[str, Any]] = [CollectionBody.of(one).model_dump() for one in opened.library.collections()]
    except DataDirectoryLocked as locked:
        items = call_owner(locked, "GET", "/v1/collections")["data"]
    if as_json:
        print_json({"object": "list", "data": items})
        return
    print_table(
        ("name", "documents", "chunks"),
        [(item["name"], str(item["documents"]), str(item["chunks"])) for item in items],
    )


@app.command("create")
def create_collection(name: str) -> None:
    """Create an empty collection."""
    from rag_service.cli.session import call_owner, service
    from rag_service.settings import load_settings

    try:
        with service(load_settings(), create=True) as opened:
            opened.library.create_collection(name)
    except DataDirectoryLocked as locked:
        call_owner(locked, "POST", "/v1/collections", {"name": name})
    typer.echo(f"Created {name}.")


@app.command("delete")
def delete_collection(
    name: str, yes: bool = typer.Option(False, "--yes", "-y", help="Do not ask for confirmation.")
) -> None:
    """Delete a collection with all its documents; the files stay where they are."""
    from rag_service.cli.session import call_owner, part, service
    from rag_service.settings import load_settings

    if not yes:
        typer.confirm(f"Delete collection {name} and everything in it?", abort=True)
    try:
        with service(load_settings()) as opened:
            opened.library.delete_collection(name)
    except DataDirectoryLocked as locked:
        call_owner(locked, "DELETE", f"/v1/collections/{part(name)}")
    typer.echo(f"Deleted {name}.")
