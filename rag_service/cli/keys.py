"""rag-service keys: who may use the server."""

from __future__ import annotations

from typing import Annotated

import typer

from rag_service.cli.options import Json

app = typer.Typer(help="Create, list and revoke API keys.", no_args_is_help=True)


@app.command("create")
def create_key(
    name: str,
    write: Annotated[bool, typer.Option("--write", help="May change documents, too.")] = False,
    collection: Annotated[
        list[str] | None, typer.Option("--collection", "-c", help="May reach only this one; repeatable.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Create a key and print it: the only time that it can be read."""
    from rag_service.bootstrap import open_keys
    from rag_service.cli.output import print_json
    from rag_service.settings import load_settings

    with open_keys(load_settings()) as keys:
        key, token = keys.create(name, tuple(collection or ()), write=write)
    if as_json:
        print_json({"object": "key", "id": key.id, "name": key.name, "key": token})
    else:
        typer.echo(token)


@app.command("list")
def list_keys(as_json: Json = False) -> None:
    """List the keys, without their secrets."""
    from rag_service.bootstrap import open_keys
    from rag_service.cli.output import print_json, print_table
    from rag_service.settings import load_settings

    with open_keys(load_settings()) as keys:
        found = [key for key in keys.all() if key.revoked is None]
    if as_json:
        listed = [{"id": k.id, "name": k.name, "collections": k.collections, "write": k.write} for k in found]
        print_json({"object": "list", "data": listed})
        return
    rows = [(k.id, k.name, ", ".join(k.collections or ("all",)), "yes" if k.write else "no") for k in found]
    print_table(("id", "name", "collections", "may write"), rows)


@app.command("revoke")
def revoke_key(key_id: str) -> None:
    """Make a key useless, at once."""
    from rag_service.bootstrap import open_keys
    from rag_service.settings import load_settings

    with open_keys(load_settings()) as keys:
        keys.revoke(key_id)
    typer.echo(f"Revoked {key_id}.")
