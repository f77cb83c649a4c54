"""A question asked again for something else: what it keeps of the last one, and what the new words replace."""

from __future__ import annotations

import time

import pytest

from rag_service.answer.conversation.followup import resolve
from rag_service.models import Turn

CANTEEN = "Wann öffnet die Kantine in Bonn?"
NOTICE = "What is the notice period in Germany?"
CEO = "Wer ist der CEO von Siemens?"
PUTIN = "Wann traf Kim Jong Un Putin in Wladiwostok?"


def asked(before: str, question: str, answer: str = "Ja. [1]") -> str:
    return resolve(question, [Turn("user", before), Turn("assistant", answer)])


@pytest.mark.parametrize(
    ("before", "question", "base"),
    [
        ("Was geschah vom 3. bis 5. Mai in Kiel?", "Und im Juni?", "Was geschah in Kiel?"),
        ("Was war zwischen dem 3. und 5. Mai in Kiel los?", "Und im Juni?", "Was war in Kiel los?"),
        ("Was geschah am Montag, dem 3. Mai?", "Und am 7. Juni?", "Was geschah?"),
        ("Wie viele Kinder besuchten 2023 das Bad?", "Und 2024?", "Wie viele Kinder besuchten das Bad?"),
        ("Is the office open on the first Sunday?", "And on Monday?", "Is the office open?"),
        ("Is the office open May 3-5, 2024?", "And on June 7?", "Is the office open?"),
        (CANTEEN, "Und in Köln?", "Wann öffnet die Kantine?"),
        (CANTEEN, "Und auf Sylt?", "Wann öffnet die Kantine?"),
        (CANTEEN, "Und in der Schweiz?", "Wann öffnet die Kantine?"),
        (CANTEEN, "Und in Köln am Freitag?", "Wann öffnet die Kantine?"),
        (NOTICE, "And in Austria?", "What is the notice period?"),
        (NOTICE, "And in the US?", "What is the notice period?"),
        (NOTICE, "How about the US?", "What is the notice period in?"),
        ("Wie hoch ist die Rente in der Schweiz?", "Und in Österreich?", "Wie hoch ist die Rente?"),
        ("Wann fliegt Kim von Berlin nach Moskau?", "Und nach Hanoi?", "Wann fliegt Kim von Berlin?"),
        ("Wann fliegt Kim von Berlin nach Moskau?", "Und von Bonn?", "Wann fliegt Kim nach Moskau?"),
        (CEO, "Und von Bosch?", "Wer ist der CEO?"),
        (PUTIN, "Und in Hanoi?", "Wann traf Kim Jong Un Putin?"),
    ],
)
def test_behind_a_preposition_the_name_behind_the_same_is_replaced(before: str, question: str, base: str) -> None:
    assert asked(before, question) == f"{question} ({base})"


@pytest.mark.parametrize(
    ("before", "question"),
    [
        (CANTEEN, "Und im Winter?"),
        (CANTEEN, "Und in Teilzeit?"),
        (CANTEEN, "Und für Azubis?"),
        (CANTEEN, "Und im April?"),
        (CANTEEN, "Und am Freitag?"),
        (NOTICE, "And for managers?"),
        (NOTICE, "And in summer?"),
    ],
)
def test_what_is_no_name_or_stands_behind_another_preposition_replaces_no_name(before: str, question: str) -> None:
    assert asked(before, question) == f"{question} ({before})"


@pytest.mark.parametrize(
    ("before", "question", "base"),
    [
        (CEO, "Und Bosch?", "Wer ist der CEO von?"),
        (CEO, "Was ist mit Bosch?", "Wer ist der CEO von?"),
        ("Wer ist Chef von Siemens?", "Und Bosch?", "Wer ist Chef von?"),
        ("Who is the CEO of Siemens?", "What about Bosch?", "Who is the CEO of?"),
        ("Wer ist der Präsident von Südkorea?", "Und Japan?", "Wer ist der Präsident von?"),
        (PUTIN, "Und Trump?", "Wann traf Kim Jong Un in Wladiwostok?"),
        ("Wann besuchte Donald Trump Kim in Hanoi?", "Und Putin?", "Wann besuchte Donald Trump in Hanoi?"),
        ("Wo traf Kim Trump?", "Und Putin?", "Wo traf Kim?"),
    ],
)
def test_of_names_that_adjoin_the_last_is_replaced(before: str, question: str, base: str) -> None:
    assert asked(before, question) == f"{question} ({base})"


