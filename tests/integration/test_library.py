"""Uploads, jobs, near-duplicates and collections through the library."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rag_service.errors import ModelUnavailable, UnknownCollection, UnknownDocument, UnknownJob
from rag_service.index.stores import open_stores
from rag_service.ingest.library import Library
from rag_service.models import Job, Page, Progress, Upload
from tests.library_kit import WordEncoder, open_library, tools, write

STORY = "\n\n".join(
    f"Absatz {n}: Der Zug mit der Nummer {n} fuhr am Morgen über die Brücke nach Osten und kam am Abend an."
    for n in range(6)
)


class Gate:
    """Holds the encoder until opened, or makes it fail."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.reached = threading.Event()
        self.error: Exception | None = None
        self.open.set()

    def __call__(self, texts: Sequence[str]) -> None:
        self.reached.set()
        assert self.open.wait(30)
        if self.error is not None:
            raise self.error


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
def encoder(gate: Gate) -> WordEncoder:
    return WordEncoder(gate)


@pytest.fixture
def library(tmp_path: Path, encoder: WordEncoder) -> Iterator[Library]:
    opened, _ = open_library(tmp_path / "data", encoder)
    yield opened
    opened.close()


def put(library: Library, *uploads: Upload, collection: str = "c") -> Job:
    return library.wait(library.submit(collection, uploads).id, 30)


def statuses(job: Job) -> list[str]:
    return [item.status for item in job.documents]


def test_uploads_are_added_updated_described_or_left(library: Library, encoder: WordEncoder) -> None:
    assert statuses(put(library, Upload("a.txt", text="Eins.", metadata={"n": 1}))) == ["added"]
    encoder.encoded.clear()
    assert statuses(put(library, Upload("a.txt", text="Eins.", metadata={"n": 1}))) == ["unchanged"]
    assert statuses(put(library, Upload("a.txt", text="Eins.", metadata={"n": 2}, published="2019-04"))) == ["updated"]
    assert encoder.encoded == []
    (stored,) = library.documents("c").items
    assert (stored.metadata, stored.published, stored.chunks) == ({"n": 2}, "2019-04", 1)
    job = put(library, Upload("a.txt", data=b"Zwei.\n\nDrei."))
    assert [(item.status, item.document_id, item.chunks) for item in job.documents] == [("updated", stored.id, 2)]
    assert library.content(stored.id).text == "Zwei.\n\nDrei."


def test_the_same_bytes_read_in_another_way_are_a_new_version(tmp_path: Path, encoder: WordEncoder) -> None:
    read: dict[str, Any] = {"title": "Eins", "media_type": "text/plain"}
    stores = open_stores(tmp_path / "data")
    plain = tools(encoder)
    library = Library(stores, replace(plain, load_upload=lambda upload: replace(plain.load_upload(upload), **read)))
    put(library, Upload("a.html", text="Eins.\n\nZwei."))
    encoder.encoded.clear()
    for other in ({"title": "Kopf"}, {"media_type": "text/html"}, {"text": "Zwei."}, {"pages": (Page(1, 0, 5),)}):
        read |= other
        assert statuses(put(library, Upload("a.html", text="Eins.\n\nZwei."))) == ["updated"], other
        assert statuses(put(library, Upload("a.html", text="Eins.\n\nZwei."))) == ["unchanged"], other
    (stored,) = library.documents("c").items
    assert (stored.title, stored.media_type, library.content(stored.id).text) == ("Kopf", "text/html", "Zwei.")
    assert encoder.encoded == [], "chunks that stay the same keep their vectors"
    assert library.doctor().items == (), "the title is indexed with the text"
    library.close()


def test_one_bad_upload_does_not_stop_the_others(library: Library) -> None:
    job = put(library, Upload("a.txt", text="Eins."), Upload("leer.txt", text=" "), Upload("b.txt", text="Zwei."))
    found = {item.source: (item.status, item.error) for item in job.documents}
    assert job.status == "failed" and (job.done, job.total) == (3, 3)
    assert found["a.txt"] == found["b.txt"] == ("added", None)
    assert found["leer.txt"][0] == "failed" and "leer.txt" in (found["leer.txt"][1] or "")


def test_the_last_of_several_under_one_source_counts(library: Library) -> None:
    job = put(library, Upload("a.txt", text="Eins."), Upload("a.txt", text="Zwei."))
    assert sorted(statuses(job)) == ["added", "failed"]
    assert library.content(library.documents("c").items[0].id).text == "Zwei."


