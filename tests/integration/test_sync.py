"""Folder in, index in step: what changes, what stays, what goes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rag_service.errors import FingerprintMismatch
from rag_service.index.search import BestMatches, DenseSearch, TokenBlocks
from rag_service.index.stores import Stores
from rag_service.ingest.library import Library
from rag_service.models import Fingerprint, Job, Upload
from tests.library_kit import WordEncoder, open_library, tools, write


def outcomes(job: Job) -> dict[str, str]:
    return {item.source: item.status for item in job.documents}


def found(stores: Stores, question: str) -> list[str]:
    """Sources of the live passages that each of the three stores has for a question, best first, all agreeing."""
    encoder = WordEncoder()
    dense = [hit.chunk_id for hit in DenseSearch(stores, "words/1").query("c", encoder.embed_query(question), 50, None)]
    lexical = [hit.chunk_id for hit in BestMatches(stores).query("c", question, 50, None)]
    live = stores.catalog.live.passages("c", dense)
    assert set(live) == set(dense), "a search result is not live"
    assert set(lexical) <= set(dense)
    assert set(TokenBlocks(stores).blocks("c", dense)) == set(dense)
    return [live[chunk_id].source for chunk_id in lexical]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "docs", a="Der Apfel fällt.\n\nNicht weit vom Stamm.", b="Die Birne reift.", c="Eine Zitrone.")
    return tmp_path / "docs"


@pytest.fixture
def encoder() -> WordEncoder:
    return WordEncoder()


@pytest.fixture
def pair(tmp_path: Path, encoder: WordEncoder):
    library, stores = open_library(tmp_path / "data", encoder)
    yield library, stores
    library.close()


def test_first_ingest_stores_everything_everywhere(pair: tuple[Library, Stores], folder: Path) -> None:
    library, stores = pair
    job = library.ingest("c", [folder])
    assert (job.status, job.done, job.total) == ("succeeded", 3, 3)
    assert outcomes(job) == {"a.txt": "added", "b.txt": "added", "c.txt": "added"}
    assert [item.chunks for item in sorted(job.documents, key=lambda item: item.source)] == [2, 1, 1]
    assert stores.catalog.live.count_chunks("c") == 4
    assert found(stores, "Birne") == ["b.txt"]
    page = library.documents("c")
    assert [item.source for item in page.items] == ["a.txt", "b.txt", "c.txt"]
    assert library.content(page.items[1].id).text == "Die Birne reift."


def test_unchanged_files_are_not_embedded_again(pair, folder: Path, encoder: WordEncoder) -> None:
    library, _ = pair
    library.ingest("c", [folder])
    encoder.encoded.clear()
    (folder / "b.txt").touch()
    assert set(outcomes(library.ingest("c", [folder])).values()) == {"unchanged"}
    assert encoder.encoded == []


def test_only_the_last_ingest_lists_what_was_unchanged(pair, folder: Path) -> None:
    library, _ = pair
    first, second, third = (library.ingest("c", [folder]) for _ in range(3))
    other = library.ingest("d", [folder])
    upload = library.wait(library.submit("c", [Upload("u.txt", text="Ein Pfirsich.")]).id)
    again = library.wait(library.submit("c", [Upload("u.txt", text="Ein Pfirsich.")]).id)
    assert set(outcomes(third).values()) == {"unchanged"}
    assert library.job(first.id) == first, "what it did is kept"
    assert (library.job(second.id).documents, library.job(second.id).done) == ((), 3)
    assert library.job(third.id) == third
    library.ingest("c", [folder])
    assert library.job(third.id).documents == ()
    assert [library.job(job.id) for job in (other, upload, again)] == [other, upload, again]


def test_changed_vanished_and_new_files(pair, folder: Path) -> None:
    library, stores = pair
    first = {item.source: item.id for item in (library.ingest("c", [folder]), library.documents("c"))[1].items}
    write(folder, b="Die Birne fault.", d="Ein Pfirsich.")
    (folder / "c.txt").unlink()
    plan = library.plan("c", [folder])
    assert [(item.source, item.change) for item in plan.changes] == [
        ("a.txt", "unchanged"), ("b.txt", "changed"), ("c.txt", "removed"), ("d.txt", "added"),
    ]  # fmt: skip
    job = library.ingest("c", [folder])
    assert outcomes(job) == {"a.txt": "unchanged", "b.txt": "updated", "c.txt": "deleted", "d.txt": "added"}
    assert found(stores, "Zitrone") == []
    assert found(stores, "reift") == []
    assert found(stores, "fault") == ["b.txt"]
    assert {item.source: item.id for item in library.documents("c").items}["b.txt"] == first["b.txt"]
    assert stores.catalog.versions.leftovers() == []


def test_moved_files_keep_their_vectors(pair, folder: Path, encoder: WordEncoder) -> None:
    library, stores = pair
    library.ingest("c", [folder])
    before = {item.source: item for item in library.documents("c").items}
    encoder.encoded.clear()
    (folder / "sub").mkdir()
    (folder / "a.txt").rename(folder / "sub" / "a.txt")
    assert [(item.source, item.change, item.detail) for item in library.plan("c", [folder]).changes][-1] == (
        "sub/a.txt", "moved", "a.txt",
    )  # fmt: skip
    library.ingest("c", [folder])
    after = {item.source: item for item in library.documents("c").items}
    assert encoder.encoded == []
    assert after["sub/a.txt"].id == before["a.txt"].id
    assert after["sub/a.txt"].version_id == before["a.txt"].version_id
    assert found(stores, "Stamm") == ["sub/a.txt"]


def test_second_root_leaves_the_first_alone(pair, folder: Path, tmp_path: Path) -> None:
    library, _ = pair
    library.ingest("c", [folder])
    write(tmp_path / "more", e="Eine Erdbeere.")
    job = library.ingest("c", [tmp_path / "more"])
    assert outcomes(job) == {"e.txt": "added"}
    assert len(library.documents("c").items) == 4


def test_same_name_from_two_roots_is_refused_naming_both(pair, folder: Path, tmp_path: Path) -> None:
    library, _ = pair
    library.ingest("c", [folder])
    write(tmp_path / "more", a="Etwas anderes.")
    job = library.ingest("c", [tmp_path / "more"])
    assert job.status == "failed"
    (item,) = job.documents
    assert item.status == "failed" and str(folder) in item.error and str(tmp_path / "more") in item.error
    assert "Apfel" in library.content(item.document_id).text


def test_a_moved_root_is_recognised(pair, folder: Path, tmp_path: Path, encoder: WordEncoder) -> None:
    library, _ = pair
    library.ingest("c", [folder])
    encoder.encoded.clear()
    folder.rename(tmp_path / "elsewhere")
    assert set(outcomes(library.ingest("c", [tmp_path / "elsewhere"])).values()) == {"unchanged"}
    (tmp_path / "elsewhere" / "a.txt").unlink()
    assert outcomes(library.ingest("c", [tmp_path / "elsewhere"]))["a.txt"] == "deleted"
    assert encoder.encoded == []


def test_missing_root_and_failing_file_delete_nothing(pair, folder: Path, tmp_path: Path) -> None:
    library, stores = pair
    library.ingest("c", [folder])
    write(folder, b=" ")
    job = library.ingest("c", [folder])
    assert job.status == "failed" and outcomes(job)["b.txt"] == "failed"
    folder.rename(tmp_path / "away")
    job = library.ingest("c", [folder])
    assert job.status == "failed"
    assert [item.source for item in library.documents("c").items] == ["a.txt", "b.txt", "c.txt"]
    assert found(stores, "Birne") == ["b.txt"]


def test_an_emptied_root_may_be_a_disk_that_is_away(pair, folder: Path) -> None:
    library, _ = pair
    library.ingest("c", [folder])
    for path in folder.glob("*.txt"):
        path.unlink()
    job = library.ingest("c", [folder])
    assert job.status == "failed" and "holds no file" in (job.documents[0].error or "")
    assert len(library.documents("c").items) == 3


def test_part_of_a_root_is_refreshed_in_place(pair, folder: Path) -> None:
    library, _ = pair
    write(folder / "sub", x="Eine Xerophyte.", y="Ein Ysop.")
    library.ingest("c", [folder])
    write(folder / "sub", x="Eine andere Xerophyte.")
    (folder / "sub" / "y.txt").unlink()
    (folder / "c.txt").unlink()
    assert outcomes(library.ingest("c", [folder / "sub"])) == {"sub/x.txt": "updated", "sub/y.txt": "deleted"}
    assert outcomes(library.ingest("c", [folder / "sub" / "x.txt"])) == {"sub/x.txt": "unchanged"}
    assert "c.txt" in [item.source for item in library.documents("c").items]


def test_root_above_a_known_root_takes_its_documents_over(pair, folder: Path, encoder: WordEncoder) -> None:
    library, _ = pair
    write(folder / "sub", x="Eine Xerophyte.", y="Ein Ysop.")
    library.ingest("c", [folder / "sub"])
    before = {item.source: item.id for item in library.documents("c").items}
    encoder.encoded.clear()
    write(folder / "sub", y="Noch ein Ysop.")
    library.ingest("c", [folder])
    after = {item.source: item.id for item in library.documents("c").items}
    assert set(after) == {"a.txt", "b.txt", "c.txt", "sub/x.txt", "sub/y.txt"}
    assert after["sub/x.txt"] == before["x.txt"] and after["sub/y.txt"] == before["y.txt"]
    assert "Eine Xerophyte." not in encoder.encoded


def test_file_touched_within_two_seconds_is_hashed_again(pair, folder: Path) -> None:
    library, stores = pair
    library.ingest("c", [folder])
    assert all(item.mtime_ns is None for item in stores.catalog.documents.known(stores_id(stores)).values())
    old = 1_600_000_000_000_000_000
    for path in folder.glob("*.txt"):
        os.utime(path, ns=(old, old))
    library.ingest("c", [folder])
    assert all(item.mtime_ns == old for item in stores.catalog.documents.known(stores_id(stores)).values())


def test_a_file_that_comes_of_age_while_it_is_read_is_not_read_again(
    pair, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library, _ = pair
    monkeypatch.setattr(
        "rag_service.ingest.sync.file_state", lambda path: (path.stat().st_size, path.stat().st_mtime_ns)
    )
    library.ingest("c", [folder])
    assert set(outcomes(library.ingest("c", [folder])).values()) == {"unchanged"}


def stores_id(stores: Stores) -> str:
    return stores.catalog.collections.id_of("c")


def test_other_fingerprint_is_refused_and_re_embedding_mends_it(
    tmp_path: Path, folder: Path, encoder: WordEncoder
) -> None:
    library, stores = open_library(tmp_path / "data", encoder)
    library.ingest("c", [folder])
    ids = {item.source: item.id for item in library.documents("c").items}
    library.close()
    stores = open_library(tmp_path / "data")[1]
    other = Fingerprint("words/1", 64, 80, 0)
    library = Library(stores, tools(encoder, other))
    with pytest.raises(FingerprintMismatch, match="--re-embed"):
        library.ingest("c", [folder])
    for path in folder.glob("*.txt"):
        path.unlink()
    encoder.encoded.clear()
    job = library.re_embed("c")
    assert job.status == "succeeded" and len(encoder.encoded) == 4
    assert {item.source: item.id for item in library.documents("c").items} == ids
    assert found(stores, "Birne") == ["b.txt"]
    assert library.collections()[0].fingerprint == other
    assert stores.vectors.strays([]) == [stores_id(stores)] == stores.lexical.collections()
    library.close()