def test_the_answer_tells_how_long_the_last_of_two_names_is() -> None:
    before, answer = "Wann traf Angela Merkel Emmanuel Macron in Bonn?", "Emmanuel Macron war am Montag da. [1]"
    assert asked(before, "Und Trump?", answer) == "Und Trump? (Wann traf Angela Merkel in Bonn?)"


@pytest.mark.parametrize(
    ("before", "base"),
    [
        ("Wann kam Otto von Bismarck nach Berlin?", "Wann kam nach Berlin?"),
        ("Wer ist Ursula von der Leyen?", "Wer ist?"),
        ("Wann traf Wladimir Putin in Wladiwostok ein?", "Wann traf in Wladiwostok ein?"),
    ],
)
def test_a_name_with_a_connector_or_of_several_words_is_replaced_as_a_whole(before: str, base: str) -> None:
    assert asked(before, "Und Macron?") == f"Und Macron? ({base})"


@pytest.mark.parametrize(
    "question",
    [
        "Gilt dasselbe für Köln?",
        "Gilt das Gleiche für Köln?",
        "Gilt das gleiche in Köln?",
        "Hat Köln dieselben Zeiten?",
    ],
)
def test_the_same_points_back(question: str) -> None:
    assert asked(CANTEEN, question) == f"{question} (Bonn, Kantine)"


@pytest.mark.parametrize(
    "question",
    ["Haben Azubis den gleichen Urlaub wie Angestellte?", "Arbeiten Anna Weber und Karl Roth in derselben Firma?"],
)
def test_the_same_as_what_the_question_names_does_not_point_back(question: str) -> None:
    assert asked(CANTEEN, question) == question


def test_a_long_run_of_names_is_taken_apart_in_bounded_time() -> None:
    began = time.perf_counter()
    assert asked("Wer traf " + "Kim von Bonn in Köln " * 90 + "?", "Und in Hanoi?").startswith("Und in Hanoi? (")
    assert asked("Wer traf " + "Kim von der " * 160 + "?", "Und Bosch?").startswith("Und Bosch? (")
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize(
    ("before", "question", "base"),
    [
        ("Was kostet der Eintritt?", "Und für den zweiten Besuch?", "Was kostet der Eintritt?"),
        ("Was kostet der Eintritt?", "Und im letzten Monat?", "Was kostet der Eintritt?"),
        ("Was kostet er am ersten Sonntag im Mai?", "Und am zweiten Sonntag?", "Was kostet er?"),
        ("Was kostet der Eintritt?", "Und für Kinder unter 12 Jahren?", "Was kostet der Eintritt?"),
        ("How much is admission?", "And for groups of more than ten people?", "How much is admission?"),
    ],
)
def test_adjectives_that_end_as_verbs_do_and_long_phrases_are_variants(before: str, question: str, base: str) -> None:
    assert asked(before, question) == f"{question} ({base})"


@pytest.mark.parametrize("question", ["Und was sagte Anna?", "Und reagierte Anna?", "Und im Mai öffnete sie wieder?"])
def test_a_question_with_a_verb_of_its_own_is_no_variant(question: str) -> None:
    assert "Wann öffnet" not in asked(CANTEEN, question)


@pytest.mark.parametrize(
    ("before", "question", "base"),
    [
        (CANTEEN, "Und wie sieht es in Köln aus?", "Wann öffnet die Kantine?"),
        (CANTEEN, "Wie ist es denn in Köln?", "Wann öffnet die Kantine?"),
        (CANTEEN, "Wie ist das am Samstag?", CANTEEN),
        ("Wie viele Tage Urlaub haben Azubis?", "Und Werkstudenten?", "Wie viele Tage Urlaub haben Azubis?"),
        ("Wie viele Tage Urlaub haben Azubis?", "Wie ist das bei Rentnern?", "Wie viele Tage Urlaub haben Azubis?"),
    ],
)
def test_a_question_how_it_is_elsewhere_is_a_variant(before: str, question: str, base: str) -> None:
    assert asked(before, question) == f"{question} ({base})"
