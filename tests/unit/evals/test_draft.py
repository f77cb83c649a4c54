"""Cases drafted from a document."""

import pytest

from evals.cases.draft import GAP, TO_EDIT, draft_cases
from evals.cases.resolve import find_quote
from evals.metrics.answers import accepted
from rag_service.models import Document


def test_drafts_have_exact_quotes_and_one_gap() -> None:
    text = (
        "Der Gipfel\n\nAm Donnerstag trafen sich Kim Jong Un und Wladimir Putin in der Stadt am Meer. "
        "Die Delegation kam am 24. April in einem gepanzerten Sonderzug über die Grenze. Es regnete. "
        "Rund 3000 Menschen leben auf der Insel, auf der die Gespräche stattfanden."
    )
    document = Document("news/gipfel.txt", text, "0", "Der Gipfel", "de", "text/plain")
    cases = draft_cases(document, limit=2)
    assert [case.id for case in cases] == ["gipfel-1", "gipfel-2", "gipfel-unanswerable"]
    for case in cases[:-1]:
        assert find_quote(case.evidence[0].quote, text) is not None
        assert case.question.replace(GAP, case.answers[0].value) == case.evidence[0].quote
        assert TO_EDIT in case.tags
    assert cases[0].answers[0].value == "Kim Jong Un"
    assert cases[1].answers[0].value == "3000 Menschen"
    assert not cases[-1].answerable


@pytest.mark.parametrize(
    ("sentence", "fact"),
    [
        ("Das Wasserwerk versorgt insgesamt 48 000 Einwohner in den Gemeinden.", "48 000 Einwohner"),
        ("The bakery bakes about 1\u202f250\u202f000 loaves in every single year.", "1 250 000"),
        ("Seit dem Jahr 2023 250 Millionen auszugeben war der Plan der Stadt.", "2023"),
        ("Der Wert für p50 liegt nach der Messung bei 17 Millisekunden.", "17 Millisekunden"),
        ("The 5th of the houses in the street was sold for 12.50 euros.", "12.50"),
        ("The tower[2] of the old harbour [13] was finished in May 1912.", "1912"),
        ("The town [1990, p. 4] calls the tower its own and paints it.", "1990"),
    ],
)
def test_a_drafted_number_is_a_whole_one_that_its_own_sentence_holds(sentence: str, fact: str) -> None:
    case, _ = draft_cases(Document("a.txt", sentence, "0", "A", "de", "text/plain"), limit=3)
    assert case.answers[0].value == fact
    assert accepted(sentence, case.answers)
