"""Fixtures that several integration tests share."""

from tests.catalog_kit import catalog, postgresql
from tests.chroma_kit import chroma_server

__all__ = ["catalog", "chroma_server", "postgresql"]
