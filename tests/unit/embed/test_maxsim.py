"""Late interaction on vectors small enough to work out by hand."""

import numpy as np
import pytest

from rag_service.embed.maxsim import maxsim, maxsim_many, span_maxsim

EAST, NORTH, BETWEEN = [10, 0], [0, 5], [3, 3]  # cosine of BETWEEN with either: 0.7071


def tokens(*rows):
    return np.array(rows, np.int8).reshape(-1, 2)


def test_mean_over_question_tokens_of_the_best_cosine():
    assert maxsim(tokens(EAST, NORTH), tokens(EAST, BETWEEN)) == pytest.approx((1 + 0.70711) / 2, abs=1e-5)


def test_length_of_vectors_does_not_matter():
    passage = np.array([[0.2, 0.0], [7.0, 7.0]], np.float32)
    assert maxsim(tokens(EAST, NORTH), passage) == pytest.approx((1 + 0.70711) / 2, abs=1e-5)


def test_opposite_vectors_count_against():
    assert maxsim(tokens(EAST), tokens([-1, 0])) == pytest.approx(-1)


def test_several_passages_at_once():
    passages = np.concatenate([tokens(EAST), tokens(), tokens(NORTH, BETWEEN), tokens()])
    scores = maxsim_many(tokens(EAST, NORTH), passages, np.array([0, 1, 1, 3, 3]))
    np.testing.assert_allclose(scores, [0.5, -1, (0.70711 + 1) / 2, -1], atol=1e-5)


def test_spans_are_scored_by_the_tokens_that_overlap_them():
    passage = tokens(EAST, BETWEEN, NORTH)
    scores = span_maxsim(
        tokens(EAST), passage, np.array([[0, 3], [4, 8], [9, 12]], np.int32), [(0, 4), (4, 12), (7, 9), (20, 30)]
    )
    np.testing.assert_allclose(scores, [1, 0.70711, 0.70711, -1], atol=1e-5)


def test_nothing_to_compare_scores_worst():
    assert maxsim(tokens(), tokens(EAST)) == maxsim(tokens(EAST), tokens()) == -1
    assert span_maxsim(tokens(EAST), tokens(), np.empty((0, 2), np.int32), [(0, 1)]).tolist() == [-1]