def test_a_name_that_belongs_to_a_folder(library: Library, tmp_path: Path) -> None:
    write(tmp_path / "docs", a="Aus dem Ordner.")
    library.ingest("c", [tmp_path / "docs"])
    assert statuses(put(library, Upload("a.txt", text="Aus dem Ordner."))) == ["unchanged"]
    (item,) = put(library, Upload("a.txt", text="Anders.")).documents
    assert item.status == "failed" and str(tmp_path / "docs") in (item.error or "")
    put(library, Upload("b.txt", text="Hochgeladen."))
    write(tmp_path / "docs", b="Auch im Ordner.")
    found = {item.source: item for item in library.ingest("c", [tmp_path / "docs"]).documents}
    assert found["b.txt"].status == "failed" and "upload" in (found["b.txt"].error or "")


def test_unchanged_chunks_of_a_changed_document_keep_their_vectors(library: Library, encoder: WordEncoder) -> None:
    put(library, Upload("a.txt", text="Erstens.\n\nZweitens.\n\nDrittens."))
    encoder.encoded.clear()
    put(library, Upload("a.txt", text="Vorweg.\n\nErstens.\n\nDrittens."))
    assert encoder.encoded == ["Vorweg."]
    assert library.doctor().items == ()


def test_a_story_printed_twice_is_linked_wherever_its_chunks_begin(library: Library, tmp_path: Path) -> None:
    stores = library._stores
    frame = "Aus unserer Redaktion, mit einem eigenen Vorspann, der sonst nirgends steht und nichts sagt."
    reprint = f"{frame}\n\n{STORY.replace(chr(10) * 2, ' ', 1)}\n\nNachtrag der Redaktion mit anderen Worten am Ende."
    put(
        library,
        Upload("agentur.txt", text=STORY),
        Upload("zeitung.txt", text=reprint),
        Upload("x.txt", text="Ganz anderes."),
    )
    by_source = {item.source: item for item in library.documents("c").items}

    def links(source: str) -> list[tuple[str, ...]]:
        item = by_source[source]
        names = [f"{item.version_id}:{n}" for n in range(item.chunks)]
        return [passage.duplicates for passage in stores.catalog.live.passages("c", names).values()]

    assert links("agentur.txt") == [("zeitung.txt",)] * 6
    assert links("zeitung.txt") == [(), *[("agentur.txt",)] * 5, ()]
    assert links("x.txt") == [()]
    library.delete_document(by_source["zeitung.txt"].id)
    assert links("agentur.txt") == [()] * 6


def test_progress_counts_documents_and_chunks(library: Library, tmp_path: Path) -> None:
    write(tmp_path / "docs", a=STORY, b="Kurz.")
    seen: list[Progress] = []
    library.ingest("c", [tmp_path / "docs"], seen.append)
    last = seen[-1]
    assert (last.documents_done, last.documents_total, last.chunks_done, last.chunks_total) == (2, 2, 7, 7)
    assert [item.chunks_done for item in seen] == sorted(item.chunks_done for item in seen)
    assert last.seconds > 0


def test_a_job_is_queued_runs_and_tells(library: Library, gate: Gate) -> None:
    gate.open.clear()
    job = library.submit("c", [Upload("a.txt", text="Eins.")])
    assert (job.status, job.total, job.kind) == ("queued", 1, "upload")
    assert gate.reached.wait(30)
    running = library.wait(job.id, 0.05)
    assert (running.status, running.done, running.total) == ("running", 0, 1)
    events = library.job_events(job.id)
    assert next(events).status == "running"
    gate.open.set()
    assert [event.status for event in events][-1] == "succeeded"
    assert library.job(job.id).documents[0].status == "added"
    for look in (library.job, library.cancel, library.wait, lambda name: next(library.job_events(name))):
        with pytest.raises(UnknownJob):
            look("job_none")


def test_a_cancelled_job_leaves_nothing_half(library: Library, gate: Gate) -> None:
    put(library, Upload("a.txt", text="Alt."))
    gate.open.clear()
    gate.reached.clear()
    running = library.submit("c", [Upload("a.txt", text="\n\n".join(f"Neu {n}." for n in range(90)))])
    waiting = library.submit("c", [Upload("b.txt", text="Wartet.")])
    assert gate.reached.wait(30)
    library.cancel(running.id)
    library.cancel(waiting.id)
    gate.open.set()
    assert library.wait(running.id, 30).status == library.wait(waiting.id, 30).status == "cancelled"
    assert (library.job(waiting.id).done, library.job(waiting.id).total) == (0, 1)
    (item,) = library.documents("c").items
    assert library.content(item.id).text == "Alt."
    assert library.doctor().items == ()


