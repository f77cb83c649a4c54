"""The stores as retrieval sees them: filters narrow and broad give the same as looking at everything."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from rag_service.errors import FingerprintMismatch, UnknownCollection
from rag_service.index.search import BestMatches, DenseSearch, TokenBlocks
from rag_service.index.stores import Stores
from rag_service.models import Upload
from tests.library_kit import WordEncoder, open_library

WORDS = ["Apfel", "Birne", "Quitte", "Kirsche", "Pflaume", "Traube", "Feige"]


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stores]:
    library, stores = open_library(tmp_path_factory.mktemp("data"))
    random = np.random.default_rng(0)
    uploads = [
        Upload(f"{n:03}.txt", text="\n\n".join(" ".join(random.choice(WORDS, 6)) + f" n{n}p{p}" for p in range(2)),
               metadata={"tenth": n % 10, "half": n % 2})
        for n in range(200)
    ]  # fmt: skip
    assert library.wait(library.submit("c", uploads).id).status == "succeeded"
    yield stores
    library.close()


def by_hand(stores: Stores, vector: np.ndarray, versions: list[str], limit: int) -> list[float]:
    """The best cosines among the chunks of versions, computed one by one."""
    own = stores.catalog.collections.id_of("c")
    found = stores.vectors.vectors(own, stores.catalog.live.chunk_ids(versions))
    return sorted((float(other @ vector) for other in found.values()), reverse=True)[:limit]


@pytest.mark.parametrize(
    "filters",
    [
        {"source": "017.txt"},
        {"metadata.tenth": 3},
        {"metadata.half": 1},
        {"source": {"$ne": "017.txt"}},
        {"metadata.tenth": {"$lt": 9}},
    ],
)
def test_dense_within_filters_is_exact(stores: Stores, filters: dict[str, object]) -> None:
    dense = DenseSearch(stores, "words/1")
    versions = stores.catalog.live.matching_versions("c", filters)
    for question in ("Apfel Birne", "Feige", "Quitte Traube Kirsche"):
        vector = WordEncoder().embed_query(question)
        hits = dense.query("c", vector, 15, versions)
        assert {hit.chunk_id.rpartition(":")[0] for hit in hits} <= set(versions)
        assert [hit.score for hit in hits] == pytest.approx(by_hand(stores, vector, versions, 15), abs=1e-4)


def test_no_match_finds_nothing(stores: Stores) -> None:
    vector = WordEncoder().embed_query("Apfel")
    assert DenseSearch(stores, "words/1").query("c", vector, 5, []) == []
    assert BestMatches(stores).query("c", "Apfel", 5, []) == []


def test_similarities_of_given_chunks(stores: Stores) -> None:
    dense, vector = DenseSearch(stores, "words/1"), WordEncoder().embed_query("Apfel")
    hits = dense.query("c", vector, 5, None)
    found = dense.similarities("c", vector, [hit.chunk_id for hit in hits] + ["ver_none:0"])
    assert found == pytest.approx({hit.chunk_id: hit.score for hit in hits}, abs=1e-4)
    assert dense.similarities("c", vector, []) == {}


def test_token_vectors_lie_in_their_chunk(stores: Stores) -> None:
    (hit,) = BestMatches(stores).query("c", "n17p1", 5, None)
    text = stores.catalog.live.passages("c", [hit.chunk_id])[hit.chunk_id].text
    block = TokenBlocks(stores).blocks("c", [hit.chunk_id])[hit.chunk_id]
    assert [text[start:end] for start, end in block.spans] == text.split()


def test_another_embedder_is_refused_before_vectors_meet(stores: Stores) -> None:
    with pytest.raises(FingerprintMismatch, match="words/1"):
        DenseSearch(stores, "other/2").query("c", np.ones(64, np.float32), 5, None)


def test_unknown_collection(stores: Stores) -> None:
    for search in (
        lambda: DenseSearch(stores, "words/1").query("nope", np.ones(64, np.float32), 5, None),
        lambda: BestMatches(stores).query("nope", "Apfel", 5, None),
        lambda: TokenBlocks(stores).blocks("nope", ["x:0"]),
    ):
        with pytest.raises(UnknownCollection):
            search()
