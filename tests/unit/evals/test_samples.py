"""Samples of a large set, and sets half in another language."""

from random import Random

import pytest

from evals import samples as module
from evals.importers.beir import BeirQuery, BeirSet
from evals.samples import half_translated, samples
from evals.switching import Switcher


def large(articles=10, documents=4, questions=6):
    names = [f"{a}-{d}" for a in range(articles) for d in range(documents)]
    texts = {name: f"the bridge of {name}" for name in names}
    queries = [
        BeirQuery(f"{name}/{q}", f"where is the bridge {q}?", True, ("there",), {name: 1})
        for name in names
        for q in range(questions)
    ]
    return BeirSet("large", texts, {name: name.split("-")[0] for name in names}, tuple(queries))


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(module, "DOCUMENTS", 10)


def test_samples_are_of_whole_articles_and_share_none():
    found = samples(large(), 2, Random(1))
    assert [len(each.texts) for each in found] == [12, 12]
    first, second = ({each.titles[name] for name in each.texts} for each in found)
    assert len(first) == len(second) == 3 and not first & second
    for each in found:
        assert len(each.queries) == 12 * module.ASKED
        assert all(query.relevant <= each.texts.keys() for query in each.queries)


def test_what_is_left_over_is_the_last_sample():
    assert [len(each.texts) for each in samples(large(), 9, Random(1))] == [12, 12, 12, 4]


def test_words_of_all_documents_and_of_two_questions_in_three_are_replaced():
    (beir,) = samples(large(), 1, Random(1))
    found = half_translated(beir, Switcher({"bridge": ["Brücke"], "the": ["die"]}), Random(1))
    assert found.texts.keys() == beir.texts.keys()
    replaced = sum("bridge" not in text for text in found.texts.values())
    assert 6 <= replaced <= 12
    asked = sum("Brücke" in query.text for query in found.queries)
    assert 0.35 < asked / len(found.queries) < 0.7
    assert [query.relevant for query in found.queries] == [query.relevant for query in beir.queries]