def test_a_failing_embedder_fails_the_job_and_keeps_the_old_version(
    library: Library, gate: Gate, tmp_path: Path
) -> None:
    write(tmp_path / "docs", a="Alt.")
    library.ingest("c", [tmp_path / "docs"])
    write(tmp_path / "docs", a="Neu.")
    gate.error = ModelUnavailable("The endpoint is down.")
    with pytest.raises(ModelUnavailable):
        library.ingest("c", [tmp_path / "docs"])
    job = put(library, Upload("b.txt", text="Auch neu."))
    assert (job.status, job.error) == ("failed", "The endpoint is down.")
    gate.error = RuntimeError("a bug")
    assert put(library, Upload("b.txt", text="Auch neu.")).status == "failed"
    gate.error = None
    assert library.content(library.documents("c").items[0].id).text == "Alt."
    assert library.doctor().items == ()
    assert statuses(library.ingest("c", [tmp_path / "docs"])) == ["updated"]


def test_ctrl_c_leaves_things_whole_and_the_next_run_resumes(library: Library, gate: Gate, tmp_path: Path) -> None:
    write(tmp_path / "docs", a="Alt.")
    library.ingest("c", [tmp_path / "docs"])
    write(tmp_path / "docs", a="Neu.", b="Dazu.")
    gate.error = KeyboardInterrupt()  # type: ignore[assignment]
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        library.ingest("c", [tmp_path / "docs"])
    assert time.monotonic() - started < 10
    gate.error = None
    assert [library.content(item.id).text for item in library.documents("c").items] == ["Alt."]
    assert library.doctor().items == ()
    assert {item.source: item.status for item in library.ingest("c", [tmp_path / "docs"]).documents} == {
        "a.txt": "updated", "b.txt": "added",
    }  # fmt: skip


def test_deleting_documents_and_collections(library: Library, gate: Gate) -> None:
    put(library, Upload("a.txt", text="Eins."), Upload("b.txt", text="Zwei."))
    first = library.documents("c").items[0]
    assert library.delete_document(first.id).source == "a.txt"
    with pytest.raises(UnknownDocument):
        library.document(first.id)
    gate.open.clear()
    gate.reached.clear()
    running = library.submit("c", [Upload("d.txt", text="Vier.")])
    assert gate.reached.wait(30)
    deleting = threading.Thread(target=library.delete_collection, args=("c",))
    deleting.start()
    gate.open.set()
    deleting.join(30)
    assert not deleting.is_alive() and library.wait(running.id, 30).finished
    with pytest.raises(UnknownCollection):
        library.documents("c")
    with pytest.raises(UnknownCollection):
        library.delete_collection("c")
    assert library.collections() == [] and library.doctor().items == ()
    put(library, Upload("a.txt", text="Neu."))
    assert [item.source for item in library.documents("c").items] == ["a.txt"]


@pytest.mark.parametrize("made_again", [False, True])
def test_a_job_whose_collection_went_before_its_turn_is_called_off(
    library: Library, monkeypatch: pytest.MonkeyPatch, made_again: bool
) -> None:
    put(library, Upload("a.txt", text="Eins."))
    submit = library._worker.submit

    def late(*arguments: Any) -> Job:
        library.delete_collection("c")
        if made_again:
            library.create_collection("c")
        return submit(*arguments)

    monkeypatch.setattr(library._worker, "submit", late)
    job = put(library, Upload("b.txt", text="Zwei."))
    assert (job.status, job.error, job.documents) == ("cancelled", None, ())
    assert [item.documents for item in library.collections()] == [0] * made_again
    assert library.doctor().items == ()


def test_a_job_that_a_dead_process_left_is_marked(library: Library, tmp_path: Path) -> None:
    job = library._stores.catalog.jobs.create("ingest", "c", 5, "running")
    library.close()
    again, _ = open_library(tmp_path / "data")
    assert again.job(job.id).status == "failed" and "interrupted" in (again.job(job.id).error or "")
    again.close()


def test_closing_calls_off_what_runs(tmp_path: Path) -> None:
    gate = Gate()
    library, _ = open_library(tmp_path / "data", WordEncoder(gate))
    gate.open.clear()
    job = library.submit("c", [Upload("a.txt", text="\n\n".join(f"Absatz {n}." for n in range(90)))])
    assert gate.reached.wait(30)
    threading.Timer(0.2, gate.open.set).start()
    library.close()
    again, _ = open_library(tmp_path / "data")
    assert again.job(job.id).status == "cancelled"
    assert again.documents("c").items == () and again.doctor().items == ()
    again.close()
