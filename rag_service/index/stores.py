"""The three stores of chunks behind the catalog, written and cleaned together."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag_service.errors import StoreError
from rag_service.index.catalog import Catalog, open_catalog
from rag_service.index.derived import rebuild_lexical
from rag_service.index.inventory import Inventory
from rag_service.index.lexical import LexicalIndex, LexicalRow
from rag_service.index.tokens import TokenVectors
from rag_service.index.vectors import ChromaServer, ChromaVectors
from rag_service.index.versions import Leftover
from rag_service.models import Collection
from rag_service.ports import TokenBlock, VectorRow, VectorStore

_JOB_SECONDS = 30 * 86_400  # how long finished jobs are remembered


@dataclass(frozen=True, slots=True)
class Stores:
    """The catalog and the stores it rules."""

    catalog: Catalog
    vectors: VectorStore
    lexical: LexicalIndex
    tokens: TokenVectors

    def add(
        self,
        collection_id: str,
        vectors: Sequence[VectorRow],
        lexical: Sequence[LexicalRow],
        blocks: Mapping[str, TokenBlock],
    ) -> None:
        """Write chunks of pending versions to every store."""
        self.vectors.add(collection_id, vectors)
        self.lexical.add(collection_id, lexical)
        self.tokens.add(collection_id, blocks)

    def remove(self, gone: Sequence[Leftover]) -> None:
        """Remove versions that are not live from every store, then from the catalog."""
        for collection_id in dict.fromkeys(item.collection_id for item in gone):
            own = [item for item in gone if item.collection_id == collection_id]
            version_ids = [item.version_id for item in own]
            self.vectors.remove(collection_id, [name for item in own for name in item.chunk_ids])
            self.lexical.remove(collection_id, version_ids)
            self.tokens.remove(collection_id, version_ids)
        self.catalog.versions.purge([item.version_id for item in gone])

    def drop(self, collection_id: str) -> None:
        """Remove a collection that nobody sees any more from every store, then from the catalog."""
        self.vectors.drop(collection_id)
        self.lexical.drop(collection_id)
        self.tokens.drop(collection_id)
        self.catalog.collections.purge(collection_id)

    def recover(self) -> list[str]:
        """Finish what a process that died left half done; returns the jobs it was running.

        A lexical index that cannot be read or lacks chunks is rebuilt. Only the owner of the data directory may
        call this.
        """
        for collection_id in self.catalog.collections.abandoned():
            self.drop(collection_id)
        gone = self.catalog.versions.leftovers()
        for collection_id in dict.fromkeys(item.collection_id for item in gone):
            try:
                self.lexical.remove(collection_id, [x.version_id for x in gone if x.collection_id == collection_id])
            except StoreError:
                self.lexical.drop(collection_id)  # it is built anew below
        if gone:
            self.remove(gone)
        for collection in self.catalog.collections.all():
            if not self._lexical_complete(collection):
                chunks = Inventory(self.catalog.database)
                version_ids = list(chunks.versions(collection.id))
                rebuild_lexical(self.lexical, collection.id, chunks.chunks(version_ids))
        self.catalog.jobs.forget_before(int(time.time()) - _JOB_SECONDS)
        return self.catalog.jobs.interrupt_open()

    def _lexical_complete(self, collection: Collection) -> bool:
        try:
            return self.lexical.count(collection.id) == collection.chunks
        except StoreError:
            return False

    def close(self) -> None:
        """Close every store."""
        self.lexical.close()
        self.tokens.close()
        self.vectors.close()
        self.catalog.close()


def open_stores(data_dir: Path, *, catalog_url: str | None = None, chroma: ChromaServer | None = None) -> Stores:
    """The stores of a data directory; SQLite and embedded Chroma inside it unless told otherwise."""
    data_dir.mkdir(parents=True, exist_ok=True)
    catalog = open_catalog(catalog_url or f"sqlite:///{(data_dir / 'catalog.sqlite').absolute()}")
    vectors = ChromaVectors(chroma or data_dir / "chroma")
    return Stores(catalog, vectors, LexicalIndex(data_dir / "lexical"), TokenVectors(data_dir / "tokens"))
