"""Options that several commands have."""

from __future__ import annotations

from typing import Annotated

import typer

Collection = Annotated[
    str | None, typer.Option("--collection", "-c", help="Name of the collection; default: RAG_COLLECTION.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
