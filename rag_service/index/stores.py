"""The three stores of chunks behind the catalog, written and cleaned together."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag_service.errors import DiskFull, StoreError
from rag_service.index.catalog import Catalog, catalog_in, open_catalog
from rag_service.index.chroma_place import ChromaServer
from rag_service.index.derived import rebuild_lexical
from rag_service.index.inventory import Inventory
from rag_service.index.lexical import LexicalIndex, LexicalRow
from rag_service.index.tokens import TokenVectors
from rag_service.index.vectors import ChromaVectors
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
    mark: Path | None
    """A file that is there while the stores are in use; None where the vector store is a server of its own."""

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
        if not gone:
            return
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

    def recover(self) -> list[Collection]:
        """Finish what a process that died left half done; returns collections whose vectors are not complete.

        A lexical index that cannot be read or lacks chunks is rebuilt. Embedded Chroma is looked at when it was not
        closed or has something to forget; a collection that cannot be searched or written is emptied. Only the owner
        of the data directory may call this. While other processes are at a catalog that they share with this one,
        what is not live may be theirs, and is left to whoever comes first when all are gone.
        """
        with self.catalog.database.arrive() as alone:
            gone = self.catalog.versions.leftovers() if alone else []
            doubtful = self._mark()
            damaged = self._damaged(gone, doubtful)
            if alone:
                self._clean()
        for collection in self.catalog.collections.all():
            if not self._lexical_complete(collection):
                chunks = Inventory(self.catalog.database)
                version_ids = list(chunks.versions(collection.id))
                rebuild_lexical(self.lexical, collection.id, chunks.chunks(version_ids))
        self.catalog.jobs.forget_before(int(time.time()) - _JOB_SECONDS)
        self.catalog.jobs.interrupt_open()
        if not (doubtful or damaged):
            return []
        return [item for item in self.catalog.collections.all() if self.vectors.count(item.id) != item.chunks]

    def _damaged(self, gone: Sequence[Leftover], doubtful: bool) -> bool:
        """Whether the vectors of any collection had to be emptied, among those that may have suffered."""
        suspects = {item.collection_id for item in gone}
        found = [
            self._reset_damaged(item, gone, doubtful)
            for item in self.catalog.collections.all()
            if self.mark is not None and (doubtful or item.id in suspects)
        ]
        return any(found)

    def _clean(self) -> None:
        """Remove collections and versions that nobody sees from every store."""
        for collection_id in self.catalog.collections.abandoned():
            self.drop(collection_id)
        gone = self.catalog.versions.leftovers()
        for collection_id in dict.fromkeys(item.collection_id for item in gone):
            try:
                self.lexical.remove(collection_id, [x.version_id for x in gone if x.collection_id == collection_id])
            except StoreError:
                self.lexical.drop(collection_id)  # it is built anew later
        self.remove(gone)

    def _mark(self) -> bool:
        """Note that the stores are in use; whether they were when the last process ended."""
        if self.mark is None:
            return False
        found = self.mark.exists()
        self.mark.touch()
        return found

    def _reset_damaged(self, collection: Collection, gone: Sequence[Leftover], killed: bool) -> bool:
        """Empty a collection of vectors that can be neither used nor restored; whether it had to be.

        DiskFull, and nothing is emptied, when there is no room to look at it.
        """
        own = [name for item in gone if item.collection_id == collection.id for name in item.chunk_ids]
        log = logging.getLogger(__name__)
        empty = self.vectors.reset
        for restored in (False, True):
            try:
                self.vectors.check(collection.id, after_kill=killed)
                empty = self.vectors.drop  # not reset: the other collections are whole
                self.vectors.remove(collection.id, own)
            except DiskFull:
                raise
            except StoreError as error:
                log.warning("the vectors of collection %r are damaged: %s", collection.name, error)
                if restored or not self.vectors.restore(collection.id):
                    break
                log.warning("the vectors of collection %r are put back to the last whole state", collection.name)
            else:
                return False
        empty(collection.id)
        return True

    def _lexical_complete(self, collection: Collection) -> bool:
        try:
            return self.lexical.count(collection.id) == collection.chunks
        except StoreError:
            return False

    def close(self, *, clean: bool = False) -> None:
        """Close every store; ``clean`` when they are complete and need no look at the next start."""
        self.lexical.close()
        self.tokens.close()
        self.vectors.close()
        self.catalog.close()
        if clean and self.mark is not None:
            self.mark.unlink(missing_ok=True)


def open_stores(data_dir: Path, *, catalog_url: str | None = None, chroma: ChromaServer | None = None) -> Stores:
    """The stores of a data directory; SQLite and embedded Chroma inside it unless told otherwise."""
    data_dir.mkdir(parents=True, exist_ok=True)
    catalog = open_catalog(catalog_url or catalog_in(data_dir))
    vectors = ChromaVectors(chroma or data_dir / "chroma")
    mark = None if chroma else data_dir / "in-use"
    return Stores(catalog, vectors, LexicalIndex(data_dir / "lexical"), TokenVectors(data_dir / "tokens"), mark)
