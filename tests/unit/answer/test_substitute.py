"""What a correction, or a further variant, puts in the place of what was said before."""

from __future__ import annotations

import time

import pytest

from rag_service.answer.conversation.followup import resolve
from rag_service.models import Turn


def last(*questions: str) -> str:
    """The last question as it stands alone, each of those before it answered with no name."""
    turns = [turn for asked in questions[:-1] for turn in (Turn("user", asked), Turn("assistant", "Ja. [1]"))]
    return resolve(questions[-1], turns)


@pytest.mark.parametrize(
    ("before", "correction", "standalone"),
    [
        ("Was kostet das Jobticket?", "Nein, ich meinte das Fahrradleasing.", "das Fahrradleasing. (Was kostet?)"),
        ("Was kostet das Jobticket?", "Nein, ich meine das Rad.", "das Rad. (Was kostet?)"),
        ("Wie oft werden Notebooks ersetzt?", "Nein, Diensthandys", "Diensthandys (Wie oft werden ersetzt?)"),
        ("Wann zahlt die Firma das Gehalt?", "Nein, das Urlaubsgeld", "das Urlaubsgeld (Wann zahlt die Firma?)"),
        ("Wann öffnet die Kantine in Bonn?", "Nein, ich meinte in Köln.", "in Köln. (Wann öffnet die Kantine?)"),
        ("Was zahlen Gruppen für Tee?", "Nein, für Kaffee", "für Kaffee (Was zahlen Gruppen?)"),
        ("How much is the gym?", "No, I meant the museum.", "the museum. (How much is?)"),
        ("When does the gym open?", "No, I meant the reception.", "the reception. (When does open?)"),
        ("When was the charter signed?", "Sorry, I meant the contract", "the contract (When was signed?)"),
        ("How much are photocopies?", "No, I meant the workshop", "the workshop (How much are?)"),
    ],
)
def test_a_correction_replaces_the_noun_it_corrects(before: str, correction: str, standalone: str) -> None:
    assert last(before, correction) == standalone


@pytest.mark.parametrize(
    ("before", "correction", "core"),
    [
        ("Was ist die Altersgrenze für den Workshop?", "Nein, ich meinte die Bibliothek.", "die Bibliothek."),
        ("Wie hoch ist der Preis der Karte?", "Nein, ich meinte der Katalog.", "der Katalog."),
        ("What is the price of the workshop?", "No, I meant the library.", "the library."),
        ("Wann öffnet die Kantine in Bonn?", "Nein, im Winter", "im Winter"),
    ],
)
def test_where_either_noun_may_be_meant_the_question_stays_whole(before: str, correction: str, core: str) -> None:
    assert last(before, correction) == f"{core} ({before})"


def test_a_correction_replaces_what_a_pronoun_stood_for() -> None:
    assert last("Wann kommt das Auto?", "Was kostet es?", "Nein, ich meinte den Pass.") == "den Pass. (Was kostet es?)"


@pytest.mark.parametrize(
    "questions",
    [
        ("Wann öffnet die Kantine in Bonn?", "Und in Köln?", "Und in Graz?", "Wann öffnet die Kantine?"),
        ("Wann öffnet das Bad am Montag?", "Und am Samstag?", "Und sonntags?", "Wann öffnet das Bad?"),
        ("Was kostet der Eintritt?", "Und für Kinder?", "Und für Gruppen?", "Was kostet der Eintritt?"),
        ("Was kostet Tee?", "Und Kaffee?", "Und Kakao?", "Was kostet?"),
        ("How much is admission?", "And for adults?", "And for groups?", "How much is admission?"),
    ],
)
def test_a_further_variant_replaces_the_one_before_it(questions: tuple[str, ...]) -> None:
    *asked, base = questions
    assert last(*asked) == f"{asked[-1]} ({base})"


@pytest.mark.parametrize(
    ("questions", "kept"),
    [
        (("Wann öffnet die Kantine in Bonn?", "Und in Köln?", "Und am Freitag?"), "Köln"),
        (("Was kostet der Eintritt?", "Und für Kinder?", "Und am Sonntag?"), "Kinder"),
        (("Was kostet das Bad?", "Und Sauna?", "Und vorher?"), "Sauna"),
    ],
)
def test_a_variant_of_another_kind_keeps_the_one_before_it(questions: tuple[str, ...], kept: str) -> None:
    assert last(*questions).endswith(f", {kept})")


TRAVEL = ("Wann kam Kim Jong Un 2019 in Wladiwostok an?", "Und wann reiste er ab?")


@pytest.mark.parametrize(
    ("question", "terms"),
    [
        ("Und 2023?", "Kim Jong Un, Wladiwostok"),
        ("Und in Hanoi?", "Kim Jong Un, 2019"),
        ("Und Putin?", "Wladiwostok, 2019"),
        ("Und das in Hanoi?", "Kim Jong Un, 2019"),
    ],
)
def test_a_variant_replaces_what_was_carried_over_as_well(question: str, terms: str) -> None:
    assert last(*TRAVEL, question) == f"{question} ({TRAVEL[1]}, {terms})"


def test_a_name_that_replaces_another_leaves_what_a_pronoun_stands_for() -> None:
    standalone = last("Who is Choe Son Hui?", "What did she say about Pompeo?", "And Trump?")
    assert standalone == "And Trump? (What did she say about?, Choe Son Hui)"


def test_behind_a_preposition_any_noun_is_replaced_by_the_one_behind_the_same() -> None:
    assert last("Was kostet der Eintritt für Kinder?", "Und für Erwachsene?") == (
        "Und für Erwachsene? (Was kostet der Eintritt?)"
    )
    assert last("How much is admission for children on Sundays?", "And for large groups?") == (
        "And for large groups? (How much is admission on Sundays?)"
    )


def test_long_questions_take_bounded_time() -> None:
    began = time.perf_counter()
    for noun in ("das alte Haus für ", "the a of a ", "für neue alte kleine ", "are cats "):
        last(noun * 200 + "?", "Nein, ich meinte das Rad.")
        last(noun * 200 + "?", "Und für Bonn?", "Und für Köln?")
    assert time.perf_counter() - began < 3
