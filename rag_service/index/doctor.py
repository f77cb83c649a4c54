"""The stores held against the catalog: what is too much, what is missing, what differs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import suppress

from rag_service.errors import DiskFull, StoreError
from rag_service.index.ids import id_of
from rag_service.index.inventory import Inventory
from rag_service.index.stores import Stores
from rag_service.models import Collection, Finding, StoreName

_READ = 5000  # vectors at a time


class Doctor:
    """Compares stores with the catalog; nothing else may write meanwhile."""

    def __init__(self, stores: Stores, *, late_interaction: bool) -> None:
        """Without late interaction nothing is expected of the token vectors."""
        self._stores = stores
        self._late_interaction = late_interaction

    def examine(self) -> Iterator[Finding]:
        """Everything that is not as the catalog says, collection by collection."""
        known = self._stores.catalog.collections.all()
        for collection in known:
            yield from self._collection(collection)
        yield from self._stray({collection.id for collection in known})

    def vectors(self, collection: Collection) -> Iterator[Finding]:
        """What is not as the catalog says in a collection's vectors."""
        inventory = Inventory(self._stores.catalog.database)
        live = inventory.chunks(list(inventory.versions(collection.id)))
        yield from self._vectors(collection, {chunk.chunk_id: _digest(chunk.text) for chunk in live})

    def _collection(self, collection: Collection) -> Iterator[Finding]:
        inventory = Inventory(self._stores.catalog.database)
        versions = inventory.versions(collection.id)
        texts: dict[str, str] = {}
        digests: dict[str, str] = {}
        for version_id, count in versions.items():
            source_text = inventory.text(version_id)
            rows = list(inventory.chunks([version_id]))
            for row in rows:
                texts[row.chunk_id], digests[row.chunk_id] = _digest(row.text), row.lexical.digest
                if source_text[row.start : row.end] != row.text:
                    yield Finding("catalog", "mismatched", collection.name, row.chunk_id)
            there = {row.chunk_id for row in rows}
            for wanted in (id_of(version_id, ordinal) for ordinal in range(count)):
                if wanted not in there:
                    yield Finding("catalog", "missing", collection.name, wanted)
        yield from self._vectors(collection, texts)
        yield from self._lexical(collection, digests)
        if self._late_interaction:
            yield from self._tokens(collection, texts)

    def _vectors(self, collection: Collection, expected: Mapping[str, str]) -> Iterator[Finding]:
        """Texts are those of the catalog, and every one has a vector that can be searched by."""
        try:
            self._stores.vectors.check(collection.id)
            stored = {row.chunk_id: _digest(row.text) for row in self._stores.vectors.texts(collection.id)}
            names = list(stored)
            for begin in range(0, len(names), _READ):
                some = names[begin : begin + _READ]
                vectors = self._stores.vectors.vectors(collection.id, some)
                stored |= {name: "" for name in some if name not in vectors or not vectors[name].any()}
        except DiskFull:
            raise
        except StoreError as error:
            yield Finding("vectors", "unreadable", collection.name, None, str(error))
            return
        yield from _compare("vectors", collection, expected, stored)

    def _lexical(self, collection: Collection, expected: Mapping[str, str]) -> Iterator[Finding]:
        try:
            stored = self._stores.lexical.digests(collection.id)
        except StoreError as error:
            yield Finding("lexical", "unreadable", collection.name, None, str(error))
            return
        yield from _compare("lexical", collection, expected, stored)

    def _tokens(self, collection: Collection, expected: Mapping[str, str]) -> Iterator[Finding]:
        try:
            damaged = set(self._stores.tokens.damaged(collection.id))
            there = self._stores.tokens.chunk_ids(collection.id)
        except StoreError as error:
            yield Finding("tokens", "unreadable", collection.name, None, str(error))
            return
        stored = {chunk_id: "" if chunk_id in damaged else expected.get(chunk_id, "") for chunk_id in there}
        yield from _compare("tokens", collection, expected, stored)

    def _stray(self, known: set[str]) -> Iterator[Finding]:
        """Whole collections that the catalog does not know; a Chroma server may hold other people's."""
        for collection_id in sorted(set(self._stores.lexical.collections()) - known):
            yield Finding("lexical", "orphan", collection_id, None)
        for collection_id in sorted(set(self._stores.tokens.collections()) - known):
            yield Finding("tokens", "orphan", collection_id, None)
        with suppress(StoreError):  # told for every collection above
            for collection_id in self._stores.vectors.strays(known):
                yield Finding("vectors", "orphan", collection_id, None)


def _compare(
    store: StoreName, collection: Collection, expected: Mapping[str, str], stored: Mapping[str, str]
) -> Iterator[Finding]:
    for chunk_id, digest in expected.items():
        if chunk_id not in stored:
            yield Finding(store, "missing", collection.name, chunk_id)
        elif stored[chunk_id] != digest:
            yield Finding(store, "mismatched", collection.name, chunk_id)
    for chunk_id in stored.keys() - expected.keys():
        yield Finding(store, "orphan", collection.name, chunk_id)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
