"""Items of a list, quoted with the words that they stand under."""

from dataclasses import replace

import numpy as np
import pytest

from rag_service.answer.evidence.abstain import EvidenceModel
from rag_service.answer.evidence.candidates import find_candidates
from rag_service.answer.evidence.leads import find_listing, with_lead
from rag_service.answer.evidence.select import choose
from tests.fakes import passage
from tests.unit.answer.worked import Encoding, Reads, evidence, texts


def lead(text, item):
    """The words that announce the list in which the candidate stands that begins so."""
    source = passage(text)
    candidate = next(each for each in find_candidates([source]) if each.text.startswith(item))
    found = find_listing(source, candidate)
    return found and source.text[found.start - source.start : found.lead_end - source.start]


def chosen(question, told, *shares, limit=3):
    """The statements for a question, where the candidates of the text have these shares."""
    asked = evidence(question, told)
    assessed = EvidenceModel(Encoding(), Reads()).assess(asked)
    found = choose(asked, replace(assessed, shares=np.array(shares, np.float32)), limit)
    source = asked.passages[0]
    for group in found:
        for item in (group.item, *group.same):
            assert source.text[item.start - source.start : item.end - source.start] == item.text
    return texts(found)


BACKUPS = "Gesichert wird nachts.\n\nNicht gesichert werden:\n- Kennwörter\n- Protokolle\n\nDer Ort ist Kiel."


@pytest.mark.parametrize("item", ["Kennwörter", "Protokolle", "Nicht gesichert"])
def test_what_ends_in_a_colon_announces_every_item(item):
    assert lead(BACKUPS, item) == "Nicht gesichert werden:"


@pytest.mark.parametrize(
    ("text", "item", "expected"),
    [
        ("(1) Es gilt dies.\n(2) Man wird ausgeschlossen, wenn man\na) lügt,\nb) stiehlt.", "b)", "(2) Man wird"),
        ("An account may be closed if the holder\n\na) has not paid,\nb) asks for it.", "b)", "An account may"),
        ("Nicht versichert sind Schäden durch\n\n- Hochwasser\n- Krieg", "Krieg", "Nicht versichert"),
        ("Nicht gestattet ist bei Nacht\n\n- das Grillen\n- das Zelten", "das Zelten", "Nicht gestattet"),
        ("Von der Steuer befreit sind auf Antrag\na) Blindenhunde,\nb) Rettungshunde.", "b)", "Von der Steuer"),
        ("No fee is charged in Year One\n- Licences or\n- Repairs", "Repairs", "No fee is charged"),
        ("Was ist nicht erlaubt?\n- das Grillen\n- das Zelten", "das Zelten", "Was ist"),
        ("Nicht erlaubt sind:\n- Tiere:\n  - große Hunde\n- Feuer", "große Hunde", "Nicht erlaubt sind:\n- Tiere:"),
        ("Nicht erlaubt sind:\n- Tiere:\n  - große Hunde\n- Feuer", "Feuer", "Nicht erlaubt sind:"),
    ],
)
def test_what_goes_on_in_the_items_announces_them(text, item, expected):
    assert lead(text, item).startswith(expected)


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("Kurz gesagt:\n\nDie Brücke ist alt.\n\n- Kies liegt dort\n- Sand liegt hier", "Sand"),
        ("Das ist alles\n\n1. Die Pumpe stoppen.\n2. Den Deckel heben.", "2."),
        ("Neue Geräte\n- Monitore aus Kiel\n- Lampen aus Bonn", "Lampen"),
        ("Von der Steuer\n\na) Blindenhunde,\nb) Rettungshunde.", "b)"),
        ("- Kies liegt dort\n- sand liegt hier", "sand"),
        ("(1) Die Frist läuft, wenn er\na) zahlt.\n(2) Der Antrag ist schriftlich zu stellen.", "(2)"),
        ("Es gilt:\n\nDie Brücke ist alt und rot.", "Die Brücke"),
    ],
)
def test_other_lines_announce_nothing(text, item):
    assert lead(text, item) is None


