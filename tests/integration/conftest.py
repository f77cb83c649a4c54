"""Fixtures that several integration tests share."""

from tests.catalog_kit import catalog, postgresql

__all__ = ["catalog", "postgresql"]
