from dataclasses import replace

from evals.cases.model import GoldEvidence
from evals.metrics import citations
from rag_service.models import Statement
from tests.eval_kit import citation

TEXT = "Kim kam am Mittwoch. Putin kam am Donnerstag. Beide sprachen lange."
SOURCES = {"a.txt": TEXT, "b.txt": TEXT}
FIRST, SECOND, THIRD = (
    citation("a.txt", TEXT, *span, number) for number, span in enumerate([(0, 20), (21, 45), (46, 67)], 1)
)
GOLD_FIRST, GOLD_SECOND = GoldEvidence("a.txt", "", 0, 20), GoldEvidence("a.txt", "", 31, 45)


def test_precision_is_the_share_of_citations_on_gold_evidence() -> None:
    assert citations.citation_precision([FIRST, SECOND, THIRD], [GOLD_FIRST, GOLD_SECOND]) == 2 / 3
    assert citations.citation_precision([replace(FIRST, source="b.txt")], [GOLD_FIRST]) == 0.0


def test_recall_of_alternatives_needs_one_of_them() -> None:
    assert citations.citation_recall([SECOND], [GOLD_FIRST, GOLD_SECOND], "any") == 1.0
    assert citations.citation_recall([THIRD], [GOLD_FIRST, GOLD_SECOND], "any") == 0.0


def test_recall_of_all_is_the_share_cited() -> None:
    assert citations.citation_recall([SECOND, THIRD], [GOLD_FIRST, GOLD_SECOND], "all") == 0.5
    assert citations.citation_recall([], [GOLD_FIRST], "all") == 0.0


def test_a_quote_must_stand_at_its_offsets() -> None:
    shifted = replace(FIRST, start=1, end=21)
    beyond = replace(FIRST, start=60, end=600, quote=TEXT[60:])
    strange = replace(FIRST, source="c.txt")
    negative = replace(FIRST, start=-20, end=-1, quote=TEXT[-20:-1])
    assert citations.share_verified([FIRST, shifted, beyond, strange, negative], SOURCES) == 0.2


def test_a_statement_needs_the_flag_and_a_verified_citation() -> None:
    shifted = replace(SECOND, start=22, end=46)
    statements = [
        Statement("a", 0, 1, (1,), True),
        Statement("b", 2, 3, (1,), False),
        Statement("c", 4, 5, (2,), True),
        Statement("d", 6, 7, (), True),
    ]
    assert citations.share_supported(statements, [FIRST, shifted], SOURCES) == 0.25


def test_a_quote_that_stands_twice_is_cited_at_either_place() -> None:
    twice = replace(GOLD_FIRST, also=((46, 67),))
    assert citations.citation_precision([SECOND, THIRD], [twice]) == 0.5
    assert citations.citation_recall([THIRD], [twice], "all") == 1.0
    assert citations.citation_recall([SECOND], [twice], "any") == 0.0


def test_a_span_that_is_listed_twice_is_needed_once() -> None:
    assert citations.citation_recall([FIRST], [GOLD_FIRST, GOLD_FIRST, GOLD_SECOND], "all") == 0.5


def test_evidence_without_a_quote_is_met_anywhere_in_its_document() -> None:
    whole = GoldEvidence("a.txt")
    assert citations.citation_precision([THIRD, replace(FIRST, source="b.txt")], [whole]) == 0.5
    assert citations.citation_recall([THIRD], [whole], "all") == 1.0
