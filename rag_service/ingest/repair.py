"""Stores mended from the catalog: orphans deleted, lost chunks indexed and embedded again."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import islice

from rag_service.index.derived import rebuild_lexical
from rag_service.index.doctor import Doctor
from rag_service.index.ids import version_of
from rag_service.index.inventory import Inventory, LiveChunk
from rag_service.index.stores import Stores
from rag_service.ingest.write import Engine, Writer, encode
from rag_service.models import Collection, Finding, Fingerprint
from rag_service.ports import VectorRow

_BATCH = 256


class Repair:
    """Mends what doctor found; the catalog is right where stores differ from it."""

    def __init__(self, stores: Stores, engine: Callable[[], Engine]) -> None:
        """``engine`` is called only when vectors have to be computed."""
        self._stores = stores
        self._engine = engine

    def mend(self, findings: Sequence[Finding]) -> None:
        """Make every store agree with the catalog again; StoreError, ModelError."""
        names = {item.name: item.id for item in self._stores.catalog.collections.all()}
        for finding in findings:
            if finding.chunk_id is None and finding.kind == "orphan":
                self._drop(finding)
        for name, collection_id in names.items():
            own = [item for item in findings if item.collection == name]
            if own:
                self._collection(collection_id, own)

    def _drop(self, finding: Finding) -> None:
        """What no collection claims, no store keeps."""
        self._stores.vectors.drop(finding.collection)
        self._stores.lexical.drop(finding.collection)
        self._stores.tokens.drop(finding.collection)

    def _collection(self, collection_id: str, findings: Sequence[Finding]) -> None:
        broken = {version_of(item.chunk_id) for item in findings if item.store == "catalog" and item.chunk_id}
        if broken:
            self._renew(collection_id, sorted(broken))
        inventory = Inventory(self._stores.catalog.database)
        version_ids = list(inventory.versions(collection_id))
        if any(item.store == "lexical" for item in findings):
            rebuild_lexical(self._stores.lexical, collection_id, inventory.chunks(version_ids))
        vectors = self._lost_vectors(collection_id, [item for item in findings if item.store == "vectors"])
        tokens = self._lost_tokens(collection_id, [item for item in findings if item.store == "tokens"])
        if vectors is None or tokens is None or vectors | tokens:
            self._encode(collection_id, inventory.chunks(version_ids), vectors, tokens)

    def _renew(self, collection_id: str, version_ids: Sequence[str]) -> None:
        """Cut documents anew from their source texts, as new versions."""
        engine = self._engine()
        wanted = (
            replace(item, chunks=tuple(engine.cut(item.document.text, item.document.language)))
            for item in self._stores.catalog.rebuild.contents(version_ids)
        )
        for _ in Writer(self._stores, engine, lambda: False, lambda _: None).write(collection_id, wanted):
            pass

    def _lost_vectors(self, collection_id: str, findings: Sequence[Finding]) -> set[str] | None:
        """Chunks to embed after what is wrong has been removed; None for all of them."""
        if any(item.kind == "unreadable" for item in findings):
            self._stores.vectors.reset(collection_id)
            return None
        wrong = [item.chunk_id for item in findings if item.chunk_id and item.kind != "missing"]
        self._stores.vectors.remove(collection_id, wrong)
        return {item.chunk_id for item in findings if item.chunk_id and item.kind != "orphan"}

    def _lost_tokens(self, collection_id: str, findings: Sequence[Finding]) -> set[str] | None:
        """Chunks to encode after what is wrong has been removed; None for all of them."""
        if any(item.kind == "unreadable" for item in findings):
            self._stores.tokens.drop(collection_id)
            return None
        live = Inventory(self._stores.catalog.database).versions(collection_id)
        orphans = {version_of(item.chunk_id) for item in findings if item.chunk_id and item.kind == "orphan"}
        self._stores.tokens.remove(collection_id, sorted(orphans - live.keys()))
        return {item.chunk_id for item in findings if item.chunk_id and item.kind != "orphan"}

    def _encode(
        self,
        collection_id: str,
        chunks: Iterable[LiveChunk],
        vectors: set[str] | None,
        tokens: set[str] | None,
    ) -> None:
        """Compute what was lost; None stands for every chunk."""
        engine = self._engine()
        lost = (
            chunk
            for chunk in chunks
            if vectors is None or tokens is None or chunk.chunk_id in vectors or chunk.chunk_id in tokens
        )
        while some := list(islice(lost, _BATCH)):
            pairs = list(zip(some, encode(engine, [chunk.text for chunk in some]), strict=True))
            rows = [
                VectorRow(chunk.chunk_id, chunk.version_id, chunk.document_id, encoding.vector, chunk.text)
                for chunk, encoding in pairs
                if vectors is None or chunk.chunk_id in vectors
            ]
            blocks = {
                chunk.chunk_id: encoding.block
                for chunk, encoding in pairs
                if encoding.block is not None and (tokens is None or chunk.chunk_id in tokens)
            }
            self._stores.vectors.add(collection_id, rows)
            self._stores.tokens.add(collection_id, blocks)


def restore_vectors(
    stores: Stores,
    collections: Sequence[Collection],
    engine: Callable[[], Engine],
    fingerprint: Callable[[], Fingerprint],
) -> bool:
    """Embed the chunks that collections lack vectors of; False when some were made by another model.

    Token vectors and the lexical index stay as they are. StoreError, ModelError; what is done stays done.
    """
    log = logging.getLogger(__name__)
    complete = True
    for collection in collections:
        made, wanted = collection.fingerprint, fingerprint()
        if made and (made.embedder, made.dimension) != (wanted.embedder, wanted.dimension):
            said = "the vectors of collection %r are lost and its model is not set: run %s"
            log.error(said, collection.name, f"`rag-service ingest --re-embed --collection {collection.name}`")
            complete = False
            continue
        findings = list(Doctor(stores, late_interaction=False).vectors(collection))
        log.warning("rebuilding the vectors of collection %r: %d chunks", collection.name, len(findings))
        Repair(stores, engine).mend(findings)
        log.warning("the vectors of collection %r are rebuilt", collection.name)
    return complete
