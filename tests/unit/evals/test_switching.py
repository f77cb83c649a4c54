"""Texts with words replaced by a dictionary's."""

import gzip
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.switching import Switcher, closest, function_words, read_freedict
from rag_service.bootstrap import open_encoder
from rag_service.settings import load_settings

WORDS = {"bridge": ["Brücke"], "was": ["wurde"], "built": ["gebaut"], "old": ["alte"]}


def test_words_are_replaced_and_spans_move_along():
    text = "The old bridge was built in 1911 by Old Tom."
    parts = ("old bridge", "1911", "bridge", "by Old Tom")
    spans = [(text.index(part), text.index(part) + len(part)) for part in parts]
    found, moved = Switcher(WORDS).switch(text, spans, 1.0, Random(0))
    assert found == "The alte Brücke wurde gebaut in 1911 by Old Tom."  # the name stays
    assert [found[begin:end] for begin, end in moved] == ["alte Brücke", "1911", "Brücke", "by Old Tom"]


def test_capital_at_the_begin_of_a_sentence_stays_one():
    assert Switcher(WORDS).switch("Built well. Was it?", [], 1.0, Random(0))[0] == "Gebaut well. Wurde it?"


def test_share_says_how_many_are_replaced():
    text = "was " * 1000
    assert Switcher(WORDS).switch(text, [(0, 3)], 0.0, Random(0)) == (text, [(0, 3)])
    assert 250 < Switcher(WORDS).switch(text, [], 0.3, Random(0))[0].count("wurde") < 350


@settings(deadline=None)
@given(st.lists(st.sampled_from(["bridge", "was", "x", "built", "1911", ", "]), max_size=12), st.data())
def test_a_span_between_words_holds_the_same_words(parts, data):
    text = " ".join(parts)
    bounds = [0, *(at for at, character in enumerate(text) if character == " "), len(text)]
    begin, end = sorted((data.draw(st.sampled_from(bounds)), data.draw(st.sampled_from(bounds))))
    found, [(new_begin, new_end)] = Switcher(WORDS).switch(text, [(begin, end)], 0.5, Random(3))
    other = {word: others[0] for word, others in WORDS.items()}
    assert [other.get(word, word) for word in text[begin:end].split()] == [
        other.get(word, word) for word in found[new_begin:new_end].split()
    ]


def test_dictionary_is_read_with_the_word_given_most_often_first(tmp_path):
    file = tmp_path / "eng-deu.dict.dz"
    entries = [
        'bridge /bɹɪdʒ/\nSteg <masc>, Brücke <fem> [constr.]\n      "the bridge"  - die Brücke\n',
        "Bridge /bɹɪdʒ/\nBrücke <fem>\n",
        "bridge over /x/\nüberbrücken\n",
        "long way /x/\nein langer Weg\n",
        "odd /x/\nzwei Worte\n",
    ]
    file.write_bytes(gzip.compress("\n".join(entries).encode()))
    assert read_freedict(file) == {"bridge": ["Brücke", "Steg"]}


def test_translations_far_from_the_word_are_left_out():
    encoder = open_encoder(load_settings())
    words = {"when": ["wobbeln", "wann"], "river": ["Fluss"], "unused": ["ungenutzt"]}
    assert closest(words, ["When does the river rise?"], encoder) == {"when": ["wann"], "river": ["Fluss"]}


@pytest.mark.parametrize(("word", "others"), [("is", ["ist"]), ("as", ["als"]), ("whom", ["wem"])])
def test_commonest_words_have_translations(word, others):
    assert function_words()[word] == others
