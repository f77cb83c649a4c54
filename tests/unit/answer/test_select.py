"""The choice among sentences, and the order in which they stand."""

import re
from dataclasses import replace

import numpy as np
import pytest

from rag_service.answer.evidence.abstain import EvidenceModel
from rag_service.answer.evidence.select import choose
from tests.unit.answer.worked import Encoding, Reads, evidence, model, texts

STEPS = (
    "1. Den Leitstand rufen.\n2. Den Dienst stoppen und neu starten.\n3. Das Protokoll prüfen.\n\nDer Dienst ist alt."
)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Wie kann man den Dienst neu starten?", STEPS.split("\n\n")[0]),
        ("Wer soll den Dienst neu starten?", "2. Den Dienst stoppen und neu starten."),
    ],
)
def test_who_asks_how_gets_all_steps(question, expected):
    asked = evidence(question, STEPS)
    assert texts(choose(asked, EvidenceModel(Encoding(), Reads("starten")).assess(asked), 3))[0] == expected


LISTED = "Die Anmeldung ist formlos.\n\n1. Zeit festlegen.\n2. Brief senden.\n3. Antwort abwarten.\n4. Geld beantragen."


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("Wie geht die Anmeldung?", LISTED, [LISTED[:26], LISTED[28:]]),
        ("Wer macht die Anmeldung?", LISTED, [LISTED[:26], "1. Zeit festlegen.", "4. Geld beantragen."]),
        (
            "Welche Anmeldungen gibt es?",
            re.sub(r"\d\.", "-", LISTED),
            [LISTED[:26], re.sub(r"\d\.", "-", LISTED[28:])[2:]],
        ),
    ],
)
def test_steps_beside_a_sentence_are_told_as_a_whole_once(question, text, expected):
    asked = evidence(question, text)
    assessed = replace(model().assess(asked), shares=np.array([0.4, 0.25, 0.1, 0.05, 0.2], np.float32))
    assert texts(choose(asked, assessed, 3)) == expected


def test_a_list_that_opens_with_a_pronoun_stands_alone():
    asked = evidence("Nennen Sie die Unterlagen", "Vorwort steht hier.\n\n- Ihr Ausweis gilt\n- Ihr Foto gilt")
    assert texts(choose(asked, EvidenceModel(Encoding(), Reads("Foto")).assess(asked), 3)) == [
        "Ihr Ausweis gilt\n- Ihr Foto gilt"
    ]


def test_the_sentence_that_answers_comes_first_and_stays_verbatim():
    asked = evidence(
        "Wann reiste Kim ab?", "Das Wetter war gut an diesem Tag. Kim reiste am 26. April ab.", "Putin lachte laut."
    )
    chosen = choose(asked, model().assess(asked), 3)
    assert texts(chosen)[0] == "Kim reiste am 26. April ab."


def test_the_same_sentence_in_two_documents_is_one_statement_with_two_quotes():
    line = "Kim reiste am Freitag früher als geplant mit dem Sonderzug ab."
    asked = evidence("Wann reiste Kim ab?", line, line)
    (only,) = choose(asked, model().assess(asked), 3)
    assert {only.item.passage, *(item.passage for item in only.same)} == {0, 1}


def test_sources_that_disagree_stand_newest_first():
    asked = evidence(
        "Wann reiste Kim aus Wladiwostok ab?",
        "Kim reiste am 27. April 2019 aus Wladiwostok ab.",
        "Kim reiste am 26. April 2019 aus Wladiwostok ab, meldete die Agentur.",
        dates={0: "2019-04-23", 1: "2019-04-28"},
    )
    found = texts(choose(asked, model().assess(asked), 3))
    assert [("26." in text, "27." in text) for text in found] == [(True, False), (False, True)]


