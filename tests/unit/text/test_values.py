"""Dates, numbers, names, answer types and polarity in German and English."""

from __future__ import annotations

import pytest

from rag_service.text.days import find_dates
from rag_service.text.names import find_names, find_numbers
from rag_service.text.polarity import contrary
from rag_service.text.questions import AnswerType, expected_answer


@pytest.mark.parametrize(
    ("text", "norms"),
    [
        ("Am 25. April 2019 begann das Treffen.", ["2019-04-25"]),
        ("am 23.04.2019 und am 3.5.21", ["2019-04-23", "2021-05-03"]),
        ("It ended on September 2, 1945.", ["1945-09-02"]),
        ("on 13 September 2023", ["2023-09-13"]),
        ("im April 2019, am 13. September", ["2019-04", "--09-13"]),
        ("Im 19. Jahrhundert und in den 1980er Jahren", ["19. century", "198x"]),
        ("the 10th century and the 1990s", ["10. century", "199x"]),
        ("Im Mai 2019-04-25", ["--05", "2019-04-25"]),
        ("They may march with 308 points.", []),
    ],
)
def test_dates_are_found_as_precise_as_written(text: str, norms: list[str]) -> None:
    assert [value.norm for value in find_dates(text)] == norms


@pytest.mark.parametrize(
    ("text", "language", "norms"),
    [
        ("1.500 Menschen und 3,5 Millionen Euro", "de", ["1500", "3500000"]),
        ("1500 Millionen Euro und 1.500 Mio. Euro", "de", ["1500000000", "1500000000"]),
        ("2023 Millionen Reisen", "de", []),
        ("1,500 people and 3.5 million dollars", "en", ["1500", "3500000"]),
        ("zwölf Länder, fünf Tage", "de", ["12", "5"]),
        ("1,000,000.5 in all", "und", ["1000000"]),
        ("Am 25. April 2019 kamen 40 Gäste.", "de", ["40"]),
        ("zwei Billionen", "de", ["2000000000000"]),
        ("two billion", "en", ["2000000000"]),
    ],
)
def test_numbers_are_read_by_language_and_dates_left_out(text: str, language: str, norms: list[str]) -> None:
    assert [value.norm.split(".")[0] for value in find_numbers(text, language)] == norms


def test_spans_point_at_the_text() -> None:
    text = "Rund 3,5 Millionen kamen am 25. April 2019 mit Kim Jong Un."
    (date,), (number,) = find_dates(text), find_numbers(text, "de")
    names = find_names(text, "de")
    assert text[date.start : date.end] == "25. April 2019"
    assert text[number.start : number.end] == "3,5 Millionen"
    assert [text[name.start : name.end] for name in names if name.norm == "kim jong un"] == ["Kim Jong Un"]


