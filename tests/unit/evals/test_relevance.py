import math
from dataclasses import replace

import pytest

from evals.cases.model import GoldEvidence
from evals.metrics import ranking
from evals.metrics.relevance import document_gains, evidence_gains
from evals.metrics.relevance import holds as passage_holds
from evals.metrics.spans import cites, covers, holds, overlaps
from evals.record import read_evidence
from tests.eval_kit import ScriptedTarget

TARGET = ScriptedTarget()
PARIS, ROM, MADRID = (TARGET.passage(name, 1) for name in ("frankreich.txt", "italien.txt", "spanien.txt"))


def test_documents_count_once_at_their_best_rank() -> None:
    gains = document_gains([ROM, ROM, PARIS, PARIS], frozenset({"frankreich.txt"}))
    assert gains == [0, 1]


def test_a_passage_stands_for_the_documents_that_print_the_same_text() -> None:
    printed_twice = replace(ROM, duplicates=("frankreich.txt",))
    assert document_gains([printed_twice, PARIS], frozenset({"frankreich.txt"})) == [1]


def test_relevant_documents_of_one_text_are_all_found_at_its_rank() -> None:
    both, wanted = replace(ROM, duplicates=("kopie.txt",)), frozenset({"italien.txt", "kopie.txt"})
    gains = document_gains([both, both, ROM], wanted)
    assert gains == [2]
    assert (ranking.recall(gains, 2, 10), ranking.ndcg(gains, 2, 10)) == (1.0, 1.0)
    assert (ranking.hit(gains, 1), ranking.precision(gains, 5), ranking.reciprocal_rank(gains)) == (1.0, 0.2, 1.0)
    later = document_gains([PARIS, both, MADRID], wanted | {"spanien.txt"})
    assert later == [0, 2, 1]
    assert ranking.recall(later, 3, 3) == 1.0
    assert (ranking.precision(later, 5), ranking.reciprocal_rank(later)) == (0.4, 0.5)
    found, best = 2 / math.log2(3) + 1 / 2, 2 + 1 / math.log2(3)
    assert ranking.ndcg(later, 3, 10) == pytest.approx(found / best)
    assert document_gains([ROM, both], wanted) == [1, 1]  # the copy is found where its passage is


def test_a_text_printed_twice_takes_one_rank_however_many_of_its_passages_come() -> None:
    both = replace(ROM, duplicates=("kopie.txt",))
    assert document_gains([both, both, both, PARIS], frozenset({"frankreich.txt"})) == [0, 1]
    assert document_gains([both, both, PARIS], frozenset({"italien.txt", "frankreich.txt"})) == [1, 1]
    assert document_gains([both, both, PARIS], frozenset({"kopie.txt", "frankreich.txt"})) == [1, 1]


def test_a_gold_span_is_found_once() -> None:
    gold = GoldEvidence("frankreich.txt", "Hauptstadt von Frankreich", 16, 41)
    assert evidence_gains([ROM, PARIS, PARIS], [gold]) == ([False, True, False], 1)


def test_two_quotes_in_one_passage_are_two_items_found_at_one_rank() -> None:
    paris, rain = (
        GoldEvidence("frankreich.txt", "Paris", 42, 47),
        GoldEvidence("frankreich.txt", "Dort regnet es", 49, 63),
    )
    assert evidence_gains([ROM, PARIS, PARIS], [paris, rain]) == ([0, 2, 0], 2)
    assert evidence_gains([PARIS, ROM], [paris, GoldEvidence("spanien.txt", "Madrid", 40, 46)]) == ([1, 0], 2)


def test_a_duplicate_holds_the_gold_quote_of_its_twin() -> None:
    gold = GoldEvidence("kopie.txt", "Die Hauptstadt\nvon Frankreich", 900, 929)
    assert evidence_gains([replace(PARIS, duplicates=("kopie.txt",))], [gold]) == ([True], 1)
    assert evidence_gains([replace(ROM, duplicates=("kopie.txt",))], [gold]) == ([False], 1)


def test_overlap_is_half_of_the_shorter_span() -> None:
    assert overlaps(0, 100, 90, 110)  # 10 of 20
    assert not overlaps(0, 100, 91, 111)  # 9 of 20
    assert not overlaps(5, 5, 0, 10)


def test_a_passage_covers_a_gold_span_with_half_of_it() -> None:
    assert covers(0, 50, 40, 60)
    assert not covers(0, 49, 40, 60)


def test_a_quote_that_stands_twice_is_one_item_held_at_either_place() -> None:
    twice = GoldEvidence("frankreich.txt", "Frankreich", 900, 910, also=((0, 10),))
    assert evidence_gains([ROM, PARIS, PARIS], [twice]) == ([0, 1, 0], 1)
    assert evidence_gains([PARIS], [replace(twice, also=())]) == ([0], 1)


def test_evidence_without_a_quote_is_no_item() -> None:
    whole = GoldEvidence("kopie.txt")
    printed = replace(PARIS, duplicates=("kopie.txt",))
    assert passage_holds(printed, whole) and not passage_holds(PARIS, whole)
    assert evidence_gains([ROM, PARIS], [GoldEvidence("frankreich.txt")]) == ([0, 0], 0)


def test_recorded_evidence_is_met_as_the_metrics_meet_it() -> None:
    record = {"source": "a", "quote": "Rom", "start": 5, "end": 8}
    assert read_evidence(record).places == ((5, 8),)  # as written before there were other places
    assert read_evidence(record | {"also": [[20, 23]]}).places == ((5, 8), (20, 23))
    assert read_evidence({"source": "a", "quote": "", "start": 0, "end": 0}).places == ()
    assert cites(20, 60, [(5, 8), (20, 23)]) and not cites(9, 19, [(5, 8), (20, 23)])
    assert holds(0, 400, [(0, 900), (300, 700)]) is False and holds(0, 450, [(0, 900)])
    assert cites(0, 1, []) and holds(0, 1, [])
