"""How many passages are read depends on how sure the search is of the first."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest

from rag_service.answer.evidence.candidates import find_candidates
from rag_service.answer.evidence.reading import BEHIND, MOST, WINDOW, likeliest, read
from rag_service.models import Passage
from rag_service.ports import Evidence
from rag_service.retrieve.fusion import unsquash
from tests.fakes import passage


def scored(*odds: float) -> list[Passage]:
    """Passages with these log odds."""
    return [replace(passage(), score=1 / (1 + math.exp(-each))) for each in odds]


@pytest.mark.parametrize(
    ("odds", "chosen"),
    [
        ([4.0], [0]),
        ([4.0, 0.9, 0.5, -2.0], [0]),
        ([4.0, 1.1, 0.9], [0, 1]),
        ([0.0, -0.5, -1.0, -2.0, -2.9, -2.95, -9.0], [0, 1, 2]),
        ([-1.0, 4.0, 3.0, 0.0], [0, 1, 2]),  # the order is another's
    ],
)
def test_the_first_and_those_not_far_behind_the_best(odds: list[float], chosen: list[int]) -> None:
    assert likeliest(scored(*odds)) == chosen
    assert len(chosen) <= MOST


@pytest.mark.parametrize("score", [0.0, 1.0, 7.5, -3.0])
def test_scores_of_any_reranker_have_odds(score: float) -> None:
    assert math.isfinite(unsquash(score))


def test_odds_undo_the_score() -> None:
    assert unsquash(scored(-2.5)[0].score) == pytest.approx(-2.5)
    assert unsquash(scored(BEHIND)[0].score) == pytest.approx(BEHIND)


@dataclass(frozen=True)
class Found:
    """A reading that is as sure of every token."""

    start: np.ndarray
    end: np.ndarray
    spans: np.ndarray
    answerable: float


class Counting:
    """A reader that finds more the later it reads a text."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def read(self, question: str, texts: Sequence[str]) -> list[Found]:
        self.texts += texts
        return [
            Found(np.full(1, at + 1.0), np.full(1, at + 1.0), np.array([[0, len(text)]]), at - 5.0)
            for at, text in enumerate(texts)
        ]


def test_sentences_of_passages_that_are_not_read_count_as_the_worst() -> None:
    first, far, near = (
        replace(each, text=text, version_id=text, end=each.start + len(text))
        for each, text in zip(
            scored(2.0, -4.0, 1.0), ["Der Zug kam an.", "Der Bus fuhr ab.", "Das Schiff sank."], strict=True
        )
    )
    evidence = Evidence("Wer kam an?", "de", None, (first, far, near), {})
    reader = Counting()
    found = read(evidence, find_candidates(evidence.passages), np.zeros(3, np.float32), reader)
    assert reader.texts == [first.text, near.text]
    assert found.sentences.tolist() == [2.0, 2.0, 4.0]
    assert (found.best, found.answerable) == (4.0, -4.0)


def twice(*sentences: str) -> tuple[Passage, Passage]:
    """Two passages, of the same sentences."""
    text = " ".join(sentences)
    first, second = scored(2.0, 1.0)
    return tuple(
        replace(each, text=text, version_id=name, end=each.start + len(text))
        for name, each in (("a", first), ("b", second))
    )


@pytest.mark.parametrize(
    ("matches", "expected"),
    [
        ([0.0, 0.0, 0.5, 1.0, 0.2, 0.0], (2, 3)),
        ([0.0, 0.0, 0.2, 1.0, 0.5, 0.0], (3, 4)),
        ([1.0, 0.0, 0.0, 0.0, 0.0, 0.9], (0, 1)),
        ([0.0, 0.0, 0.9, 0.0, 0.0, 1.0], (4, 5)),
    ],
)
def test_of_a_later_passage_the_best_match_is_read_with_its_better_neighbour(
    matches: list[float], expected: tuple[int, int]
) -> None:
    sentences = [f"Sentence {number} {'word ' * (WINDOW // 12)}ends." for number in range(6)]
    passages = twice(*sentences)
    reader = Counting()
    found = read(
        Evidence("Who?", "en", None, passages, {}),
        find_candidates(passages),
        np.array([0.0] * 6 + matches, np.float32),
        reader,
    )
    first, last = expected
    assert reader.texts == [passages[0].text, " ".join(sentences[first : last + 1])]
    assert np.flatnonzero(found.sentences > found.sentences.min()).tolist() == [6 + first]  # one token is read of each


def test_a_sentence_longer_than_what_is_read_is_read_alone() -> None:
    long = f"It {'goes ' * WINDOW}on."
    passages = twice("It begins here with this.", long, "It ends here with that.")
    reader = Counting()
    matches = np.array([0, 0, 0, 0, 1, 0], np.float32)
    read(Evidence("Who?", "en", None, passages, {}), find_candidates(passages), matches, reader)
    assert reader.texts == [passages[0].text, long]
