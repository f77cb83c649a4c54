"""A collection goes at once, whatever runs meanwhile; what the stores hold of it follows when nothing runs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from rag_service.errors import StoreError, UnknownCollection
from rag_service.index.stores import Stores
from rag_service.ingest.library import Library
from rag_service.models import Fingerprint, Job, Upload
from tests.library_kit import Held, WordEncoder, open_library

QUICK = 5.0  # seconds; what waits for the held encoder waits for 30


def filled(library: Library, *names: str) -> dict[str, str]:
    """Collections with a document each; their ids."""
    for name in names:
        library.wait(library.submit(name, [Upload("a.txt", text=f"Das steht in {name}.")]).id, 30)
    return {item.name: item.id for item in library.collections()}


def running(library: Library, held: Held, collection: str) -> Job:
    """A job that does not go on before it is let."""
    job = library.submit(collection, [Upload("lang.txt", text="Gehalten.")])
    assert held.reached.wait(30)
    return job


def quickly(work: Callable[[], None]) -> None:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(QUICK)
    assert not thread.is_alive()


def stored(stores: Stores, collection_id: str) -> list[int]:
    return [store.count(collection_id) for store in (stores.vectors, stores.lexical, stores.tokens)]


def forgotten(stores: Stores, collection_id: str) -> bool:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if not stores.catalog.collections.abandoned():
            return stored(stores, collection_id) == [0, 0, 0]
        time.sleep(0.05)
    return False


def test_other_collections_go_while_a_job_runs(held_library: tuple[Library, Stores], held: Held) -> None:
    library, stores = held_library
    ids = filled(library, "one", "two")
    job = running(library, held, "busy")
    for name in ids:
        quickly(lambda name=name: library.delete_collection(name))  # type: ignore[misc]
    assert [item.name for item in library.collections()] == ["busy"]
    with pytest.raises(UnknownCollection):
        library.documents("one")
    held.go_on.set()
    assert library.wait(job.id, 30).status == "succeeded"
    assert all(forgotten(stores, own) for own in ids.values())
    assert library.doctor().items == () and library.collections()[0].documents == 1


def test_a_collection_goes_while_a_job_on_it_runs_and_its_name_is_free(
    held_library: tuple[Library, Stores], held: Held
) -> None:
    library, stores = held_library
    old = filled(library, "busy")["busy"]
    called_off = running(library, held, "busy")
    quickly(lambda: library.delete_collection("busy"))
    again = library.submit("busy", [Upload("neu.txt", text="Das ist neu.")])
    held.go_on.set()
    assert library.wait(again.id, 30).status == "succeeded"
    assert library.wait(called_off.id, 30).finished and forgotten(stores, old)
    assert [item.source for item in library.documents("busy").items] == ["neu.txt"]
    assert library.doctor().items == ()


def test_nothing_is_left_of_it_when_no_job_runs(held_library: tuple[Library, Stores]) -> None:
    library, stores = held_library
    own = filled(library, "one")["one"]
    assert stored(stores, own) == [1, 1, 1]
    library.delete_collection("one")
    assert stored(stores, own) == [0, 0, 0] and stores.catalog.collections.abandoned() == []


def test_closing_forgets_what_was_put_off(tmp_path: Path, held: Held) -> None:
    library, _ = open_library(tmp_path / "data", WordEncoder(held))
    own = filled(library, "one")["one"]
    assert list((tmp_path / "data").glob(f"*/**/{own}"))
    running(library, held, "busy")
    quickly(lambda: library.delete_collection("one"))
    threading.Timer(0.2, held.go_on.set).start()
    library.close()
    assert not list((tmp_path / "data").glob(f"*/**/{own}"))


def test_a_job_does_not_fail_by_what_was_put_off(
    held_library: tuple[Library, Stores], held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    library, stores = held_library
    filled(library, "one", "two")
    job = running(library, held, "busy")

    def fails(self: object, collection_id: str) -> None:
        raise StoreError("The vector store failed.")

    monkeypatch.setattr(type(stores.vectors), "drop", fails)
    quickly(lambda: library.delete_collection("one"))
    held.go_on.set()
    assert library.wait(job.id, 30).status == "succeeded"
    with pytest.raises(StoreError):  # nothing runs: whoever asks is told
        library.delete_collection("two")
    assert filled(library, "three").keys() == {"busy", "three"}


def test_a_collection_deleted_while_it_is_embedded_anew_stays_deleted(held_library: tuple[Library, Stores]) -> None:
    library, stores = held_library
    old = filled(library, "one")["one"]
    new = stores.catalog.rebuild.begin()
    stores.catalog.collections.mark_deleting("one")
    with pytest.raises(UnknownCollection, match="deleted"):
        stores.catalog.rebuild.finish(old, new, Fingerprint("words/2", 64, 40, 0))
    assert library.collections() == []
    assert sorted(stores.catalog.collections.abandoned()) == sorted([old, new])
