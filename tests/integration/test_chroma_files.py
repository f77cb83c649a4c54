"""A process killed while Chroma writes an index: nothing is embedded again, and every chunk is found."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from rag_service.index.search import DenseSearch
from rag_service.index.stores import Stores
from rag_service.ingest.library import Library
from tests import crash
from tests.integration.test_recover import search_and_die
from tests.library_kit import WordEncoder, open_library, write

PARTS = ("header.bin", "data_level0.bin", "length.bin", "link_lists.bin", "index_metadata.pickle")
COUNT = 1400  # Chroma writes its index after the first thousand


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory whose owner was killed with an index on disk and newer changes beside it."""
    data = tmp_path_factory.mktemp("killed") / "data"
    folder = data.with_name("docs")
    write(folder, a="\n\n".join(f"Apfel Nummer {n}." for n in range(COUNT)), b="Die Birne reift.")
    library, _ = open_library(data)
    library.ingest("c", [folder])
    library.close()
    assert crash.killed(search_and_die, data)
    return data


@pytest.fixture
def data(killed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(killed, tmp_path / "data", copy_function=shutil.copy2))


def index_of(data: Path) -> Path:
    """The folder of the one index that there is."""
    (segment,) = {file.parent for file in (data / "chroma").glob("*/header.bin")}
    return segment


def half_write(data: Path, moment: float) -> None:
    """Leave the index as it is when a process dies while it is written: all emptied first, then one by one."""
    segment = index_of(data)
    whole = [(segment / part).read_bytes() for part in PARTS]
    for part in PARTS[:-1]:
        (segment / part).write_bytes(b"")
    for at, part in enumerate(PARTS):
        if moment <= at:
            break
        (segment / part).write_bytes(whole[at][: int(len(whole[at]) * min(moment - at, 1.0))])


def complete(library: Library, stores: Stores) -> None:
    """Doctor finds nothing, and the search finds the chunks, the nearest first."""
    assert library.doctor().items == ()
    count = sum(item.chunks for item in library.documents("c").items)
    dense = DenseSearch(stores, "words/1")
    found = dense.query("c", WordEncoder().embed_query("Apfel"), 2 * count, None)
    reached = {hit.chunk_id for hit in found}
    assert 0.995 * count <= len(reached) <= count  # the graph is approximate
    version_id = library.documents("c").items[0].version_id
    for n in (n for n in range(0, COUNT, 97) if f"{version_id}:{n}" in reached):
        nearest = dense.query("c", WordEncoder().embed_query(f"Apfel Nummer {n}."), 200, None)[0]
        assert nearest.chunk_id == f"{version_id}:{n}"


@pytest.mark.parametrize("moment", [0, 1, 1.4, 2, 2.5, 3, 3.5, 4, 4.00001, 4.5, 4.99999])
def test_an_index_that_is_half_written_is_put_back(data: Path, moment: float) -> None:
    half_write(data, moment)
    encoder = WordEncoder()
    library, stores = open_library(data, encoder)
    try:
        assert encoder.encoded == [], "embedded again"
        complete(library, stores)
    finally:
        library.close()


def test_an_index_that_was_written_to_the_end_stays(data: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("WARNING")
    half_write(data, 5)
    library, stores = open_library(data)
    try:
        assert "damaged" not in caplog.text
        complete(library, stores)
    finally:
        library.close()


@pytest.mark.parametrize("lost", ["no copy", "another state's copy"])
@pytest.mark.parametrize("moment", [0, 1.4, 4])
def test_without_a_copy_of_that_state_vectors_are_made_anew(data: Path, lost: str, moment: float) -> None:
    (copy,) = (data / "chroma-copies").iterdir()
    if lost == "no copy":
        shutil.rmtree(copy)
    else:
        copy.rename(copy.with_suffix(".1"))
    half_write(data, moment)
    encoder = WordEncoder()
    library, stores = open_library(data, encoder)
    try:
        assert len(encoder.encoded) == COUNT + 1
        complete(library, stores)
    finally:
        library.close()


def test_a_kill_in_the_middle_of_putting_back_changes_nothing(data: Path) -> None:
    half_write(data, 1.4)
    segment = index_of(data)
    (copy,) = (data / "chroma-copies").iterdir()
    shutil.copyfile(copy / "header.bin", segment / "header.bin")
    library, stores = open_library(data)
    complete(library, stores)
    library.close()


def test_files_that_were_copied_in_another_order_are_no_sign_of_a_kill(data: Path) -> None:
    """As `cp -r` leaves them: the last one to be written need not be the last to be copied."""
    open_library(data)[0].close()
    for part in reversed(PARTS):
        (index_of(data) / part).touch()
        time.sleep(0.01)
    library, stores = open_library(data)
    complete(library, stores)
    library.close()


def test_copies_are_made_after_a_database_was_begun_anew(data: Path) -> None:
    """By the same process that had to delete one that could not be read."""
    (data / "chroma" / "chroma.sqlite3").write_bytes(b"\x00garbage" * 400)
    library, stores = open_library(data)
    complete(library, stores)
    (copy,) = (data / "chroma-copies").iterdir()
    assert all((copy / part).read_bytes() == (index_of(data) / part).read_bytes() for part in PARTS)
    library.close()


def test_doctor_finds_what_an_older_index_lacks(data: Path) -> None:
    """Its files are whole, but not those that belong to the database."""
    (old,) = (data / "chroma-copies").iterdir()
    kept = shutil.copytree(old, data / "old")
    library, stores = open_library(data)
    write(data / "more", c="\n\n".join(f"Quitte Nummer {n}." for n in range(COUNT)))
    library.ingest("c", [data / "more"])
    library.close()
    segment = index_of(data)
    for part in PARTS:
        shutil.copyfile(kept / part, segment / part)
    library, stores = open_library(data)
    assert [(item.store, item.kind) for item in library.doctor().items] == [("vectors", "unreadable")]
    assert library.doctor(repair=True).repaired
    assert library.doctor().items == ()
    collection_id = stores.catalog.collections.id_of("c")
    names = [row.chunk_id for row in stores.vectors.texts(collection_id)]
    assert len(stores.vectors.vectors(collection_id, names)) == len(names) == 2 * COUNT + 1
    library.close()


def test_there_is_one_copy_of_an_index_and_none_of_one_that_is_gone(data: Path) -> None:
    library, _ = open_library(data)
    folder = data / "more"
    write(folder, c="\n\n".join(f"Quitte Nummer {n}." for n in range(COUNT)))
    library.ingest("c", [folder])
    (copy,) = (data / "chroma-copies").iterdir()
    assert sorted(path.name for path in copy.iterdir()) == sorted(PARTS)
    segment = index_of(data)
    assert all((copy / part).read_bytes() == (segment / part).read_bytes() for part in PARTS)
    library.delete_collection("c")
    assert list((data / "chroma-copies").iterdir()) == []
    library.close()


def test_a_copy_that_cannot_be_made_stops_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("WARNING")
    data, folder = tmp_path / "data", tmp_path / "docs"
    data.mkdir()
    (data / "chroma-copies").write_text("in the way")
    write(folder, a="\n\n".join(f"Apfel Nummer {n}." for n in range(COUNT)))
    library, stores = open_library(data)
    assert library.ingest("c", [folder]).status == "succeeded"
    complete(library, stores)
    library.close()
    assert "could not be copied" in caplog.text
