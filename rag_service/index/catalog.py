"""The catalog: the authority on what is stored. A chunk counts only if its version is live here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import URL

from rag_service.index.collections import Collections
from rag_service.index.database import Database
from rag_service.index.documents import Documents
from rag_service.index.duplicates import Duplicates
from rag_service.index.jobs import Jobs
from rag_service.index.keys import Keys
from rag_service.index.reading import LiveReader
from rag_service.index.rebuild import Rebuild
from rag_service.index.versions import Versions


@dataclass(frozen=True, slots=True)
class Catalog:
    """The catalog's parts over one database; ``live`` is what retrieval and answering read."""

    database: Database
    live: LiveReader
    collections: Collections
    documents: Documents
    versions: Versions
    duplicates: Duplicates
    rebuild: Rebuild
    jobs: Jobs
    keys: Keys

    def close(self) -> None:
        """Close all connections."""
        self.database.close()


def catalog_in(data_dir: Path) -> URL:
    """Where a data directory's own catalog is; as text, a URL would end where the folder's name holds a ``?``."""
    return URL.create("sqlite", database=str((data_dir / "catalog.sqlite").absolute()))


def open_catalog(url: str | URL) -> Catalog:
    """Open or create the catalog at a SQLAlchemy URL, such as ``sqlite:///data/catalog.sqlite``."""
    database = Database(url)
    collections = Collections(database)
    return Catalog(
        database,
        LiveReader(database, collections.facts),
        collections,
        Documents(database),
        Versions(database),
        Duplicates(database),
        Rebuild(database),
        Jobs(database),
        Keys(database),
    )
