"""What a question names by a noun and a number."""

import pytest

from rag_service.answer.evidence.gather import gather
from rag_service.answer.evidence.labels import find_labels
from rag_service.answer.evidence.typed import readings
from tests.unit.answer.worked import Encoding, Reads, evidence


@pytest.mark.parametrize(
    ("question", "labels"),
    [
        ("Was wurde in Version 6.1.2 behoben?", [("Version", "6.1.2")]),
        ("What was fixed in version 6.1.2?", [("version", "6.1.2")]),
        ("Was ist leiser, KW 8 oder KW 12?", [("KW", "8"), ("KW", "12")]),
        ("Was geschah in KW 40/2025?", [("KW", "40")]),
        ("Wie hoch war das Defizit im Haushalt 2025?", []),
        ("Bekommen Kinder 3 Tage frei?", []),
        ("Was kosten mehr als 3 Karten?", []),
        ("Was gilt für die 5 Kinder am 3. Mai?", []),
        ("Kamen Rabatte von 5 % vor?", []),
        ("Wer starb in den Jahren 1620-21?", []),
        ("Was gilt in Raum 1.4?", [("Raum", "1.4")]),
    ],
)
def test_labels_are_nouns_with_a_number_behind(question, labels):
    assert [(label.noun, label.number) for label in find_labels(question, "de")] == labels


@pytest.mark.parametrize(
    ("text", "another"),
    [
        ("Stufe 3 kostet 20 Euro.", True),
        ("Die Stufen 3 und 4 kosten 20 Euro.", True),
        ("Stufe 2 kostet 10 Euro, Stufe 3 kostet 20 Euro.", False),
        ("Stufen 1 und 2 kosten 10 Euro.", False),
        ("Ab Stufe 1 kostet es 10 Euro.", False),
        ("Bis zur Stufe 3 kostet es 10 Euro.", False),
        ("Stufe 1 bis 3 kosten 10 Euro.", False),
        ("Stufe 1 und höher kostet 10 Euro.", False),
        ("Das kostet 10 Euro.", False),
        ("Auf der Stufe 22 sind es 10 Euro.", True),
    ],
)
def test_another_of_the_kind_is_no_bound(text, another):
    (label,) = find_labels("Was kostet die Stufe 2 im Jahr?", "de")
    assert label.names_another(text) is another


def test_sentences_about_another_version_are_left_out_where_others_remain():
    told = "Version 6.2.0 behob viel."
    question = "Was wurde in Version 6.1.2 behoben?"
    found = gather(evidence(question, f"{told} Der Absturz wurde behoben."), Encoding(), Reads())
    assert [item.text for item in found.candidates] == ["Der Absturz wurde behoben."]
    found = gather(evidence(question, told), Encoding(), Reads())
    assert [item.text for item in found.candidates] == [told]


def test_of_two_that_are_asked_about_either_is_kept():
    found = gather(evidence("Was kann die Stufe 2 und die Stufe 3 sein?", "Die Stufe 3 ist hoch."), Encoding(), Reads())
    assert len(found.candidates) == 1


NOTES = (
    "# {}\n\nDie App stürzt nicht mehr ab.\n\n## Behoben\n\nDer Fehler aus Version 6.1.0 ist weg."
    "\n\n# {}\n\nDie App ist schneller."
)


@pytest.mark.parametrize(
    ("headings", "agreement"),
    [
        (("6.1.2 (2025-09-02)", "6.1.0"), [1.0, 1.0, 0.0]),
        (("Version 6.1.2", "Version 6.1.0"), [1.0, 1.0, 0.0]),
        (("6.1.0", "6.1.2"), [0.0, 1.0]),
    ],
)
def test_the_nearest_numbered_heading_tells_the_version(headings, agreement):
    found = gather(evidence("Was wurde in Version 6.1.2 behoben?", NOTES.format(*headings)), Encoding(), Reads())
    assert found.column("agreement").tolist() == agreement


def test_the_number_of_a_chapter_is_no_label():
    asked = evidence("Was leistet die KW 12 bei Frost?", "# 12 Entsorgung\n\nDas Gerät wird abgeholt.")
    assert gather(asked, Encoding(), Reads()).column("agreement").tolist() == [0.0]


def test_list_marks_are_no_numbers():
    assert readings("number", "4. Gutschriften", "de") == set()
    assert readings("number", "4. Gutschriften: 3 Punkte", "de") == {"3"}
    assert readings("number", "4 Gutschriften", "de") == {"4"}
