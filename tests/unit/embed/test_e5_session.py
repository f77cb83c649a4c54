"""The built graph: its cache, and its arithmetic against an independent forward pass."""

import os
import threading

import numpy as np
import pytest

from evals.fit_encoder import forward
from rag_service.embed.e5.fitted import load_fitted
from rag_service.embed.e5.graph import TOKEN_SCALE, GraphBuilder
from rag_service.embed.e5.session import open_session, session_of
from rag_service.embed.e5.tokenizer import Tokenizer
from rag_service.embed.e5.weights import Weights, bundled_weights, expand
from rag_service.errors import SettingsError

TEXT = "Am 25. April 2019 trafen sich Kim Jong Un und Wladimir Putin in Wladiwostok."


@pytest.fixture(scope="module")
def weights():
    return Weights(bundled_weights())


@pytest.fixture(scope="module")
def embeddings(weights):
    ids = np.array([0, *Tokenizer(weights.vocabulary()).tokenize(f"passage: {TEXT}").ids, 2])
    words = expand(weights.blocks("emb.word")[ids])
    return words + weights.tensor("emb.pos").reshape(-1, 384)[: len(ids)] + weights.tensor("emb.type")[:384]


@pytest.fixture(scope="module")
def expected(weights, embeddings):
    return session_of(GraphBuilder(weights, load_fitted(), unsigned=False).build()).run(
        None, {"embeddings": embeddings}
    )


def test_the_graph_computes_what_the_network_computes_in_float(weights, embeddings, expected):
    hidden = forward(weights.tensor, weights.shape, embeddings)
    pooled, tokens = expected
    mean = hidden.mean(axis=0)
    assert pooled @ mean / np.linalg.norm(pooled) / np.linalg.norm(mean) > 0.999
    fitted = load_fitted()
    projected = (hidden - fitted.mean) @ fitted.projection
    projected /= np.linalg.norm(projected, axis=1, keepdims=True)
    cosines = np.sum(projected * tokens, axis=1) / np.linalg.norm(tokens.astype(float), axis=1)
    assert cosines.min() > 0.98
    assert np.clip(np.rint(projected * TOKEN_SCALE), -127, 127).max() == pytest.approx(tokens.max(), abs=8)


def test_unsigned_weights_give_the_same_vectors(weights, embeddings, expected):
    unsigned = session_of(GraphBuilder(weights, load_fitted(), unsigned=True).build())
    pooled, tokens = unsigned.run(None, {"embeddings": embeddings})
    np.testing.assert_allclose(pooled, expected[0], atol=1e-4)
    assert np.abs(tokens.astype(int) - expected[1]).max() <= 1


@pytest.fixture(scope="module")
def built(weights, tmp_path_factory):
    folder = tmp_path_factory.mktemp("new") / "cache"
    open_session(weights, folder)
    (file,) = folder.iterdir()
    return file


def test_the_graph_is_built_once(weights, embeddings, expected, built):
    before = built.stat().st_mtime_ns
    pooled, _ = open_session(weights, built.parent).run(None, {"embeddings": embeddings})
    np.testing.assert_array_equal(pooled, expected[0])
    assert built.stat().st_mtime_ns == before
    assert list(built.parent.iterdir()) == [built]


def test_others_than_its_builder_may_read_the_graph(built):
    assert built.stat().st_mode & 0o777 == 0o644


def test_weights_are_known_by_their_contents_not_by_their_time(weights, built, tmp_path):
    copied = tmp_path / weights.path.name
    raw = bytearray(weights.path.read_bytes())
    copied.write_bytes(raw)
    os.utime(copied, (1, 1))
    before = built.stat().st_mtime_ns
    open_session(Weights(copied), built.parent)
    assert list(built.parent.iterdir()) == [built]
    assert built.stat().st_mtime_ns == before
    raw[-1] ^= 1
    copied.write_bytes(raw)
    assert Weights(copied).digest != weights.digest


@pytest.mark.parametrize("damage", [lambda raw: raw[:1000], lambda raw: raw[:-1] + b"x"])
def test_a_damaged_file_is_built_anew(weights, embeddings, expected, built, tmp_path, damage):
    whole = built.read_bytes()
    damaged = tmp_path / built.name
    damaged.write_bytes(damage(whole))
    pooled, _ = open_session(weights, tmp_path).run(None, {"embeddings": embeddings})
    np.testing.assert_array_equal(pooled, expected[0])
    assert damaged.read_bytes() == whole


def test_a_folder_that_cannot_be_written_is_done_without(weights, embeddings, expected, tmp_path):
    (tmp_path / "file").write_text("not a folder")
    pooled, _ = open_session(weights, tmp_path / "file" / "cache").run(None, {"embeddings": embeddings})
    np.testing.assert_array_equal(pooled, expected[0])


def test_a_file_that_cannot_be_put_in_place_leaves_nothing_behind(weights, embeddings, expected, built, tmp_path):
    taken = tmp_path / built.name
    taken.mkdir()
    pooled, _ = open_session(weights, tmp_path).run(None, {"embeddings": embeddings})
    np.testing.assert_array_equal(pooled, expected[0])
    assert list(tmp_path.iterdir()) == [taken]


def test_two_that_build_at_once_leave_one_whole_file(weights, embeddings, expected, tmp_path):
    found = []

    def build():
        found.append(open_session(weights, tmp_path).run(None, {"embeddings": embeddings})[0])

    threads = [threading.Thread(target=build) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    np.testing.assert_array_equal(found, [expected[0]] * 2)
    assert [file.suffix for file in tmp_path.iterdir()] == [".graph"]


def test_a_file_that_is_not_the_weights_is_refused(tmp_path):
    (tmp_path / "weights.bin").write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(SettingsError, match=r"weights\.bin is not a weights file"):
        Weights(tmp_path / "weights.bin")


def test_a_vector_is_not_read_as_a_matrix(weights):
    with pytest.raises(SettingsError, match="l0.q.b .* is not a 4-bit matrix"):
        weights.blocks("l0.q.b")


@pytest.mark.parametrize(("package", "told"), [("no_such_package", "is not installed"), ("json", "q4.bin is missing")])
def test_missing_weights_name_the_package(package, told):
    with pytest.raises(SettingsError, match=f"{package}.*{told}"):
        bundled_weights(package)
