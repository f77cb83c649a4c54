"""A start that finds Chroma's files damaged rebuilds what was in them from the catalog before it is used."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import pytest

from rag_service.errors import ModelError
from rag_service.index.lexical import LexicalRow
from rag_service.index.rows import NewVersion, Origin
from rag_service.index.search import DenseSearch
from rag_service.index.stores import Stores, open_stores
from rag_service.ingest.library import Library
from rag_service.models import Chunk, Fingerprint
from rag_service.ports import VectorRow
from tests import crash
from tests.integration.test_doctor import whole
from tests.library_kit import DIMENSION, WordEncoder, document, open_library, tools, write


def filled(stores: Stores, collection_id: str) -> None:
    """So many changes that Chroma writes its graph to files."""
    rows = [VectorRow(f"x:{n}", "x", "d", np.eye(DIMENSION, dtype=np.float32)[n % DIMENSION], "x") for n in range(1100)]
    stores.vectors.add(collection_id, rows)
    stores.vectors.check(collection_id)
    stores.vectors.remove(collection_id, [row.chunk_id for row in rows])
    stores.vectors.check(collection_id)


def damage(data: Path, part: str = "data_level0.bin") -> None:
    """Cut the list of a large graph's vectors short, or delete the vectors, and the copy of both."""
    shutil.rmtree(data / "chroma-copies")
    (names,) = (data / "chroma").glob("*/index_metadata.pickle")
    if part == names.name:
        names.write_bytes(names.read_bytes()[:100])
    else:
        (names.parent / part).unlink()


def left_pending(stores: Stores, collection_id: str) -> None:
    """A version in every store that never became live."""
    new = NewVersion(document("b.txt", b"Die Birne fault."), (Chunk(0, 0, 16, "Die Birne fault.", 3),), Origin())
    (pending,) = stores.catalog.versions.add_pending(collection_id, [new])
    vector = WordEncoder().embed_query("Birne fault")
    name = f"{pending.version_id}:0"
    row = VectorRow(name, pending.version_id, pending.document_id, vector, "Die Birne fault.")
    lexical = LexicalRow(name, pending.version_id, "Die Birne fault.", "b", "de")
    stores.add(collection_id, [row], [lexical], {})


def search_and_die(started: Connection, data: Path) -> None:
    """A process that wrote nothing and is killed."""
    _, stores = open_library(data)
    DenseSearch(stores, "words/1").query("c", WordEncoder().embed_query("Apfel"), 3, None)
    started.send(None)
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("part", ["data_level0.bin", "index_metadata.pickle"])
@pytest.mark.parametrize("killed", [False, True])
def test_the_start_rebuilds_vectors_that_cannot_be_read(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, part: str, killed: bool
) -> None:
    """Another collection keeps its vectors; left over is what a killed ingest left, or a killed search nothing."""
    caplog.set_level("WARNING")
    data, folder = tmp_path / "data", tmp_path / "docs"
    write(folder, a="Der Apfel fällt.\n\nNicht weit vom Stamm.", b="Die Birne reift.", c="Eine Zitrone.")
    write(tmp_path / "more", d="Ein anderer Apfel.")
    library, stores = open_library(data)
    library.ingest("c", [folder])
    library.ingest("other", [tmp_path / "more"])
    own = stores.catalog.collections.id_of("c")
    filled(stores, own)
    if not killed:
        left_pending(stores, own)
    library.close()
    if killed:
        assert crash.killed(search_and_die, data)
    damage(data, part)

    encoder = WordEncoder()
    library, stores = open_library(data, encoder)
    try:
        assert sorted(encoder.encoded) == [
            "Der Apfel fällt.", "Die Birne reift.", "Eine Zitrone.", "Nicht weit vom Stamm.",
        ]  # fmt: skip
        assert "collection 'c'" in caplog.text
        assert "'other'" not in caplog.text
        assert stores.catalog.versions.leftovers() == []
        whole(library, stores)
    finally:
        library.close()
    encoder = WordEncoder()
    library, _ = open_library(data, encoder)
    assert encoder.encoded == []
    library.close()


def test_the_start_rebuilds_every_collection_when_chroma_cannot_be_opened(tmp_path: Path) -> None:
    data = tmp_path / "data"
    write(tmp_path / "docs", b="Die Birne reift.")
    library, _ = open_library(data)
    library.ingest("c", [tmp_path / "docs"])
    library.ingest("other", [tmp_path / "docs"])
    library.close()
    assert crash.killed(search_and_die, data)
    (data / "chroma" / "chroma.sqlite3").write_bytes(b"\x00garbage" * 400)
    library, stores = open_library(data)
    assert [stores.vectors.count(item.id) for item in library.collections()] == [1, 1]
    assert library.doctor().items == ()
    library.close()


def test_a_rebuild_at_the_start_that_is_broken_off_goes_on_at_the_next(tmp_path: Path) -> None:
    """The embedding model fails after a batch; what it lacked then is embedded when it is there again."""
    data, folder = tmp_path / "data", tmp_path / "docs"
    write(folder, a="\n\n".join(f"Apfel Nummer {n}." for n in range(1100)), b="Die Birne reift.")
    library, stores = open_library(data)
    library.ingest("c", [folder])
    stores.vectors.check(stores.catalog.collections.id_of("c"))
    library.close()
    assert crash.killed(search_and_die, data)
    damage(data)

    def fails(texts: Sequence[str]) -> None:
        if len(encoder.encoded) >= 256:
            raise ModelError("The embedding model is gone.")

    encoder = WordEncoder(fails)
    stores = open_stores(data)
    with pytest.raises(ModelError, match="gone"):
        Library(stores, tools(encoder))
    stores.close()
    encoder = WordEncoder()
    library, stores = open_library(data, encoder)
    try:
        assert 0 < len(encoder.encoded) < 1101
        assert library.doctor().items == ()
        assert stores.vectors.count(stores.catalog.collections.id_of("c")) == 1101
    finally:
        library.close()


def test_vectors_of_another_model_are_not_rebuilt_with_this_one(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("WARNING")
    data = tmp_path / "data"
    write(tmp_path / "docs", b="Die Birne reift.")
    library, stores = open_library(data)
    library.ingest("c", [tmp_path / "docs"])
    own = stores.catalog.collections.id_of("c")
    filled(stores, own)
    left_pending(stores, own)
    library.close()
    damage(data)
    stores = open_stores(data)
    library = Library(stores, tools(None, Fingerprint("words/2", DIMENSION, 40, 0)))
    assert "`rag-service ingest --re-embed --collection c`" in caplog.text
    assert stores.vectors.count(own) == 0
    library.close()
    library, stores = open_library(data)
    assert stores.vectors.count(own) == 1
    assert library.doctor().items == ()
    library.close()
