"""The reader that ships: where it finds answers, that it knows when there is none, and its arithmetic."""

import numpy as np
import pytest

from evals.fit_encoder import forward
from rag_service.bootstrap import open_encoder, open_reader
from rag_service.embed.e5.reader import read_ids
from rag_service.embed.e5.reader_weights import ReaderWeights, load_reader_weights
from rag_service.settings import load_settings

TEXT = (
    "Die Brücke über die Wupper wurde 1911 von dem Ingenieur Karl Brandt entworfen. "
    "Sie ist 84 Meter lang und trägt die Straßenbahn. Im Winter wird sie wegen Glätte oft gesperrt."
)


@pytest.fixture(scope="module")
def encoder():
    return open_encoder(load_settings())


@pytest.fixture(scope="module")
def reader(encoder):
    return open_reader(load_settings(), encoder)


def span(reading, text):
    """The likeliest answer's text."""
    odds = reading.start[:, None] + reading.end[None]
    start, end = np.unravel_index(np.argmax(np.triu(odds) - 1e6 * np.tril(np.ones_like(odds), -1)), odds.shape)
    return text[reading.spans[start][0] : reading.spans[end][1]].strip()


@pytest.mark.parametrize(
    ("question", "within"),
    [
        ("Wer entwarf die Brücke über die Wupper?", "Karl Brandt"),
        ("Wie lang ist die Brücke?", "84 Meter"),
        ("Warum wird die Brücke im Winter gesperrt?", "Glätte"),
        ("Who designed the bridge?", "Karl Brandt"),
    ],
)
def test_the_answer_is_found_where_it_stands(reader, question, within):
    (reading,) = reader.read(question, [TEXT])
    assert within in span(reading, TEXT) or span(reading, TEXT) in within


def test_a_passage_without_the_answer_has_lower_odds(reader):
    other = "Der Bahnhof hat sechs Gleise. Morgens fahren dort viele Pendler ab, abends kommen sie zurück."
    right, wrong = reader.read("Wer entwarf die Brücke über die Wupper?", [TEXT, other])
    assert right.answerable > wrong.answerable
    assert right.start.max() + right.end.max() > wrong.start.max() + wrong.end.max()


def test_a_question_asked_again_is_not_read_again(reader):
    question = "Was trägt die Brücke?"
    first, other = reader.read(question, [TEXT])[0], reader.read("Wie lang ist sie?", [TEXT])[0]
    assert reader.read(question, ["Ein Satz.", TEXT])[1] is first is not other


def test_texts_keep_their_order_and_do_not_depend_on_each_other(encoder, reader):
    alone = open_reader(load_settings(), encoder).read("Wie lang ist die Brücke?", [TEXT])[0]
    among = reader.read("Wie lang ist die Brücke?", ["Ein Satz.", TEXT, "Noch ein Satz."])[1]
    np.testing.assert_array_equal(alone.start, among.start)
    assert alone.answerable == among.answerable
    assert reader.read("Wie lang?", []) == []


@pytest.mark.parametrize("text", ["", "\x00", "wort " * 5000, "🙂" * 50])
def test_any_text_is_read_within_the_window(reader, text):
    (reading,) = reader.read("Wie lang ist die Brücke? " * 200, [text])
    assert len(reading.start) == len(reading.end) == len(reading.spans) <= 512
    assert np.isfinite(reading.answerable) and np.isfinite(reading.start).all()
    assert reading.spans.max(initial=0) <= len(text)


def test_the_graph_computes_what_the_network_computes_in_float(encoder, reader):
    weights = load_reader_weights(encoder.inputs.weights)
    ids, lead, _ = read_ids(encoder.inputs, "Wie lang ist die Brücke?", TEXT, 512)
    hidden = forward(weights.tensor, weights.shape, encoder.inputs.embed(ids))
    scores = hidden @ weights.tensor("head.w") + weights.tensor("head.b")
    (reading,) = reader.read("Wie lang ist die Brücke?", [TEXT])
    exact = scores[lead:-1, 0] - scores[0, 0]
    assert np.corrcoef(exact, reading.start)[0, 1] > 0.99
    assert reading.answerable == pytest.approx(scores[0, 2], abs=1.0)


def test_a_difference_is_added_and_a_vector_replaced(encoder):
    base = encoder.inputs.weights
    up, down = np.ones((384, 1), np.float32), np.full((1, 384), 0.5, np.float32)
    bias = np.zeros(384, np.float32)
    changed = ReaderWeights(base, {"l0.q.w.up": up, "l0.q.w.down": down, "l0.q.b": bias})
    np.testing.assert_allclose(changed.tensor("l0.q.w"), base.tensor("l0.q.w") + 0.5)
    assert changed.tensor("l0.q.b") is bias
    np.testing.assert_array_equal(changed.tensor("l0.k.w"), base.tensor("l0.k.w"))
