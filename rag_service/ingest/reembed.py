"""A collection built anew from its stored source texts; the files are not needed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from rag_service.index.rows import NewVersion
from rag_service.index.stores import Stores
from rag_service.ingest.run import Run
from rag_service.ingest.write import Engine, Writer
from rag_service.models import Collection, Fingerprint, JobDocument


def re_embed(stores: Stores, collection: Collection, engine: Engine, fingerprint: Fingerprint, run: Run) -> None:
    """Chunk and embed every document of a collection with new settings; ids of documents stay the same.

    Vectors of two models never meet: the new versions are built in a collection beside the old one, which
    answers questions until the new one takes its place. Cancelled, StoreError, ModelError leave the old one.
    """
    rebuild = stores.catalog.rebuild
    run.expect(collection.documents)
    new_id = rebuild.begin()

    def versions() -> Iterator[NewVersion]:
        for item in rebuild.texts(collection.id):
            version = replace(item, chunks=tuple(engine.cut(item.document.text, item.document.language)))
            run.found(len(version.chunks))
            yield version

    try:
        for group in Writer(stores, engine, run.stopped, run.embedded).prepare(new_id, versions()):
            for item in group:
                source, chunks = item.content.document.source, len(item.content.chunks)
                run.finish(JobDocument(source, item.document_id, "updated", chunks))
        rebuild.finish(collection.id, new_id, fingerprint)
    except BaseException:
        stores.drop(new_id)
        raise
    stores.drop(collection.id)
