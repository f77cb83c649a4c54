"""Questions that nothing in the passages can be an answer to: confidence 0."""

import pytest

from tests.unit.answer.worked import evidence, model


@pytest.mark.parametrize(("asked", "heard_of"), [("Q-4001", False), ("Q-1001", True), ("Q 4001 oder Q-1001", True)])
def test_a_code_that_no_passage_has_is_not_answered_with_another(asked, heard_of):
    weighed = evidence(f"Was bedeutet der Fehler {asked}?", "Der Fehler Q-1001 bedeutet einen falschen Schlüssel.")
    assert (model().assess(weighed).confidence > 0) is heard_of


@pytest.mark.parametrize(
    ("text", "hopeless"),
    [
        ("Das Fahrrad kostet viel Zeit und Mühe.", True),
        ("Das Fahrrad kostet 300 Euro.", False),
        ("Fahrrad mit Korb: 300", False),
        ("Preise in Euro:\n- Fahrrad: dreihundert", False),
    ],
)
def test_a_price_is_not_answered_with_a_sentence_that_has_none(text, hopeless):
    weighed = model().assess(evidence("Was kostet das Fahrrad?", text))
    assert (weighed.confidence == 0.0) == hopeless


def test_a_sentence_that_tells_when_is_no_answer_to_what_it_cost_but_to_both_in_part():
    told = "Die Brücke wurde im Mai 2019 eröffnet."
    assert model().assess(evidence("Was kostete die Brücke?", told)).confidence == 0.0
    for both in ("Wann wurde die Brücke eröffnet, was kostete sie?", "Steht die Brücke und was kostete sie?"):
        assert model().assess(evidence(both, told)).confidence > 0.0
    assert model().assess(evidence("Steht die Brücke? Was kostete sie? Danke!", told)).confidence > 0.0
