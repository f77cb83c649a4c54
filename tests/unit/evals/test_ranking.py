import math

import ir_measures
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ir_measures import RR, P, R, nDCG

from evals.metrics import ranking

GAINS = [False, True, False, True]


def test_hit_needs_a_relevant_item_within_k() -> None:
    assert [ranking.hit(GAINS, k) for k in (1, 2, 10)] == [0.0, 1.0, 1.0]


def test_recall_counts_what_was_never_retrieved() -> None:
    assert ranking.recall(GAINS, total=4, k=3) == 0.25
    assert ranking.recall(GAINS, total=4, k=10) == 0.5


def test_precision_counts_empty_ranks() -> None:
    assert ranking.precision(GAINS, 4) == 0.5
    assert ranking.precision([True], 5) == 0.2


def test_reciprocal_rank_and_first_rank() -> None:
    assert ranking.reciprocal_rank(GAINS) == 0.5
    assert ranking.reciprocal_rank([False]) == 0.0
    assert ranking.first_rank(GAINS) == 2
    assert ranking.first_rank([]) is None


def test_ndcg_by_hand() -> None:
    found = 1 / math.log2(3) + 1 / math.log2(5)
    assert ranking.ndcg(GAINS, total=3, k=10) == pytest.approx(found / (1 + 1 / math.log2(3) + 0.5))


def test_a_rank_may_hold_several_items() -> None:
    assert ranking.recall([0, 2], total=2, k=3) == 1.0
    assert ranking.precision([0, 2], 5) == 0.2
    assert ranking.ndcg([2], total=2, k=10) == 1.0
    assert ranking.ndcg([0, 2], total=3, k=10) == pytest.approx(2 / math.log2(3) / (2 + 1 / math.log2(3)))


@given(st.lists(st.integers(0, 3), min_size=1, max_size=25), st.integers(0, 6), st.sampled_from([1, 3, 5, 10]))
def test_ndcg_of_several_items_a_rank_agrees_with_trec_eval(gains: list[int], missed: int, k: int) -> None:
    total = sum(gains) + missed
    if total == 0:
        return
    judged = {f"d{place}": gain for place, gain in enumerate(gains)} | {f"m{place}": 1 for place in range(missed)}
    order = {f"d{place}": float(len(gains) - place) for place in range(len(gains))}
    theirs = ir_measures.calc_aggregate([nDCG @ k], {"q": judged}, {"q": order})
    assert ranking.ndcg(gains, total, k) == pytest.approx(theirs[nDCG @ k])


@given(
    st.lists(st.integers(0, 4), min_size=1, max_size=25),
    st.lists(st.integers(1, 4), max_size=6),
    st.sampled_from([1, 3, 5, 10]),
)
def test_ndcg_of_grades_agrees_with_trec_eval(gains: list[int], missed: list[int], k: int) -> None:
    judged = {f"d{place}": gain for place, gain in enumerate(gains)}
    judged |= {f"m{place}": grade for place, grade in enumerate(missed)}
    if not any(judged.values()):
        return
    order = {f"d{place}": float(len(gains) - place) for place in range(len(gains))}
    theirs = ir_measures.calc_aggregate([nDCG @ k], {"q": judged}, {"q": order})
    assert ranking.graded_ndcg(gains, [*filter(None, gains), *missed], k) == pytest.approx(theirs[nDCG @ k])


@given(st.lists(st.booleans(), min_size=1, max_size=25), st.integers(0, 6), st.sampled_from([1, 3, 5, 10]))
def test_agrees_with_trec_eval(gains: list[bool], missed: int, k: int) -> None:
    total = sum(gains) + missed
    if total == 0:
        return
    judged = {f"d{place}": 1 for place, gain in enumerate(gains) if gain} | {f"m{place}": 1 for place in range(missed)}
    order = {f"d{place}": float(len(gains) - place) for place in range(len(gains))}
    theirs = ir_measures.calc_aggregate([nDCG @ k, R @ k, P @ k, RR], {"q": judged}, {"q": order})
    assert ranking.ndcg(gains, total, k) == pytest.approx(theirs[nDCG @ k])
    assert ranking.recall(gains, total, k) == pytest.approx(theirs[R @ k])
    assert ranking.precision(gains, k) == pytest.approx(theirs[P @ k])
    assert ranking.reciprocal_rank(gains) == pytest.approx(theirs[RR])
