"""The API keys without the rest of the service."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rag_service.index.catalog import catalog_in, open_catalog
from rag_service.index.keys import Keys
from rag_service.index.lock import usable
from rag_service.settings import Settings


@contextmanager
def open_keys(settings: Settings) -> Iterator[Keys]:
    """The API keys alone: the catalog takes them beside a running server."""
    with usable(settings.data_dir):
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    catalog = open_catalog(settings.catalog.url or catalog_in(settings.data_dir))
    try:
        yield catalog.keys
    finally:
        catalog.close()
