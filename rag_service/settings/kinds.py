"""Kinds of values that several settings, or others than settings, have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from rag_service.models.collections import COLLECTION_NAME


def _expanded(path: Path) -> Path:
    """``~`` as a shell has it, which does not see what .env or TOML hold."""
    try:
        return path.expanduser()
    except RuntimeError as error:
        raise ValueError("begins with ~, and there is no such home folder") from error


HomePath = Annotated[Path, AfterValidator(_expanded)]
CollectionName = Annotated[str, Field(pattern=f"^{COLLECTION_NAME}$")]
