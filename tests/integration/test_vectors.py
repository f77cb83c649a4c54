"""The contract of the vector store, held by embedded Chroma and by a Chroma server alike."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from chromadb.api.models.Collection import Collection
from chromadb.errors import InternalError
from pytest_httpserver import HTTPServer

from rag_service.errors import DiskFull, StoreError
from rag_service.index.chroma_place import ChromaServer, connect
from rag_service.index.vectors import ChromaVectors
from rag_service.ports import VectorRow, VectorStore

DIMENSION = 32


@pytest.fixture(params=["embedded", "server"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[VectorStore]:
    place = tmp_path / "chroma" if request.param == "embedded" else request.getfixturevalue("chroma_server")
    opened = ChromaVectors(place)
    yield opened
    opened.drop("col_a")
    opened.drop("col_b")
    opened.close()


def unit(seed: int) -> np.ndarray:
    vector = np.random.default_rng(seed).normal(size=DIMENSION).astype(np.float32)
    return vector / np.linalg.norm(vector)


def row(version: str, ordinal: int, seed: int, text: str = "Text") -> VectorRow:
    return VectorRow(f"{version}:{ordinal}", version, "doc", unit(seed), f"{text} {seed}")


def test_nearest_first_with_cosine_scores(store: VectorStore) -> None:
    store.add("col_a", [row("v", n, n) for n in range(20)])
    hits = store.query("col_a", unit(7), 3, None)
    assert hits[0].chunk_id == "v:7"
    assert hits[0].score == pytest.approx(1.0, abs=1e-4)
    cosines = sorted((float(unit(7) @ unit(n)) for n in range(20)), reverse=True)
    assert [hit.score for hit in hits] == pytest.approx(cosines[:3], abs=1e-4)


def test_of_a_few_hundred_chunks_none_is_missed(store: VectorStore) -> None:
    vectors = np.stack([unit(n) for n in range(1200)])
    store.add("col_a", [row("v", n, n) for n in range(1200)])
    for asked in (unit(5000 + n) for n in range(60)):
        nearest = np.argsort(-(vectors @ asked))[:40]
        assert [hit.chunk_id for hit in store.query("col_a", asked, 40, None)] == [f"v:{n}" for n in nearest]


def test_a_chunk_that_is_deleted_while_chroma_searches_costs_no_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = ChromaVectors(tmp_path / "chroma")
    store.add("col_a", [row("v", n, n) for n in range(3)])
    query, failed = Collection.query, []

    def once(self: Collection, *arguments: Any, **options: Any) -> Any:
        if not failed:
            failed.append(True)
            raise InternalError("Error executing plan: Internal error: Error finding id")
        return query(self, *arguments, **options)

    monkeypatch.setattr(Collection, "query", once)
    assert [hit.chunk_id for hit in store.query("col_a", unit(1), 1, None)] == ["v:1"]
    assert failed
    store.close()


def test_embedded_chroma_is_opened_anew_after_a_failed_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = []
    monkeypatch.setattr("rag_service.index.vectors.connect", lambda place: opened.append(place) or connect(place))
    store = ChromaVectors(tmp_path / "chroma")
    store.add("col_a", [row("v", 0, 0)])

    def full(self: Collection, **_: Any) -> None:
        raise InternalError("error returned from database: (code: 13) database or disk is full")

    with monkeypatch.context() as patched, pytest.raises(DiskFull):
        patched.setattr(Collection, "upsert", full)
        store.add("col_a", [row("v", 1, 1)])
    assert len(opened) == 1
    store.remove("col_a", ["v:1"])
    assert (store.count("col_a"), len(opened)) == (1, 2)
    store.close()


def test_only_among_the_given_chunks(store: VectorStore) -> None:
    store.add("col_a", [row("v", n, n) for n in range(20)])
    hits = store.query("col_a", unit(7), 5, ["v:1", "v:2", "v:3"])
    assert {hit.chunk_id for hit in hits} == {"v:1", "v:2", "v:3"}
    assert hits == sorted(hits, key=lambda hit: -hit.score)
    assert store.query("col_a", unit(7), 5, []) == []


def test_adding_again_replaces(store: VectorStore) -> None:
    store.add("col_a", [row("v", 0, 1), row("v", 1, 2)])
    store.add("col_a", [row("v", 0, 3, "Neu")])
    assert store.count("col_a") == 2
    assert {item.chunk_id: item.text for item in store.texts("col_a")} == {"v:0": "Neu 3", "v:1": "Text 2"}
    assert store.query("col_a", unit(3), 1, None)[0].chunk_id == "v:0"


def test_removed_chunks_are_gone_and_unknown_ones_ignored(store: VectorStore) -> None:
    store.add("col_a", [row("v", n, n) for n in range(5)])
    store.remove("col_a", ["v:1", "v:9"])
    store.remove("col_none", ["v:1"])
    assert {hit.chunk_id for hit in store.query("col_a", unit(1), 10, None)} == {"v:0", "v:2", "v:3", "v:4"}


def test_vectors_come_back(store: VectorStore) -> None:
    store.add("col_a", [row("v", n, n) for n in range(3)])
    found = store.vectors("col_a", ["v:2", "v:0", "v:7"])
    assert found.keys() == {"v:0", "v:2"}
    assert found["v:2"] == pytest.approx(unit(2), abs=1e-5)
    assert store.vectors("col_none", ["v:0"]) == {}


def test_collections_are_apart_and_can_be_dropped(store: VectorStore) -> None:
    store.add("col_a", [row("v", 0, 0)])
    store.add("col_b", [row("w", 0, 0)])
    assert [hit.chunk_id for hit in store.query("col_b", unit(0), 5, None)] == ["w:0"]
    store.drop("col_b")
    assert (store.count("col_a"), store.count("col_b")) == (1, 0)
    assert store.query("col_b", unit(0), 5, None) == []
    store.add("col_b", [row("x", 0, 4)])
    assert [item.chunk_id for item in store.texts("col_b")] == ["x:0"]


def test_more_rows_than_one_request_takes(store: VectorStore) -> None:
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(6000, DIMENSION)).astype(np.float32)
    store.add("col_a", [VectorRow(f"v:{n}", "v", "d", vectors[n], f"t{n}") for n in range(6000)])
    assert store.count("col_a") == 6000
    assert len({item.chunk_id for item in store.texts("col_a")}) == 6000
    store.remove("col_a", [f"v:{n}" for n in range(5990)])
    assert {item.chunk_id for item in store.texts("col_a")} == {f"v:{n}" for n in range(5990, 6000)}
    store.check("col_a")


def test_vectors_of_another_dimension_are_refused(store: VectorStore) -> None:
    store.add("col_a", [row("v", 0, 0)])
    with pytest.raises(StoreError, match="dimension"):
        store.add("col_a", [VectorRow("v:1", "v", "d", np.ones(DIMENSION + 1, np.float32), "t")])


def test_embedded_store_survives_reopening(tmp_path: Path) -> None:
    store = ChromaVectors(tmp_path / "chroma")
    store.add("col_a", [row("v", n, n) for n in range(5)])
    store.close()
    store = ChromaVectors(tmp_path / "chroma")
    assert store.query("col_a", unit(3), 1, None)[0].chunk_id == "v:3"
    assert store.strays(["col_b"]) == ["col_a"]
    assert store.strays(["col_a"]) == []
    store.reset("col_a")
    assert store.count("col_a") == 0
    store.close()


def test_a_server_that_is_not_there_is_named() -> None:
    store = ChromaVectors(ChromaServer("127.0.0.1", 9))
    with pytest.raises(StoreError, match="127.0.0.1:9"):
        store.count("col_a")
    with pytest.raises(StoreError, match="127.0.0.1:9"):
        store.reset("col_a")


def test_something_else_at_the_address_of_a_server_is_told_on_one_line(httpserver: HTTPServer) -> None:
    httpserver.expect_request(re.compile(".*")).respond_with_data("<html>\n" + "<p>no</p>\n" * 1000, status=404)
    with pytest.raises(StoreError, match=r"at \S+:\d+ \(RAG_CHROMA__HOST\)") as caught:
        ChromaVectors(ChromaServer(httpserver.host, httpserver.port)).count("col_a")
    assert len(str(caught.value)) < 500 and "\n" not in str(caught.value)


def test_a_server_is_not_searched_for_strays(chroma_server: ChromaServer) -> None:
    store = ChromaVectors(chroma_server)
    store.add("col_of_others", [row("v", 0, 0)])
    assert store.strays([]) == []
    store.drop("col_of_others")
    store.close()


def test_texts_filed_as_chromas_documents_are_read(tmp_path: Path) -> None:
    import chromadb
    from chromadb.config import Settings

    client = chromadb.PersistentClient(str(tmp_path / "chroma"), settings=Settings(anonymized_telemetry=False))
    collection = client.create_collection("col_a", embedding_function=None)
    collection.add(ids=["v:0"], embeddings=unit(0)[None], documents=["Alt"], metadatas=[{"version": "v"}])
    client.close()
    store = ChromaVectors(tmp_path / "chroma")
    store.add("col_a", [row("v", 1, 1)])
    assert {item.chunk_id: item.text for item in store.texts("col_a")} == {"v:0": "Alt", "v:1": "Text 1"}
    store.close()
