"""Each store is corrupted in turn; doctor names what is wrong, and mends it from the catalog."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa

from rag_service.index.lexical import LexicalRow
from rag_service.index.search import BestMatches, DenseSearch, TokenBlocks
from rag_service.index.stores import Stores
from rag_service.ingest.library import Library
from rag_service.models import Fingerprint
from rag_service.ports import TokenBlock, VectorRow
from tests.library_kit import DIMENSION, WIDTH, WordEncoder, open_library, tools, write

Opened = tuple[Library, Stores, str]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    write(tmp_path / "docs", a="Der Apfel fällt.\n\nNicht weit vom Stamm.", b="Die Birne reift.", c="Eine Zitrone.")
    library, stores = open_library(tmp_path / "data")
    library.ingest("c", [tmp_path / "docs"])
    yield library, stores, stores.catalog.collections.id_of("c")
    library.close()


def version_of(library: Library, source: str) -> str:
    return next(item.version_id for item in library.documents("c").items if item.source == source)


def named(library: Library) -> set[tuple[str, str, str | None]]:
    return {(item.store, item.kind, item.chunk_id) for item in library.doctor().items}


def mended(library: Library, stores: Stores) -> None:
    """Doctor repairs, finds nothing any more, and every search finds every chunk again."""
    assert library.doctor(repair=True).repaired
    whole(library, stores)


def whole(library: Library, stores: Stores) -> None:
    """Doctor finds nothing, and every search finds every chunk and no other."""
    assert library.doctor().items == ()
    every = {f"{item.version_id}:{n}" for item in library.documents("c").items for n in range(item.chunks)}
    vector = WordEncoder().embed_query("Apfel")
    assert {hit.chunk_id for hit in DenseSearch(stores, "words/1").query("c", vector, 50, None)} == every
    assert set(TokenBlocks(stores).blocks("c", sorted(every))) == every
    for word, source in (("Apfel", "a.txt"), ("Stamm", "a.txt"), ("Birne", "b.txt"), ("Zitrone", "c.txt")):
        (hit,) = BestMatches(stores).query("c", word, 50, None)
        assert stores.catalog.live.passages("c", [hit.chunk_id])[hit.chunk_id].source == source


def test_nothing_to_find(opened: Opened) -> None:
    library, _, _ = opened
    found = library.doctor(repair=True)
    assert (found.items, found.repaired, found.chunks) == ((), False, 4)


def test_vectors_missing_orphaned_and_changed(opened: Opened) -> None:
    library, stores, own = opened
    a, b = version_of(library, "a.txt"), version_of(library, "b.txt")
    stores.vectors.remove(own, [f"{a}:1"])
    vector = np.ones(DIMENSION, np.float32)
    changed = VectorRow(f"{b}:0", b, "doc", vector, "verfälscht")
    stores.vectors.add(own, [changed, VectorRow("ver_x:0", "ver_x", "doc", vector, "fremd")])
    assert named(library) == {
        ("vectors", "missing", f"{a}:1"), ("vectors", "mismatched", f"{b}:0"), ("vectors", "orphan", "ver_x:0"),
    }  # fmt: skip
    mended(library, stores)


def test_a_vector_that_nothing_can_be_near_to(opened: Opened) -> None:
    library, stores, own = opened
    b = version_of(library, "b.txt")
    text = next(row.text for row in stores.vectors.texts(own) if row.chunk_id == f"{b}:0")
    stores.vectors.add(own, [VectorRow(f"{b}:0", b, "doc", np.zeros(DIMENSION, np.float32), text)])
    assert named(library) == {("vectors", "mismatched", f"{b}:0")}
    mended(library, stores)


def test_lexical_missing_orphaned_and_changed(opened: Opened) -> None:
    library, stores, own = opened
    a, b = version_of(library, "a.txt"), version_of(library, "b.txt")
    stores.lexical.remove(own, [a, b])
    stores.lexical.add(
        own, [LexicalRow(f"{b}:0", b, "verfälscht", "b", "de"), LexicalRow("ver_x:0", "ver_x", "fremd", "x", "de")]
    )
    assert named(library) == {
        ("lexical", "missing", f"{a}:0"), ("lexical", "missing", f"{a}:1"),
        ("lexical", "mismatched", f"{b}:0"), ("lexical", "orphan", "ver_x:0"),
    }  # fmt: skip
    mended(library, stores)


def test_tokens_missing_orphaned_and_damaged(opened: Opened, tmp_path: Path) -> None:
    library, stores, own = opened
    a, b = version_of(library, "a.txt"), version_of(library, "b.txt")
    stores.tokens.remove(own, [a])
    block = TokenBlock(np.ones((2, WIDTH), np.int8), np.zeros((2, 2), np.int32))
    stores.tokens.add(own, {"ver_x:0": block})
    data = tmp_path / "data" / "tokens" / own / "0.data"
    place = stores.tokens._files[own].places[b][0]
    raw = bytearray(data.read_bytes())
    raw[place.offset] ^= 0xFF
    data.write_bytes(raw)
    assert named(library) == {
        ("tokens", "missing", f"{a}:0"), ("tokens", "missing", f"{a}:1"),
        ("tokens", "mismatched", f"{b}:0"), ("tokens", "orphan", "ver_x:0"),
    }  # fmt: skip
    assert f"{b}:0" not in TokenBlocks(stores).blocks("c", [f"{b}:0"])
    mended(library, stores)


def test_catalog_chunk_that_is_not_in_the_source_text(opened: Opened) -> None:
    library, stores, _ = opened
    a, b = version_of(library, "a.txt"), version_of(library, "b.txt")
    with stores.catalog.database.write() as connection:
        connection.execute(sa.text("UPDATE chunks SET text = 'erfunden' WHERE id = :id"), {"id": f"{b}:0"})
        connection.execute(sa.text("DELETE FROM chunks WHERE id = :id"), {"id": f"{a}:1"})
    assert {("catalog", "mismatched", f"{b}:0"), ("catalog", "missing", f"{a}:1")} <= named(library)
    mended(library, stores)
    assert library.content(library.documents("c").items[1].id).text == "Die Birne reift."


def garbage(path: Path) -> None:
    path.write_bytes(b"\x00garbage" * 400)


@pytest.mark.parametrize(
    ("store", "harm"),
    [
        ("vectors", lambda data, own: shutil.rmtree(data / "chroma")),
        ("vectors", lambda data, own: garbage(data / "chroma" / "chroma.sqlite3")),
        ("lexical", lambda data, own: shutil.rmtree(data / "lexical")),
        ("lexical", lambda data, own: garbage(data / "lexical" / "1" / own / "meta.json")),
        ("lexical", lambda data, own: [garbage(file) for file in (data / "lexical" / "1" / own).glob("*.term")]),
        ("tokens", lambda data, own: shutil.rmtree(data / "tokens")),
        ("tokens", lambda data, own: garbage(data / "tokens" / own / "0.index")),
        ("tokens", lambda data, own: (data / "tokens" / own / "0.data").write_bytes(b"")),
    ],
)
def test_a_store_destroyed_while_closed(
    opened: Opened, tmp_path: Path, store: str, harm: Callable[[Path, str], object]
) -> None:
    library, _, own = opened
    library.close()
    harm(tmp_path / "data", own)
    library, stores = open_library(tmp_path / "data")
    try:
        assert {item.store for item in library.doctor().items} <= {store}
        if store == "lexical":  # rebuilt when it was opened
            assert library.doctor().items == ()
        else:
            mended(library, stores)
        library.ingest("c", [tmp_path / "docs"])
        assert library.doctor().items == ()
    finally:
        library.close()


def test_a_collection_that_other_settings_built_is_told_and_not_added_to(opened: Opened) -> None:
    library, stores, own = opened
    gone = f"{version_of(library, 'a.txt')}:1"
    stores.vectors.remove(own, [gone])
    encoder = WordEncoder()
    other = Library(stores, tools(encoder, Fingerprint("other/1", DIMENSION, 80, 0)))
    found = other.doctor(repair=True)
    first, lost = found.items
    assert (first.store, first.kind, first.collection, first.chunk_id) == ("catalog", "mismatched", "c", None)
    assert first.detail and "built with words/1" in first.detail and "--collection c --re-embed" in first.detail
    assert (lost.store, lost.kind, lost.chunk_id) == ("vectors", "missing", gone)
    assert not found.repaired and encoder.encoded == []
    mended(library, stores)


def test_strays_of_unknown_collections(opened: Opened) -> None:
    library, stores, _ = opened
    vector = np.ones(DIMENSION, np.float32)
    stores.vectors.add("col_stray", [VectorRow("v:0", "v", "d", vector, "x")])
    stores.lexical.add("col_stray", [LexicalRow("v:0", "v", "x", "x", "de")])
    stores.tokens.add("col_stray", {"v:0": TokenBlock(np.ones((2, WIDTH), np.int8), np.zeros((2, 2), np.int32))})
    found = library.doctor().items
    assert {(item.store, item.kind, item.collection) for item in found} == {
        ("vectors", "orphan", "col_stray"), ("lexical", "orphan", "col_stray"), ("tokens", "orphan", "col_stray"),
    }  # fmt: skip
    mended(library, stores)
