"""A collection built anew beside itself, and put in its own place in one transaction."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict

import sqlalchemy as sa

from rag_service.errors import UnknownCollection
from rag_service.index.database import Database
from rag_service.index.rows import NewVersion, Origin
from rag_service.index.schema import collections, documents, texts, versions
from rag_service.models import Document, Fingerprint, Page


class Rebuild:
    """The catalog's part of re-embedding: the old collection serves until the new one is complete."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self) -> str:
        """An empty collection that nobody sees; found at the next start, it is dropped."""
        new_id = f"col_{secrets.token_hex(8)}"
        row = {"id": new_id, "name": f"!{new_id}", "state": "building", "created": int(time.time())}
        with self._database.write() as connection:
            connection.execute(sa.insert(collections).values(row))
        return new_id

    def texts(self, collection_id: str) -> Iterator[NewVersion]:
        """Every live document of a collection with its source text, not yet cut into chunks."""
        live = sa.and_(versions.c.collection_id == collection_id, versions.c.state == "live")
        with self._database.read() as connection:
            ids = list(connection.scalars(sa.select(versions.c.id).where(live).order_by(versions.c.id)))
        yield from self.contents(ids)

    def contents(self, version_ids: Sequence[str]) -> Iterator[NewVersion]:
        """Live versions with their source texts, not yet cut into chunks."""
        for version_id in version_ids:
            with self._database.read() as connection:
                row = connection.execute(_CONTENT.where(versions.c.id == version_id)).first()
            if row is not None:
                said = (
                    row.source,
                    row.text,
                    row.sha256,
                    row.title,
                    row.language,
                    row.media_type,
                    row.published,
                )
                document = Document(*said, row.metadata, tuple(Page(*page) for page in row.pages))
                yield NewVersion(document, (), Origin(row.root, row.size, row.mtime_ns), row.id)

    def finish(self, old_id: str, new_id: str, fingerprint: Fingerprint) -> None:
        """Put the new collection in the old one's place; documents that were deleted meanwhile stay deleted.

        UnknownCollection when the old one was deleted itself.
        """
        old_live = sa.and_(versions.c.collection_id == old_id, versions.c.state == "live")
        with self._database.write() as connection:
            still = sa.and_(collections.c.id == old_id, collections.c.state == "live")
            found = connection.execute(sa.select(collections.c.name, collections.c.created).where(still)).first()
            if found is None:
                raise UnknownCollection("The collection was deleted while it was embedded anew.")
            alive = list(connection.scalars(sa.select(versions.c.document_id).where(old_live)))
            connection.execute(sa.update(versions).where(old_live).values(state="retired"))
            moving = sa.update(documents).where(documents.c.collection_id == old_id)
            connection.execute(moving.values(collection_id=new_id))
            for document_id in alive:
                own = sa.and_(versions.c.collection_id == new_id, versions.c.document_id == document_id)
                connection.execute(sa.update(versions).where(own).values(state="live"))
            gone = {"name": f"!{old_id}", "state": "deleting"}
            connection.execute(sa.update(collections).where(collections.c.id == old_id).values(gone))
            here = {"name": found.name, "state": "live", "created": found.created, "fingerprint": asdict(fingerprint)}
            connection.execute(sa.update(collections).where(collections.c.id == new_id).values(here))


_CONTENT = (
    sa.select(
        documents.c.id,
        documents.c.source,
        documents.c.root,
        documents.c.size,
        documents.c.mtime_ns,
        texts.c.text,
        versions.c.sha256,
        versions.c.title,
        versions.c.language,
        versions.c.media_type,
        versions.c.published,
        versions.c.metadata,
        versions.c.pages,
    )
    .join(versions, versions.c.document_id == documents.c.id)
    .join(texts, texts.c.version_id == versions.c.id)
    .where(versions.c.state == "live")
)
