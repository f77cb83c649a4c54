"""Late interaction on vectors small enough to work out by hand."""

import numpy as np
import pytest

from rag_service.embed.maxsim import maxsim, maxsim_many

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


def test_nothing_to_compare_scores_worst():
    assert maxsim(tokens(), tokens(EAST)) == maxsim(tokens(EAST), tokens()) == -1