def test_a_german_noun_after_an_article_is_no_name() -> None:
    assert find_names("Er sah das Haus und die Insel.", "de") == []
    assert find_names("Er wird auf zwei Jahre gewählt, mit fünf Stimmen vor zwölf Tagen.", "de") == []
    assert [name.norm for name in find_names("Er reiste nach Berlin, wo Frau Merkel wartete.", "de")] == [
        "berlin",
        "frau merkel",
    ]


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Wann traf Kim Putin?", "date"),
        ("In welchem Jahr wurde Warschau Hauptstadt?", "date"),
        ("What year did the war end?", "date"),
        ("Mit wie vielen Wagen kam der Zug?", "number"),
        ("How long did the meeting last?", "number"),
        ("Wie groß ist die Fläche?", "number"),
        ("Wie lange dauert es?", "number"),
        ("Was heißt DNS?", "definition"),
        ("Welcher Prozentsatz stimmte zu?", "number"),
        ("Wer empfing ihn?", "person"),
        ("Von wem wurde er empfangen?", "person"),
        ("Who led the delegation?", "person"),
        ("Wo trafen sie sich?", "place"),
        ("In which city did they meet?", "place"),
        ("Warum reiste er mit dem Zug?", "reason"),
        ("Welchen Grund nannte er?", "reason"),
        ("Was ist Sepsis?", "definition"),
        ("Nennen Sie die Teilnehmer.", "list"),
        ("Wie kam er an?", "manner"),
        ("Traf Kim im April Putin?", "yes_no"),
        ("Did they sign a treaty?", "yes_no"),
        ("What did he do when the war ended?", "any"),
        ("¿Cuándo llegó?", "any"),
        ("他什么时候到的?", "any"),
        ("Was kostet ein Parkausweis?", "number"),
        ("Was hat der Umbau der Halle gekostet?", "number"),
        ("Was soll die neue Brücke kosten?", "number"),
        ("Was hat der Rat beschlossen?", "any"),
        ("What does the permit cost?", "number"),
        ("Wie heißt die Küsterin?", "person"),
        ("Wie heissen die Kinder?", "person"),
        ("Wie hieß der Zug?", "person"),
        ("Wie heißt es in der Satzung?", "any"),
        ("Wie heiß ist der Ofen?", "number"),
        ("Wie lautet die Telefonnummer?", "any"),
        ("Wie lauten die Regeln?", "any"),
        ("Wie ist die neue Adresse?", "any"),
        ("Wie ist der Ablauf?", "manner"),
        ("Wie nennt man das?", "any"),
        ("Wie nehme ich teil?", "manner"),
        ("Wie schreibt man Wladiwostok?", "any"),
        ("How do you spell it?", "any"),
        ("How do I call the interface?", "manner"),
        ("How do I install it?", "manner"),
        ("What is the new ship called?", "any"),
        ("How is the ship called?", "any"),
        ("Wie gross ist das Haus?", "number"),
        ("Wie früh darf ich kommen?", "number"),
        ("Wie spät ist es?", "number"),
        ("How soon can I start?", "number"),
        ("How late is it open?", "number"),
        ("Wie oft fährt der Bus?", "rate"),
        ("Wie häufig wird geprüft?", "rate"),
        ("In welchen Abständen wird geprüft?", "rate"),
        ("How often does it run?", "rate"),
        ("Um wie viel Uhr beginnt es?", "number"),
        ("Um wieviel Uhr beginnt es?", "number"),
        ("Zu welcher Uhrzeit beginnt es?", "number"),
        ("Welche Uhrzeit gilt?", "number"),
        ("Ab welchem Alter darf man mit?", "number"),
        ("Bis zu welchem Alter ist es frei?", "number"),
        ("What time does it open?", "date"),
        ("At what time does it start?", "date"),
        ("Bis wann muss ich zahlen?", "date"),
        ("Seit wann gilt das?", "date"),
        ("Ab wann gilt das?", "date"),
        ("An welchen Tagen ist Training?", "date"),
        ("Welche Tage sind frei?", "date"),
        ("In welchen Monaten ist offen?", "date"),
        ("In welchen Jahren war das?", "date"),
        ("Zu welchen Terminen kann man austreten?", "date"),
        ("In welcher Woche ist es?", "date"),
        ("On which days is it open?", "date"),
        ("Welche Tageskarten gibt es?", "list"),
        ("Welche Hunde sind befreit?", "list"),
        ("Welche bezahlten Freistellungen gelten?", "list"),
        ("Welche Unterlagen muss ich mitbringen?", "list"),
        ("Welche Versionen kann ich nutzen?", "list"),
        ("Welche Android-Version braucht die App?", "any"),
        ("Welche Nachweise müssen vorliegen?", "list"),
        ("Für welche Anlässe gibt es frei?", "list"),
        ("Which browsers are supported?", "list"),
        ("What documents do I need?", "list"),
        ("Welche Farbe haben die Busse?", "any"),
        ("Welche Gebühr muss ich zahlen?", "any"),
        ("Welche Ermäßigung gibt es?", "any"),
        ("Welchen Rabatt gibt es?", "any"),
        ("In welchen Sprachen gibt es Führungen?", "list"),
        ("Welche Pauschale gilt in Polen?", "any"),
        ("Welche Gründe gibt es?", "reason"),
        ("Welche Spieler sind verletzt?", "person"),
        ("Which glass do I use?", "any"),
    ],
)
def test_question_words_tell_the_expected_answer(question: str, kind: AnswerType) -> None:
    assert expected_answer(question) == kind


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("Who did not win?", "Anna won the race.", True),
        ("Who did not win?", "Anna did not win the race.", False),
        ("Wer reiste nicht an?", "Kim reiste am Mittwoch an.", True),
        ("Wer reiste nicht an?", "Kim kam, Xi blieb ohne Angabe von Gründen fern.", False),
        ("What is the least known class?", "P is the best known class.", True),
        ("What happened before the war?", "After the war he left.", True),
        ("What happened before the war?", "He left before the war, she after it.", False),
        ("Wer gewann?", "Anna gewann.", False),
    ],
)
def test_a_text_on_the_contrary_is_told(question: str, text: str, expected: bool) -> None:
    assert contrary(question, text) is expected
