"""Fixtures that several integration tests share."""

from tests.catalog_kit import catalog, postgresql
from tests.chroma_kit import chroma_server
from tests.eval_kit import caches
from tests.library_kit import held, held_library

__all__ = ["caches", "catalog", "chroma_server", "held", "held_library", "postgresql"]
