"""The questions that the reader is trained on: each says truly whether and where its documents answer it."""

from functools import cache
from pathlib import Path

import pytest

import evals
from evals.importers.beir import BeirSet, read_beir

NAMES = ("train", "held-out")


@cache
def read(name: str) -> BeirSet:
    return read_beir(Path(evals.__file__).parent / "reading" / name)


@pytest.mark.parametrize("name", NAMES)
def test_every_answer_stands_in_the_one_document_that_gives_it(name):
    beir = read(name)
    for query in beir.queries:
        assert len(query.relevant) == bool(query.answerable) == bool(query.answers), query.id
        for document in query.relevant:
            assert all(answer in beir.texts[document] for answer in query.answers), query.id
            assert beir.titles[document] == query.id.rpartition("-")[0]


@pytest.mark.parametrize("name", NAMES)
def test_questions_with_and_without_an_answer_are_balanced(name):
    beir = read(name)
    answerable = sum(bool(query.answerable) for query in beir.queries)
    assert 0.45 < answerable / len(beir.queries) < 0.65


def test_what_is_held_out_is_not_trained_on():
    train, held = map(read, NAMES)
    assert not set(train.titles.values()) & set(held.titles.values())
    assert not set(train.texts.values()) & set(held.texts.values())
    assert 0.05 < len(held.queries) / len(train.queries) < 0.2
