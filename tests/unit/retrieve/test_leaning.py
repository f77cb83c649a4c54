"""How much a question leans on dense search."""

import pytest

from rag_service.ports import TermStatistics
from rag_service.retrieve.leaning import dense_share


def share(usual=0.7, **frequencies):
    return dense_share(usual, TermStatistics(("de",), frequencies, 1000))


def test_names_and_rare_words_lean_on_lexical_search_paraphrase_on_dense():
    literal, mixed, paraphrase = share(yalu=3, fluss=8), share(yalu=3, was=900, unbekannt=0), share(was=900, fremd=0)
    assert literal < mixed < paraphrase
    assert literal == pytest.approx(0.7 - 0.4 * 0.35)
    assert paraphrase == pytest.approx(0.7 + 0.4 * 0.65)


def test_it_stays_a_share_whatever_is_usual():
    assert share(usual=1.0, fremd=0) == 1.0
    assert share(usual=0.0, yalu=1) == 0.0
    assert 0.7 < share() < 1.0  # nothing but punctuation was asked


def test_in_a_small_collection_one_chunk_is_few():
    assert dense_share(0.7, TermStatistics(("de",), {"kim": 1}, 3)) < 0.7
