"""Statements that say the contrary of their quotes, and those that only seem to."""

from __future__ import annotations

import pytest

from rag_service.answer.generation.denial import answer_denied, denied
from rag_service.models import Quote
from tests.fakes import passage

DOGS = "Hunde dürfen die Kantine nicht betreten."


def quotes(*texts: str, language: str = "de") -> list[Quote]:
    held = [passage(text, title="", language=language) for text in texts]
    return [Quote(each, each.start, each.start + len(each.text), 1.0) for each in held]


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("Hunde dürfen die Kantine betreten.", DOGS),
        ("Das Tagegeld beträgt nicht 28 Euro.", "Das Tagegeld beträgt 28 Euro bei mehr als 24 Stunden Abwesenheit."),
        ("Freitags bleibt die Küche nicht geschlossen.", "Freitags bleibt die Küche geschlossen."),
        ("Hunde sind in der Kantine erlaubt.", "Hunde sind in der Kantine verboten."),
        ("Für Praktikanten gibt es Tagegeld.", "Für Praktikanten gibt es kein Tagegeld."),
        ("Die Karte gilt am Wochenende.", "Die Karte gilt am Wochenende nicht."),
        ("Der Antrag muss begründet werden.", "Der Antrag muss nicht begründet werden und ist schriftlich zu stellen."),
        ("Die Zahl der Reisen stieg 2019.", "Die Zahl der Reisen sank 2019."),
    ],
)
def test_the_contrary_of_a_quote(statement: str, told: str) -> None:
    assert denied(statement, quotes(told))
    assert not denied(told, quotes(told))


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("Hunde dürfen nicht in die Kantine.", DOGS),
        ("Hunde sind in der Kantine nicht erlaubt.", "Hunde sind in der Kantine verboten."),
        (
            "Der Antrag ist schriftlich zu stellen.",
            "Der Antrag muss nicht begründet werden und ist schriftlich zu stellen.",
        ),
        ("Urlaubstage verfallen am 31. März.", "Nicht genommene Urlaubstage verfallen am 31. März."),
        ("Nach 18 Uhr ist die Kantine nicht geöffnet.", "Die Kantine ist bis 18 Uhr geöffnet."),
        ("Der Antrag muss nicht schriftlich gestellt werden.", "Der Antrag kann schriftlich gestellt werden."),
        ("Gäste dürfen die Kantine betreten.", "Gäste dürfen die Kantine nicht betreten, außer mit Ausweis."),
        ("Gäste dürfen die Kantine betreten.", "Gäste dürfen die Kantine nicht ohne Ausweis betreten."),
        ("Hunde dürfen die Kantine betreten.", "Nicht nur Hunde dürfen die Kantine betreten, auch Katzen."),
        ("Die Stadt hat sich so offen geäußert.", "Keine andere Stadt hat sich so offen geäußert wie die Stadt Bonn."),
        ("Die Reise dauert nicht mehr als 24 Stunden.", "Die Reise dauert höchstens 24 Stunden."),
        ("Es beträgt nicht 24, sondern 28 Euro Tagegeld.", "Das Tagegeld beträgt 28 Euro."),
        ("Katzen dürfen die Kantine nicht betreten.", "Hunde dürfen die Kantine betreten, Katzen nicht."),
        ("Nicht abgedeckt sind Wasserschäden.", "Die Garantie deckt Sturmschäden ab."),
    ],
)
def test_what_is_or_may_be_no_contrary(statement: str, told: str) -> None:
    assert not denied(statement, quotes(told))


@pytest.mark.parametrize(
    ("statement", "told", "expected"),
    [
        ("The warranty covers water damage.", "The warranty does not cover water damage.", True),
        ("Registration is required.", "No registration is required.", True),
        ("Employees cannot carry over vacation days.", "Employees can carry over vacation days.", True),
        ("No registration is required.", "Registration is not required.", False),
        ("The form must be signed.", "The form need not be dated and must be signed.", False),
        ("The form is valid.", "The form requires no signature to be valid.", False),
        ("The regiment No. 13 left the town.", "The regiment left the town.", False),
    ],
)
def test_english(statement: str, told: str, expected: bool) -> None:
    assert denied(statement, quotes(told, language="en")) is expected


def test_one_quote_that_bears_it_out_is_enough() -> None:
    assert not denied("Hunde dürfen die Kantine betreten.", quotes(DOGS, "Die Kantine dürfen Hunde betreten."))


@pytest.mark.parametrize(
    ("question", "yes", "rest", "told", "expected"),
    [
        ("Dürfen Hunde in die Kantine?", True, "", DOGS, True),
        ("Dürfen Hunde in die Kantine?", False, "", DOGS, False),
        ("Dürfen Hunde in die Kantine?", True, "aber nur mit Leine.", DOGS, False),
        ("Dürfen Hunde nicht in die Kantine?", True, "", DOGS, False),
        ("Ist die Küche freitags geschlossen?", False, "", "Freitags bleibt die Küche geschlossen.", True),
        ("Ist die Küche freitags geschlossen?", True, "", "Freitags bleibt die Küche geschlossen.", False),
        ("Muss ich den Antrag schriftlich stellen?", False, "", "Man kann den Antrag schriftlich stellen.", False),
        ("Gilt die Karte im Bus?", False, "", "Die Karte gilt im Bus nur am Abend.", False),
    ],
)
def test_yes_and_no_to_a_question(question: str, yes: bool, rest: str, told: str, expected: bool) -> None:
    assert answer_denied(question, yes, rest, quotes(told)) is expected
