"""Documents, collections and jobs as the interfaces use them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rag_service.errors import FingerprintMismatch, UnknownCollection
from rag_service.index.doctor import Doctor
from rag_service.index.stores import Stores
from rag_service.ingest.jobs import Worker
from rag_service.ingest.plan import Step, as_plan, compare
from rag_service.ingest.reembed import re_embed
from rag_service.ingest.repair import Repair, restore_vectors
from rag_service.ingest.run import OnProgress, Run
from rag_service.ingest.scan import Discover, scan
from rag_service.ingest.sync import Load, Sync, withdraw
from rag_service.ingest.uploads import LoadUpload, put
from rag_service.ingest.write import Cancelled, Engine
from rag_service.models import (
    Collection,
    DocumentPage,
    Finding,
    Findings,
    Fingerprint,
    Job,
    Plan,
    SourceText,
    StoredDocument,
    Upload,
)

_ROUNDS = 3  # mending one store may show what another lacks


@dataclass(frozen=True, slots=True)
class Tools:
    """What turns files into chunks with vectors; ``engine`` is called when something has to be embedded.

    ``fingerprint``, what is built with it, is asked for no sooner than it is compared.
    """

    discover: Discover
    load: Load
    load_upload: LoadUpload
    engine: Callable[[], Engine]
    fingerprint: Callable[[], Fingerprint]
    workers: int = 2
    late_interaction: bool = True


class Library:
    """Everything that reads or changes what is stored; every call blocks; safe to share between threads.

    Changes to documents run one job at a time, in the order of their arrival.
    """

    def __init__(self, stores: Stores, tools: Tools) -> None:
        """Finish what a process that died left undone; only the owner of the data directory may do this."""
        self._stores = stores
        self._tools = tools
        self._sync = Sync(stores, tools.load, tools.workers)
        self._worker = Worker(stores.catalog.jobs)
        self._complete = restore_vectors(stores, stores.recover(), tools.engine, tools.fingerprint)

    def collections(self) -> list[Collection]:
        """All collections by name."""
        return self._stores.catalog.collections.all()

    def create_collection(self, name: str) -> Collection:
        """A new, empty collection; Conflict when the name is taken, InvalidInput when it is malformed."""
        return self._stores.catalog.collections.create(name)

    def delete_collection(self, name: str) -> None:
        """Remove a collection and its documents, calling off jobs on it; UnknownCollection.

        Nobody sees it from here on; while a job runs, the stores forget it once that has ended.
        """
        self._stores.catalog.collections.id_of(name)
        self._worker.call_off(name)
        gone = self._stores.catalog.collections.mark_deleting(name)
        self._worker.between_jobs(partial(self._stores.drop, gone))

    def documents(self, collection: str, limit: int = 100, after: str | None = None) -> DocumentPage:
        """Documents by source, beginning behind the cursor ``after``; UnknownCollection, InvalidInput."""
        collection_id = self._stores.catalog.collections.id_of(collection)
        return self._stores.catalog.documents.page(collection_id, limit, after)

    def document(self, document_id: str) -> StoredDocument:
        """One document; UnknownDocument."""
        return self._stores.catalog.documents.get(document_id)

    def content(self, document_id: str) -> SourceText:
        """A document's source text; UnknownDocument."""
        return self._stores.catalog.documents.content(document_id)

    def delete_document(self, document_id: str) -> StoredDocument:
        """Remove a document and return what it was; UnknownDocument.

        New versions of it that were asked for before and are not live yet do not become live.
        """
        document = self._stores.catalog.documents.get(document_id)
        self._worker.deleted(document.collection, document.source)
        withdraw(self._stores, [document_id])
        return document

    def plan(self, collection: str, paths: Sequence[Path]) -> Plan:
        """What ``ingest`` would do now; nothing is changed."""
        return as_plan(collection, self._steps(collection, paths))

    def ingest(self, collection: str, paths: Sequence[Path], on_progress: OnProgress | None = None) -> Job:
        """Bring a collection in step with files and folders, and return the finished job.

        The collection is created when there is none. FingerprintMismatch before anything is done. The job's
        status is ``failed`` when any document failed; an error that stops all of it is raised.
        """
        own = self._ready(collection)

        def work(run: Run) -> None:
            self._call_off_if_deleted(own)
            self._sync.apply(own.id, self._steps(collection, paths), self._tools.engine, run)
            self._stores.lexical.release()

        return self._worker.run("ingest", collection, work, on_progress)

    def submit(self, collection: str, uploads: Sequence[Upload]) -> Job:
        """Queue documents to be added or updated; returns the queued job at once. FingerprintMismatch."""
        own = self._ready(collection)
        items = tuple(uploads)

        def work(run: Run) -> None:
            self._call_off_if_deleted(own)
            put(self._stores, own.id, items, self._tools.load_upload, self._tools.engine, run)

        return self._worker.submit("upload", collection, len(items), work)

    def re_embed(self, collection: str, on_progress: OnProgress | None = None) -> Job:
        """Chunk and embed the stored source texts anew with the present settings; the files are not needed."""
        own = self._stores.catalog.collections.get(collection)

        def work(run: Run) -> None:
            re_embed(self._stores, own, self._tools.engine(), self._tools.fingerprint(), run)

        return self._worker.run("re-embed", collection, work, on_progress)

    def doctor(self, *, repair: bool = False) -> Findings:
        """Compare every store with the catalog; with ``repair``, mend what differs and compare again.

        A collection that other settings have built is a finding itself, and left as it is: what these settings would
        add does not go with what is there.
        """
        doctor = Doctor(self._stores, late_interaction=self._tools.late_interaction)
        with self._worker.alone():
            foreign = list(self._foreign())
            untouched = {item.collection for item in foreign}
            found = (*foreign, *doctor.examine())
            left = found
            for _ in range(_ROUNDS if repair else 0):
                if not (own := [item for item in left if item.collection not in untouched]):
                    break
                Repair(self._stores, self._tools.engine).mend(own)
                left = (*foreign, *doctor.examine())
        chunks = sum(item.chunks for item in self.collections())
        return Findings(chunks, found, repaired=bool(found) and repair and not left)

    def job(self, job_id: str) -> Job:
        """One job as it stands; UnknownJob."""
        return self._worker.get(job_id)

    def passed_over(self, paths: Sequence[Path]) -> Counter[str]:
        """How many files below folders are left out without harm, by the reason: those of a format not read, mostly."""
        return Counter(each.reason for each in self._tools.discover(paths).skipped)

    def wait(self, job_id: str, timeout: float | None = None) -> Job:
        """The job when it has finished, or as it stands after ``timeout`` seconds; UnknownJob."""
        return self._worker.wait(job_id, timeout)

    def job_events(self, job_id: str) -> Iterator[Job]:
        """The job whenever it has changed, the last time when it has finished; UnknownJob."""
        return self._worker.events(job_id)

    def cancel(self, job_id: str) -> Job:
        """Ask a job to end; what is done stays done. UnknownJob."""
        return self._worker.cancel(job_id)

    def close(self) -> None:
        """Call off what is running and close the stores."""
        self._worker.close()
        self._stores.close(clean=self._complete)

    def _steps(self, collection: str, paths: Sequence[Path]) -> list[Step]:
        names = {item.name: item.id for item in self.collections()}
        known = self._stores.catalog.documents.known(names[collection]) if collection in names else {}
        roots = {item.root for item in known.values() if item.root is not None}
        return compare(scan(paths, roots, self._tools.discover), known)

    def _call_off_if_deleted(self, own: Collection) -> None:
        """Cancelled when the collection went after a job was asked for and before its turn came."""
        try:
            found = self._stores.catalog.collections.id_of(own.name)
        except UnknownCollection as error:
            raise Cancelled from error
        if found != own.id:
            raise Cancelled

    def _ready(self, name: str) -> Collection:
        """The collection, created if need be, after a look at its fingerprint."""
        own = self._stores.catalog.collections.ensure(name)
        wanted = self._tools.fingerprint()
        if own.fingerprint is None:  # new: no store knows it yet, and none need be opened to find that out
            self._stores.catalog.collections.set_fingerprint(own.id, wanted)
        elif own.documents == 0:
            if own.fingerprint != wanted:
                self._stores.vectors.drop(own.id)
                self._stores.catalog.collections.set_fingerprint(own.id, wanted)
        elif own.fingerprint != wanted:
            raise FingerprintMismatch(f"Collection {name!r} is {_built(own, wanted)}")
        return own

    def _foreign(self) -> Iterator[Finding]:
        """Collections that other settings have built."""
        wanted = self._tools.fingerprint()
        for own in self.collections():
            if own.documents and own.fingerprint and own.fingerprint != wanted:
                yield Finding("catalog", "mismatched", own.name, None, _built(own, wanted))


def _built(own: Collection, wanted: Fingerprint) -> str:
    return (
        f"built with {own.fingerprint}, the settings ask for {wanted}. Go back to those settings, or run "
        f"`rag-service ingest --collection {own.name} --re-embed`."
    )