def test_an_item_says_what_is_said_before_it():
    source = passage(BACKUPS)
    found = [with_lead(source, each) for each in find_candidates([source])]
    assert found[1:4] == [
        "Nicht gesichert werden:",
        "Nicht gesichert werden: Kennwörter",
        "Nicht gesichert werden: Protokolle",
    ]
    assert (found[0], found[4]) == ("Gesichert wird nachts.", "Der Ort ist Kiel.")


WHOLE = "Nicht gesichert werden:\n- Kennwörter\n- Protokolle"


@pytest.mark.parametrize(
    "shares",
    [(0.0, 0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0, 0.0), (0.0, 1.0, 0.0, 0.0, 0.0), (0.0, 0.4, 0.6, 0.0, 0.0)],
)
@pytest.mark.parametrize("limit", [1, 3])
def test_a_short_list_is_one_quote_with_its_lead(shares, limit):
    assert chosen("Sind die Protokolle gesichert?", BACKUPS, *shares, limit=limit) == [WHOLE]


def test_a_further_statement_has_its_lead_too():
    assert chosen("Sind die Protokolle gesichert?", BACKUPS, 0.6, 0.0, 0.0, 0.4, 0.0) == [
        "Gesichert wird nachts.",
        WHOLE,
    ]


DAYS = (
    "Nicht geöffnet wird an diesen Tagen:\n- am 3. Mai 2026 in Kiel\n- am 7. Mai 2026 in Bonn\n- am 9. Mai 2026 in Ulm"
)


def test_an_item_that_gives_what_is_asked_for_stands_alone_behind_the_lead():
    asked = "Wann ist in Bonn zu?"
    assert chosen(asked, DAYS, 0.0, 0.0, 1.0, 0.0) == [DAYS.split("\n")[0], "am 7. Mai 2026 in Bonn"]
    assert chosen(asked, DAYS, 0.0, 1.0, 0.0, 0.0) == [DAYS[: DAYS.index("\n- am 7.")]]
    assert chosen(asked, DAYS, 0.0, 0.0, 1.0, 0.0, limit=1) == [DAYS[: DAYS.index("\n- am 9.")]]


def test_several_items_that_do_are_one_quote():
    assert chosen("Wann ist in Bonn zu?", DAYS, 0.0, 0.5, 0.5, 0.0) == [DAYS]


def test_who_asks_how_gets_the_list_and_no_paragraph_before_it():
    rule = "(2) Man wird ausgeschlossen, wenn man\na) den Verein belügt,\nb) den Verein bestiehlt."
    told = f"(1) Der Verein ist alt.\n{rule}\n(3) Der Verein tagt im Mai."
    assert chosen("Wie wird man ausgeschlossen?", told, 0.0, 0.0, 0.0, 1.0, 0.0) == [rule]


def test_of_a_long_list_the_lead_and_the_item():
    items = [f"Posten {number} mit genau so vielen Zeichen wie die anderen" for number in range(20)]
    told = "Nicht verkauft werden:\n" + "\n".join(f"- {each}" for each in items)
    shares = [0.0] * 21
    shares[15] = 1.0
    assert chosen("Wird das verkauft?", told, *shares) == ["Nicht verkauft werden:", items[14]]
    (cut,) = chosen("Wird das verkauft?", told, 1.0, *[0.0] * 20)
    assert 500 < len(cut) <= 600 and cut.endswith("anderen")


def test_lists_under_contrary_leads_are_no_twins():
    told = "Im Tarif der Firma {}enthalten sind:\n- Gespräche ins Ausland aus allen Ländern der Welt\n- Post"
    asked = evidence("Sind Gespräche ins Ausland enthalten?", told.format(""), told.format("nicht "), dates={1: "2026"})
    found = choose(asked, EvidenceModel(Encoding(), Reads("Ausland")).assess(asked), 3)
    assert texts(found) == [told.format("nicht "), told.format("")]


def test_the_same_item_in_two_documents_is_quoted_with_both_leads():
    told = "Nicht enthalten sind:\n- Gespräche ins Ausland aus allen Ländern der Welt\n- Post"
    asked = evidence("Sind Gespräche ins Ausland enthalten?", told, told)
    (only,) = choose(asked, EvidenceModel(Encoding(), Reads("Ausland")).assess(asked), 3)
    assert [item.text for item in (only.item, *only.same)] == [told, told.split("\n- Post")[0]]
