"""Numbers written in words or grouped by blanks, and what only looks like one."""

from __future__ import annotations

import pytest

from rag_service.text.names import find_numbers


def numbers(text: str, language: str = "de") -> list[str]:
    return [value.norm for value in find_numbers(text, language)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("binnen vierzehn Tagen", ["14"]),
        ("Siebzehn Tage", ["17"]),
        ("nach einundzwanzig Tagen", ["21"]),
        ("dreihundertfünfundsechzig Tage", ["365"]),
        ("zwölfhundert Reisen", ["1200"]),
        ("eintausendzweihundert Reisen", ["1200"]),
        ("zwanzigtausend Reisen", ["20000"]),
        ("siebenundneunzigtausendvierhundertelf", ["97411"]),
        ("zwischen hundert und zweihundert", ["100", "200"]),
        ("hundert Millionen", ["100000000"]),
        ("eine Million", ["1000000"]),
        ("eine halbe Million", ["500000"]),
        ("zwei Millionen fünfhunderttausend Euro", ["2500000"]),
        ("zweieinhalb Stunden, anderthalb Jahre", ["2.5", "1.5"]),
        ("zwei Dutzend", ["24"]),
    ],
)
def test_german_words(text: str, expected: list[str]) -> None:
    assert numbers(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("fourteen days", ["14"]),
        ("twenty-one days", ["21"]),
        ("twenty one days", ["21"]),
        ("two hundred and five guests", ["205"]),
        ("between one hundred and two hundred", ["100", "200"]),
        ("one thousand two hundred", ["1200"]),
        ("fifty thousand", ["50000"]),
        ("one, two or three", ["1", "2", "3"]),
        ("half a million", ["500000"]),
        ("two million five hundred thousand", ["2500000"]),
        ("two trillion", ["2000000000000"]),
    ],
)
def test_english_words(text: str, expected: list[str]) -> None:
    assert numbers(text, "en") == expected


@pytest.mark.parametrize(
    "text",
    [
        "ein Hund und eine Katze",
        "Achtung, Dreieck, einander",
        "Das muss man in Acht nehmen.",
        "Er wohnt in Sieben, nicht weit von hier.",
    ],
)
def test_other_words_are_no_numbers(text: str) -> None:
    assert numbers(text) == []


def test_a_number_that_opens_a_sentence_or_a_compound_has_a_capital() -> None:
    assert numbers("Sechs Tage. Bei einer Fünf-Tage-Woche sind es\nAcht Tage.") == ["6", "5", "8"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 200 Euro", ["1200"]),
        ("12 500 000 Euro", ["12500000"]),
        ("2\u00a0300,50 Euro", ["2300.5"]),
        ("2019 2\u202f300 Euro", ["2300"]),
        ("3\u2019400 Franken, 3'400 Franken", ["3400", "3400"]),
        ("1 200-1 500 Euro", ["1200", "1500"]),
        ("Menge 120 340 5", ["120", "340", "5"]),
        ("2019 120 340", ["120", "340"]),
        ("Tel. 030 123 456", ["30", "123", "456"]),
        ("Seite 5, 200 Euro", ["5", "200"]),
    ],
)
def test_blanks_and_apostrophes_between_thousands(text: str, expected: list[str]) -> None:
    assert numbers(text) == expected