@pytest.mark.parametrize(
    ("question", "newest", "other", "disagrees"),
    [
        ("Wann reiste Kim ab?", "Kim reiste im April ab.", "Am 4. Mai 2019 fuhr der Zug mit Kim heim.", True),
        ("Wann reiste Kim ab?", "Kim reiste im April ab.", "Am 25. April 2019 fuhr der Zug mit Kim heim.", False),
        ("Wann reiste Kim ab?", "Kim reiste im April ab.", "Dann reiste Kim am 4. Mai 2019 ab.", True),
        ("Wann reiste Kim ab?", "Kim reiste im April ab.", "Dann reiste Kim am 25. April 2019 ab.", False),
        ("Wann reiste Kim ab?", "Kim reiste am 6. Mai 2024 ab.", "05/06/2024: Heim fuhr der Zug mit Kim.", False),
        ("Wann reiste Kim ab?", "Kim reiste im April 2019 ab.", "Am 25. April fuhr der Zug mit Kim heim.", False),
        ("Wann reiste Kim ab?", "Kim reiste nicht am 4. Mai, sondern am 6. Mai ab.", "Am 4. Mai fuhr Kim heim.", True),
        ("Wann reiste Kim ab?", "Kim reiste am 6. Mai statt am 4. Mai ab.", "Am 6. Mai fuhr Kim heim.", False),
        ("Wie viele Gäste kamen?", "Es kamen 9 statt der erhofften 12 Gäste.", "12 Gäste kamen.", True),
        ("Wie viele Gäste kamen?", "5 Gäste kamen.", "Der Saal war mit 15 Gästen voll.", True),
        ("Wie viele Gäste kamen?", "5 Gäste kamen.", "Der Saal war mit 5 Gästen voll.", False),
        ("Wie oft wird geprüft?", "Geprüft wird jährlich.", "Die Prüfung ist alle zwei Jahre, 2024 auch.", True),
        ("Wie oft wird geprüft?", "Geprüft wird jährlich.", "Die Prüfung findet einmal im Jahr statt.", False),
        ("Wie hoch ist die Gebühr?", "Jährlich sind 5 Euro Gebühr zu zahlen.", "Die Gebühr: jährlich 8 Euro.", True),
    ],
)
def test_only_what_differs_as_a_whole_disagrees(question, newest, other, disagrees):
    asked = evidence(question, newest, other, dates={0: "2019-05-28", 1: "2019-05-05"})
    assessed = replace(model().assess(asked), shares=np.array([0.45, 0.55], np.float32))
    assert (texts(choose(asked, assessed, 3))[0] == newest) is disagrees


def test_a_sentence_that_leans_on_the_one_before_is_quoted_with_it():
    told = "Kim Jong Un war zu Gast. Er reiste am 26. April 2019 wieder ab."
    asked = evidence("Wann reiste er ab?", told)
    first = choose(asked, model().assess(asked), 3)[0].item
    assert first.text == told == asked.passages[0].text[first.start : first.end]


def test_a_heading_in_between_is_not_quoted_with_it():
    told = "Kim Jong Un war zu Gast.\n\nDie Abreise\n\nEr reiste am 26. April 2019 wieder ab."
    asked = evidence("Wann reiste er ab?", told)
    assert texts(choose(asked, model().assess(asked), 3))[0] == "Er reiste am 26. April 2019 wieder ab."


def test_the_sentence_before_takes_the_place_of_the_least_likely_one():
    told = "Kim kam an. Dort traf er Putin. Kim traf Trump. Kim traf Moon."
    asked = evidence("Wen traf Kim dort?", told)
    assessed = EvidenceModel(Encoding(), Reads("Dort")).assess(asked)
    assessed = replace(assessed, shares=np.array([0.01, 0.4, 0.3, 0.29], np.float32))
    assert texts(choose(asked, assessed, 3)) == ["Kim kam an. Dort traf er Putin.", "Kim traf Trump."]
    assert texts(choose(asked, assessed, 1)) == ["Kim kam an. Dort traf er Putin."]


def test_a_further_sentence_that_leans_on_one_that_is_not_told_is_left_out():
    told = "Kim traf Putin. Trump blieb fern. Dort traf er Moon. Kim traf Xi."
    asked = evidence("Wen traf Kim?", told)
    assessed = EvidenceModel(Encoding(), Reads("Putin")).assess(asked)
    apart = replace(assessed, shares=np.array([0.5, 0.02, 0.28, 0.2], np.float32))
    assert texts(choose(asked, apart, 3)) == ["Kim traf Putin.", "Kim traf Xi."]
    beside = replace(assessed, shares=np.array([0.5, 0.28, 0.2, 0.02], np.float32))
    assert texts(choose(asked, beside, 3)) == ["Kim traf Putin.", "Trump blieb fern.", "Dort traf er Moon."]


@pytest.mark.parametrize(("mark", "told"), [(":", 1), (".", 2)])
def test_a_further_sentence_that_announces_what_is_not_told_is_left_out(mark, told):
    answer = "Der Betrieb kennt sechs Arten von Anlagen."
    asked = evidence("Welche Anlagen gibt es?", answer, f"Anlagen sind im Betrieb so verteilt{mark}\n\nEine Tafel.")
    assessed = replace(model().assess(asked), shares=np.array([0.6, 0.35, 0.05], np.float32))
    assert len(choose(asked, assessed, 3)) == told


def test_the_sentence_that_the_first_one_leans_on_stands_before_it():
    asked = evidence("Ist die Versicherung im Preis?", "Wir raten zur Versicherung. Sie ist nicht im Preis enthalten.")
    assessed = replace(model().assess(asked), shares=np.array([0.4, 0.6], np.float32))
    assert texts(choose(asked, assessed, 3)) == ["Wir raten zur Versicherung.", "Sie ist nicht im Preis enthalten."]


