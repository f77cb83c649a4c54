"""A document that is deleted while a job on it is queued or runs stays deleted; what is asked for later is stored."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from rag_service.errors import UnknownDocument
from rag_service.index.stores import Stores
from rag_service.ingest.library import Library
from rag_service.ingest.write import Writer
from rag_service.models import Job, JobDocument, Upload
from tests.library_kit import Held, write


def put(library: Library, *uploads: Upload) -> Job:
    return library.wait(library.submit("c", uploads).id, 30)


def ids(library: Library) -> dict[str, str]:
    return {item.source: item.id for item in library.documents("c").items}


def stays_deleted(item: JobDocument) -> bool:
    return item.status == "failed" and "was deleted" in (item.error or "")


def test_a_document_deleted_while_it_is_updated_stays_deleted(held_library: tuple[Library, Stores], held: Held) -> None:
    library, stores = held_library
    put(library, Upload("a.txt", text="Alt."))
    job = library.submit("c", [Upload("b.txt", text="Bleibt."), Upload("a.txt", text="Gehalten.")])
    assert held.reached.wait(30)
    own = ids(library)["a.txt"]
    library.delete_document(own)
    held.go_on.set()
    other, late = library.wait(job.id, 30).documents
    assert stays_deleted(late if late.source == "a.txt" else other)
    with pytest.raises(UnknownDocument):
        library.document(own)
    assert list(ids(library)) == ["b.txt"]
    assert stores.catalog.versions.leftovers() == []
    assert library.doctor().items == ()


def test_a_document_deleted_before_its_update_has_begun_stays_deleted(
    held_library: tuple[Library, Stores], held: Held
) -> None:
    library, _ = held_library
    put(library, Upload("a.txt", text="Alt."))
    first = library.submit("c", [Upload("b.txt", text="Gehalten.")])
    second = library.submit("c", [Upload("a.txt", text="Neu.")])
    library.delete_document(ids(library)["a.txt"])
    third = library.submit("c", [Upload("a.txt", text="Später.")])
    held.go_on.set()
    assert library.wait(first.id, 30).status == "succeeded"
    assert stays_deleted(library.wait(second.id, 30).documents[0])
    assert [item.status for item in library.wait(third.id, 30).documents] == ["added"]
    assert library.content(ids(library)["a.txt"]).text == "Später."
    assert "Neu." not in held.texts, "nothing is embedded in vain"
    assert library.doctor().items == ()


def test_a_document_deleted_between_reading_and_writing_stays_deleted(
    held_library: tuple[Library, Stores], monkeypatch: pytest.MonkeyPatch
) -> None:
    library, _ = held_library
    put(library, Upload("a.txt", text="Alt."))
    pending = Writer._pending

    def late(self: Writer, *group: object) -> object:
        for own in ids(library).values():
            library.delete_document(own)
        return pending(self, *group)  # type: ignore[arg-type]

    monkeypatch.setattr(Writer, "_pending", late)
    assert stays_deleted(put(library, Upload("a.txt", text="Neu.")).documents[0])
    assert ids(library) == {}
    assert library.doctor().items == ()


def test_a_file_whose_document_is_deleted_while_it_is_read_anew(
    held_library: tuple[Library, Stores], held: Held, tmp_path: Path
) -> None:
    library, stores = held_library
    write(tmp_path / "docs", a="Alt.", b="Auch.")
    library.ingest("c", [tmp_path / "docs"])
    write(tmp_path / "docs", a="Gehalten und neu.")
    found: list[Job] = []
    work: Callable[[], None] = lambda: found.append(library.ingest("c", [tmp_path / "docs"]))  # noqa: E731
    thread = threading.Thread(target=work)
    thread.start()
    assert held.reached.wait(30)
    library.delete_document(ids(library)["a.txt"])
    held.go_on.set()
    thread.join(30)
    assert [stays_deleted(item) for item in found[0].documents if item.source == "a.txt"] == [True]
    assert list(ids(library)) == ["b.txt"]
    assert stores.catalog.versions.leftovers() == []
    assert library.doctor().items == ()


def test_the_same_text_again_of_a_document_that_goes_meanwhile(
    held_library: tuple[Library, Stores], monkeypatch: pytest.MonkeyPatch
) -> None:
    library, stores = held_library
    put(library, Upload("a.txt", text="Eins."))
    known = stores.catalog.documents.known

    def gone(collection_id: str) -> object:
        found = known(collection_id)
        library.delete_document(found["a.txt"].document_id)
        return found

    monkeypatch.setattr(type(stores.catalog.documents), "known", lambda self, collection_id: gone(collection_id))
    job = put(library, Upload("a.txt", text="Eins."), Upload("b.txt", text="Zwei."))
    assert {item.source: item.status for item in job.documents} == {"a.txt": "failed", "b.txt": "added"}
