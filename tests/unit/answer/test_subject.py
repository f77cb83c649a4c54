"""Figures of something else than the question names."""

from dataclasses import replace

import numpy as np
import pytest

from rag_service.answer.evidence.select import choose
from tests.unit.answer.worked import evidence, model, texts

POOL = "HALLENBAD NORD\n\nÖffnungszeiten\nSamstag: 8 - 18 Uhr\nSonntag: 9 - 17 Uhr"
MUSEUM = "HEIMATMUSEUM\n\nÖffnungszeiten\nSamstag: 14 - 17 Uhr\nSonntag: 10 - 17 Uhr"


def chosen(question, told, shares, dates=None, titles=()):
    """The statements for a question from documents of one sentence or more, where these are the shares."""
    asked = evidence(question, *told, dates=dates)
    passages = [replace(each, title=title) for each, title in zip(asked.passages, titles, strict=False)]
    asked = replace(asked, passages=(*passages, *asked.passages[len(passages) :]))
    assessed = model().assess(asked)
    assert len(assessed.shares) == len(shares)
    return texts(choose(asked, replace(assessed, shares=np.array(shares, np.float32)), 3))


@pytest.mark.parametrize("shares", [(0.55, 0.45), (0.45, 0.55)])
def test_the_newer_hours_of_something_else_are_not_told(shares):
    told = (POOL, MUSEUM)
    assert chosen("Wann hat das Museum am Samstag geöffnet?", told, shares, {0: "2026"}) == ["Samstag: 14 - 17 Uhr"]
    assert chosen("Wann hat das Hallenbad am Samstag auf?", told, shares, {1: "2026"}) == ["Samstag: 8 - 18 Uhr"]


def test_of_what_the_question_does_not_tell_apart_all_is_told():
    found = chosen("Wann ist am Samstag geöffnet?", (POOL, MUSEUM), (0.55, 0.45), {1: "2026"})
    assert found == ["Samstag: 14 - 17 Uhr", "Samstag: 8 - 18 Uhr"]


FEES = "Die Betreuung kostet {} Euro im Monat."


def test_versions_of_what_is_asked_about_stay_and_those_of_something_else_go():
    found = chosen(
        "Was kostet die Betreuung in der Kita Sternschnuppe?",
        [FEES.format(fee) for fee in (185, 195, 210)],
        (0.5, 0.2, 0.3),
        {0: "2024", 1: "2025", 2: "2026"},
        ("Kita Sternschnuppe 2024", "Gebühren der Kita Sternschnuppe", "Kita Waldwichtel"),
    )
    assert found == [FEES.format(195), FEES.format(185)]


def test_a_version_that_names_the_subject_in_its_text_stays():
    found = chosen(
        "Was kostet die Betreuung in der Kita Sternschnuppe?",
        (FEES.format(185), f"Die Kita Sternschnuppe hat neue Preise. {FEES.format(195)}"),
        (0.6, 0.0, 0.4),
        {0: "2024", 1: "2025"},
        ("Kita Sternschnuppe", "Neues aus dem Ort"),
    )
    assert found == [FEES.format(195), FEES.format(185)]


def test_the_date_of_a_question_names_no_subject():
    found = chosen(
        "Was kostete die Betreuung im Mai 2024?",
        (FEES.format(185), FEES.format(195)),
        (0.6, 0.4),
        {0: "2024", 1: "2024-12"},
        ("Gebühren Mai 2024", "Gebühren"),
    )
    assert found == [FEES.format(195), FEES.format(185)]


def test_in_a_question_without_capitals_every_word_may_name_the_subject():
    weight = "The weight of the device in its box is {} kg."
    found = chosen(
        "what is the weight of the scanner", [weight.format(4), weight.format(12)], (0.4, 0.6), {1: "2026"},
        ("Scanner", "Printer"),
    )  # fmt: skip
    assert found == [weight.format(4)]


def test_a_newer_number_that_repeats_little_of_the_question_does_not_come_first():
    told = (
        "Teilzeitkräfte haben bei drei Arbeitstagen pro Woche 18 Tage Urlaub.",
        "Der Zuschuss am Tag der Reise beträgt 14 Euro.",
    )
    found = chosen("Wie viel Urlaub gibt es bei drei Arbeitstagen pro Woche?", told, (0.7, 0.3), {0: "2024", 1: "2025"})
    assert found[0] == told[0]


VISITORS = ("Die Saison 2025 brachte 300 Besucher.", "Die Saison 2024 brachte 200 Besucher.")
DEFICIT = ("Das Defizit lag bei 520 Euro.", "Das Defizit lag bei 310 Euro.")


@pytest.mark.parametrize(
    ("question", "told", "dates", "expected"),
    [
        ("Wie viele Besucher brachte die Saison 2025?", VISITORS, {}, VISITORS[:1]),
        ("Wie viele Besucher brachte die letzte Saison?", VISITORS, {}, VISITORS),
        ("Wie viele Besucher brachte die Saison 2023?", VISITORS, {}, VISITORS),
        ("Wie viele Besucher brachte die Saison seit 2025?", VISITORS, {}, VISITORS),
        ("Wie viele Besucher mehr als 2025 brachte die Saison?", VISITORS, {}, VISITORS),
        ("Wie viele Besucher brachte die Saison 2024 oder 2025?", VISITORS, {}, VISITORS),
        ("Wie hoch war das Defizit 2025?", DEFICIT, {0: "2025-02-18", 1: "2024-03-12"}, DEFICIT[:1]),
        ("Wie hoch war das Defizit im März 2025?", DEFICIT, {0: "2025-03", 1: "2025-03-12"}, DEFICIT),
        ("Wie hoch war das Defizit 2025?", DEFICIT, {0: "2025-02-18"}, DEFICIT),
        ("Wie hoch war das Defizit 2025?", (DEFICIT[0], f"# Haushalt 2024\n\n{DEFICIT[1]}"), {}, DEFICIT[:1]),
        (
            "Wie hoch war das Defizit 2025?",
            (DEFICIT[0], f"# Haushalt 2025\n\n{DEFICIT[1]}"),
            {0: "2025", 1: "2024"},
            DEFICIT,
        ),
    ],
)
def test_what_disagrees_and_is_of_another_year_than_the_question_names_is_left_out(question, told, dates, expected):
    assert set(chosen(question, told, (0.6, 0.4), dates)) == set(expected)