def test_a_list_below_a_question_is_told_once():
    told = "Wer darf nicht mit?\n\nNicht mit dürfen,\n- wenn sie krank sind,\n- wenn sie fehlen.\n\nDie anderen dürfen."
    asked = evidence("Wer darf nicht mit?", told)
    assessed = replace(model().assess(asked), shares=np.array([0.3, 0.6, 0.05, 0.05], np.float32))
    (quote,) = texts(choose(asked, assessed, 3))
    assert quote == "Nicht mit dürfen,\n- wenn sie krank sind,\n- wenn sie fehlen."


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Warum sperrt Wien die Brücke?", "Der Rost frisst am Stahl. Deshalb sperrt Wien die Brücke."),
        ("Wer sperrt die Brücke?", "Deshalb sperrt Wien die Brücke."),
    ],
)
def test_a_reason_is_quoted_with_what_follows_from_it(question, expected):
    asked = evidence(question, "Der Rost frisst am Stahl. Deshalb sperrt Wien die Brücke.")
    assert texts(choose(asked, EvidenceModel(Encoding(), Reads("sperrt")).assess(asked), 3)) == [expected]


def test_what_the_best_sentence_announces_follows_it():
    told = "Zum Antrag gehören folgende Unterlagen:\n\n- der Ausweis\n- ein Foto\n\nDas Amt öffnet um neun."
    asked = evidence("Welche Unterlagen gehören zum Antrag?", told)
    found = texts(choose(asked, model().assess(asked), 3))
    assert found[0] == told.partition("\n\nDas Amt")[0]
    assert not {"der Ausweis", "ein Foto"} & set(found)


def test_versions_of_a_rule_are_not_one_statement_but_stand_newest_first():
    rule = "Die Einwirkzeit des Mittels auf allen Flächen im Labor beträgt laut Ordnung mindestens {} Minuten."
    asked = evidence(
        "Wie lange wirkt das Mittel ein?",
        rule.format(10),
        rule.format(15),
        dates={0: "2021-03-01", 1: "2024-06-01"},
    )
    first, second = choose(asked, model().assess(asked), 3)
    assert [first.item.text, second.item.text] == [rule.format(15), rule.format(10)]
    assert not first.same
    assert not second.same


def test_another_version_of_a_rule_is_told_although_its_passage_was_not_read():
    rule = "Der Urlaub beträgt {} Tage bei einer Fünf-Tage-Woche."
    filler = "Über den Urlaub und die Tage entscheidet der Vorstand."
    asked = evidence("Wie viele Tage Urlaub?", rule.format(28), filler, filler, rule.format(30), dates={3: "2024"})
    assert texts(choose(asked, EvidenceModel(Encoding(), Reads("28")).assess(asked), 3))[:2] == [
        rule.format(30),
        rule.format(28),
    ]


def test_of_many_versions_the_newest_are_told():
    rule = "Der Urlaub beträgt {} Tage bei einer Fünf-Tage-Woche."
    days = (28, 24, 25, 26, 30)
    asked = evidence(
        "Wie viele Tage Urlaub?", *map(rule.format, days), dates={0: "2022", 1: "2018", 2: "2019", 3: "2020", 4: "2024"}
    )
    found = texts(choose(asked, EvidenceModel(Encoding(), Reads("28")).assess(asked), 3))
    assert found == [rule.format(day) for day in (30, 28, 26)]


def test_a_rule_and_its_contrary_are_two_statements():
    rule = "Das Mitbringen von Hunden ist auf dem ganzen Gelände der Firma in Kiel {}erlaubt."
    asked = evidence("Darf ich meinen Hund mitbringen?", rule.format(""), rule.format("nicht "), dates={1: "2024"})
    assert texts(choose(asked, model().assess(asked), 3)) == [rule.format("nicht "), rule.format("")]


def test_several_items_of_a_list_bring_all_of_it():
    told = "Die Stelle ist frei.\n\n- Abschluss im Fach\n- Erfahrung im Fach\n- gutes Englisch"
    asked = evidence("Welche Anforderungen im Fach gibt es?", told)
    assert (
        "\n".join(f"- {line}" for line in ("Abschluss im Fach", "Erfahrung im Fach", "gutes Englisch"))
        == "- " + (texts(choose(asked, EvidenceModel(Encoding(), Reads("Fach")).assess(asked), 3))[0])
    )


HEADED = "{}\n\nDie Agentur nannte als Dauer der Gespräche vier Stunden."


@pytest.mark.parametrize(
    ("question", "line", "left_out"),
    [
        ("Wie lange dauern die Gespräche laut Interfax?", "Interfax: vier Stunden", True),
        ("Wer nannte als Dauer der Gespräche vier Stunden?", "Interfax: vier Stunden", False),
        ("Wie lange dauern die Gespräche laut Interfax?", "Interfax: fünf Stunden", False),
        ("Wie lange dauern die Gespräche laut Interfax?", "Interfax nannte vier Stunden.", False),
    ],
)
@pytest.mark.parametrize("shares", [(0.4, 0.6), (0.6, 0.4)])
def test_a_heading_that_says_no_more_than_the_sentence_below_is_left_out(question, line, left_out, shares):
    text = HEADED.format(line)
    asked = evidence(question, text)
    assessed = replace(model().assess(asked), shares=np.array(shares, np.float32))
    found = texts(choose(asked, assessed, 3))
    assert set(found) == ({text.split("\n\n")[1]} if left_out else set(text.split("\n\n")))
