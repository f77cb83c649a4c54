"""The questions that the reader is trained on: each says truly whether and where its documents answer it."""

from pathlib import Path

import pytest

import evals
from evals.importers.beir import read_beir

SETS = {name: read_beir(Path(evals.__file__).parent / "reading" / name) for name in ("train", "held-out")}


@pytest.mark.parametrize("beir", SETS.values(), ids=SETS)
def test_every_answer_stands_in_the_one_document_that_gives_it(beir):
    for query in beir.queries:
        assert len(query.relevant) == bool(query.answerable) == bool(query.answers), query.id
        for name in query.relevant:
            assert all(answer in beir.texts[name] for answer in query.answers), query.id
            assert beir.titles[name] == query.id.rpartition("-")[0]


@pytest.mark.parametrize("beir", SETS.values(), ids=SETS)
def test_questions_with_and_without_an_answer_are_balanced(beir):
    answerable = sum(bool(query.answerable) for query in beir.queries)
    assert 0.45 < answerable / len(beir.queries) < 0.65


def test_what_is_held_out_is_not_trained_on():
    train, held = SETS["train"], SETS["held-out"]
    assert not set(train.titles.values()) & set(held.titles.values())
    assert not set(train.texts.values()) & set(held.texts.values())
    assert 0.05 < len(held.queries) / len(train.queries) < 0.2
