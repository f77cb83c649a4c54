"""Fixtures that several integration tests share."""

from tests.catalog_kit import catalog, postgresql
from tests.chroma_kit import chroma_server
from tests.eval_kit import caches

__all__ = ["caches", "catalog", "chroma_server", "postgresql"]
