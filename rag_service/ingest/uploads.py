"""Documents handed over rather than found in a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from rag_service.errors import InvalidInput, LoadError, RagError, UnknownDocument
from rag_service.index.documents import Known
from rag_service.index.rows import NewVersion, Origin
from rag_service.index.stores import Stores
from rag_service.index.versions import check_storable
from rag_service.ingest.run import Run
from rag_service.ingest.write import Engine, Writer, deleted_meanwhile
from rag_service.models import Document, JobDocument, Outcome, StoredDocument, Upload

LoadUpload = Callable[[Upload], Document]


def put(
    stores: Stores,
    collection_id: str,
    uploads: Sequence[Upload],
    load: LoadUpload,
    engine: Callable[[], Engine],
    run: Run,
) -> None:
    """Add or update documents; same source and content again changes nothing, a new description only that.

    What fails for one is told to ``run``, the rest goes on; so is what was deleted after the job was asked for.
    Cancelled, StoreError, ModelError.
    """
    run.expect(len(uploads))
    known = stores.catalog.documents.known(collection_id)
    fresh = list(_fresh(stores, known, uploads, load, run))
    if not fresh:
        return
    tools = engine()

    def versions() -> Iterator[NewVersion]:
        for document in fresh:
            version = NewVersion(document, tuple(tools.cut(document.text, document.language)), Origin())
            run.found(len(version.chunks))
            yield version

    def refused(document: Document, error: RagError) -> None:
        own = known.get(document.source)
        run.finish(JobDocument(document.source, own.document_id if own else None, "failed", error=str(error)))

    writer = Writer(stores, tools, run.stopped, run.embedded, refused, run.deleted)
    for group in writer.write(collection_id, versions()):
        for item in group:
            document = item.content.document
            status: Outcome = "updated" if document.source in known else "added"
            run.finish(JobDocument(document.source, item.document_id, status, len(item.content.chunks)))


def _fresh(
    stores: Stores, known: dict[str, Known], uploads: Sequence[Upload], load: LoadUpload, run: Run
) -> Iterator[Document]:
    """Uploads that have to be embedded; the last of several under one source counts."""
    last = {upload.source: upload for upload in uploads}
    for upload in uploads:
        if last[upload.source] is not upload:
            run.finish(JobDocument(upload.source, None, "failed", error="the same source comes again in this job"))
            continue
        own = known.get(upload.source)
        try:
            if upload.source in run.deleted:
                raise deleted_meanwhile()
            document = load(upload)
            check_storable(document)
            same = _same(stores, own, document) if own is not None else None
        except (LoadError, UnknownDocument) as error:
            run.finish(JobDocument(upload.source, own.document_id if own else None, "failed", error=str(error)))
            continue
        if own is None:
            yield document
        elif same:
            run.finish(_described(stores, own, same, document))
        elif own.root is not None:
            error_text = f"the name is taken by a document ingested from {own.root}: change it there"
            run.finish(JobDocument(upload.source, own.document_id, "failed", error=error_text))
        else:
            yield document


def _same(stores: Stores, own: Known, document: Document) -> StoredDocument | None:
    """What is stored, if it is this document: the same bytes, read to the same text with the same title.

    The same bytes as text and as a file may be read in two ways, and so may they by two releases; a file of a folder
    is read anew when the folder is. UnknownDocument when it was deleted meanwhile.
    """
    if document.sha256 != own.sha256:
        return None
    stored = stores.catalog.documents.get(own.document_id)
    if own.root is not None:
        return stored if stored.media_type == document.media_type else None
    read = (document.media_type, document.title, document.language)
    if read != (stored.media_type, stored.title, stored.language):
        return None
    content = stores.catalog.documents.content(own.document_id)
    return stored if (content.text, content.pages) == (document.text, document.pages) else None


def _described(stores: Stores, own: Known, stored: StoredDocument, document: Document) -> JobDocument:
    """The same document again: date and metadata are brought up to date if they differ."""
    said = (document.published, dict(document.metadata))
    if own.root is not None or said == (stored.published, dict(stored.metadata)):
        return JobDocument(own.source, own.document_id, "unchanged", stored.chunks)
    try:
        stores.catalog.versions.describe(own.version_id, *said)
    except InvalidInput as error:
        return JobDocument(own.source, own.document_id, "failed", error=str(error))
    return JobDocument(own.source, own.document_id, "updated", stored.chunks)
