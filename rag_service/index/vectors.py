"""Chroma: dense vectors, chunk texts and their versions; embedded, or a server by host."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Collection as Names
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rag_service.errors import DiskFull, StoreError
from rag_service.index.chroma_files import ChromaFiles
from rag_service.index.chroma_place import ChromaServer, connect, explained
from rag_service.models import StoredText
from rag_service.ports import Hit, Vector, VectorRow

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection

# With Chroma's own 100 and 100 the search misses 3 to 4.5 % of the 40 nearest of 50,000 chunks, with these 0.3 %, and
# none of 1,300: two indexes of the same chunks answer alike, though the graph of each depends on its threads.
_INDEX: Any = {"hnsw": {"space": "cosine", "ef_construction": 200, "ef_search": 400}}
_READ = 5000  # rows a request; SQLite below embedded Chroma binds one variable a row


class ChromaVectors:
    """The vector store (ports.VectorStore); one Chroma collection for each collection, named by its id."""

    def __init__(self, place: Path | ChromaServer) -> None:
        """Nothing is opened before the first use: importing chromadb takes a second or two."""
        self._place = place
        self._files = ChromaFiles(place) if isinstance(place, Path) else None
        self._connected: tuple[Client, int] | None = None
        self._open: dict[str, Collection] = {}
        self._lock = threading.Lock()

    def add(self, collection_id: str, rows: Sequence[VectorRow]) -> None:
        """Store chunks; a chunk that is there already is replaced."""
        with self._writing():
            collection = self._collection(collection_id, create=True)
            assert collection is not None
            _, size = self._client()
            for start in range(0, len(rows), size):
                some = rows[start : start + size]
                collection.upsert(
                    ids=[row.chunk_id for row in some],
                    embeddings=np.stack([row.vector for row in some]),
                    documents=None if self._embedded else [row.text for row in some],
                    metadatas=[self._metadata(row) for row in some],
                )
                self._keep(collection_id)

    def remove(self, collection_id: str, chunk_ids: Sequence[str]) -> None:
        """Forget chunks; those that are not there are passed over."""
        with self._writing():
            collection = self._collection(collection_id)
            if collection is None:
                return
            size = min(self._client()[1], _READ)
            for start in range(0, len(chunk_ids), size):
                collection.delete(ids=list(chunk_ids[start : start + size]))
                self._keep(collection_id)

    def drop(self, collection_id: str) -> None:
        """Forget a whole collection."""
        with self._writing():
            if self._collection(collection_id) is not None:
                if self._files:
                    self._files.forget(collection_id)
                self._client()[0].delete_collection(collection_id)
            self._open.pop(collection_id, None)

    def query(self, collection_id: str, vector: Vector, limit: int, chunk_ids: Sequence[str] | None) -> list[Hit]:
        """Nearest chunks by cosine, best first; among the given ones if not None."""
        from chromadb.errors import InternalError

        with explained(self._place):
            collection = self._collection(collection_id)
            if collection is None or limit < 1 or (chunk_ids is not None and not chunk_ids):
                return []
            within = None if chunk_ids is None else list(chunk_ids)
            ask = partial(collection.query, vector[None], n_results=limit, ids=within, include=["distances"])
            try:
                found = ask()
            except InternalError:  # Chroma met a chunk that was deleted while it searched
                found = ask()
            distances = found["distances"] or [[]]
            return [Hit(name, 1.0 - float(far)) for name, far in zip(found["ids"][0], distances[0], strict=True)]

    def vectors(self, collection_id: str, chunk_ids: Sequence[str]) -> dict[str, Vector]:
        """Stored vectors of those chunks that are there."""
        found: dict[str, Vector] = {}
        for some in self._fetch(collection_id, chunk_ids, ["embeddings"]):
            vectors = np.asarray(some["embeddings"], np.float32)
            found |= dict(zip(some["ids"], vectors, strict=True))
        return found

    def texts(self, collection_id: str) -> Iterator[StoredText]:
        """Every stored chunk's id and text, for comparison with the catalog."""
        with explained(self._place):
            collection, start = self._collection(collection_id), 0
            while collection is not None:
                some = collection.get(limit=_READ, offset=start, include=["documents", "metadatas"])
                filed = zip(some["ids"], some["documents"] or [], some["metadatas"] or [], strict=True)
                for name, text, said in filed:
                    yield StoredText(name, str((said or {}).get("text", text or "")))
                start += _READ
                if len(some["ids"]) < _READ:
                    return

    def count(self, collection_id: str) -> int:
        """Number of stored chunks."""
        with explained(self._place):
            collection = self._collection(collection_id)
            return 0 if collection is None else collection.count()

    def check(self, collection_id: str, *, after_kill: bool = False) -> None:
        """StoreError when the collection's nearest-neighbour index cannot be searched.

        ``after_kill``, asked before anything has opened it: or when the last process died while it wrote the index.
        """
        if after_kill and self._files and self._files.half_written(collection_id):
            raise StoreError(f"The vector store (embedded Chroma in {self._place}) was killed while it wrote an index.")
        with explained(self._place):
            collection = self._collection(collection_id)
            one = collection.peek(1)["embeddings"] if collection is not None else None
        if one is not None and len(one):
            self.query(collection_id, np.asarray(one[0], np.float32), 1, None)

    def strays(self, known: Names[str]) -> list[str]:
        """Ids of collections that nobody knows; none on a server, which others may use too."""
        if not isinstance(self._place, Path) or not self._place.exists():
            return []
        with explained(self._place):
            return sorted({item.name for item in self._client()[0].list_collections()} - set(known))

    def restore(self, collection_id: str) -> bool:
        """Put the last whole copy of a collection's index in the place of a damaged one; whether there is one."""
        if self._files is None:
            return False
        self.close()
        with explained(self._place):
            return self._files.restore(collection_id)

    def reset(self, collection_id: str) -> None:
        """Begin a collection anew; an embedded database that cannot do even that is deleted as a whole.

        DiskFull, and nothing is lost, when the disk has no room for it.
        """
        try:
            self.drop(collection_id)
        except DiskFull:
            raise
        except StoreError:
            if not isinstance(self._place, Path):
                raise
            self.close()
            shutil.rmtree(self._place, ignore_errors=True)
            if self._files:
                self._files.forget_all()

    def close(self) -> None:
        """Let go of the database."""
        with self._lock:
            self._open = {}  # not cleared: a call that began before may still file what it opened in the old one
            if self._connected is not None:
                self._connected[0].close()
            self._connected = None

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Explains failures, after which embedded Chroma is opened anew at the next use.

        A write that fails for lack of room may leave a transaction open, and the next would wait for its end for ever.
        """
        try:
            with explained(self._place):
                yield
        except StoreError:
            if self._embedded:
                self.close()
            raise

    def _keep(self, collection_id: str) -> None:
        if self._files:
            self._files.keep(collection_id)

    @property
    def _embedded(self) -> bool:
        return isinstance(self._place, Path)

    def _metadata(self, row: VectorRow) -> dict[str, str]:
        """What is filed with a chunk; where Chroma is embedded, its text too.

        As Chroma's document, embedded Chroma would index every three letters of it, for searches inside texts: more
        work than all the rest of storing a chunk. A server has processors of its own, and may limit metadata.
        """
        said = {"version": row.version_id, "document": row.document_id}
        return said | {"text": row.text} if self._embedded else said

    def _client(self) -> tuple[Client, int]:
        """The client and how many rows it takes at once."""
        with self._lock:
            if self._connected is None:
                client = connect(self._place)
                self._connected = client, client.get_max_batch_size()
            return self._connected

    def _fetch(self, collection_id: str, chunk_ids: Sequence[str], include: list[Any]) -> Iterator[Any]:
        with explained(self._place):
            collection = self._collection(collection_id)
            for start in range(0, len(chunk_ids) if collection is not None else 0, _READ):
                assert collection is not None
                yield collection.get(ids=list(chunk_ids[start : start + _READ]), include=include)

    def _collection(self, collection_id: str, *, create: bool = False) -> Collection | None:
        from chromadb.errors import NotFoundError

        opened = self._open
        known = opened.get(collection_id)
        if known is not None:
            return known
        client, _ = self._client()
        try:
            if create:
                known = client.get_or_create_collection(collection_id, embedding_function=None, configuration=_INDEX)
            else:
                known = client.get_collection(collection_id, embedding_function=None)
        except NotFoundError:
            return None
        opened[collection_id] = known
        return known
