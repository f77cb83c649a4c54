"""Codes that name one thing exactly."""

import pytest

from rag_service.text.codes import find_codes, has_code


@pytest.mark.parametrize(
    ("question", "codes"),
    [
        ("Was bedeutet der Fehler Q-4001?", ["q-4001"]),
        ("q-1002 und E07: was tun?", ["q-1002", "e07"]),
        ("Was kostet Artikel K200?", ["k200"]),
        ("Which release fixed CVE-2025-31337?", ["cve-2025-31337"]),
        ("Who designed the Shelby Mustang GT350?", ["gt350"]),
        ("Wie richte ich 2FA ein, und was ist mit 5G, WW2 und B2B?", []),
        ("Was war in den mid-1980s, vor-1990 oder im Jahr d2008?", []),
        ("Was kostet das under-18 ticket, und für 18-Jährige?", []),
        ("Gilt § 12 Abs. 3 ab 2024 für die Version 5.1.0?", []),
    ],
)
def test_a_code_is_letters_with_a_number_of_several_digits(question, codes):
    assert find_codes(question) == codes


@pytest.mark.parametrize(
    ("text", "code", "has"),
    [
        ("Art.-Nr. K-200: Kalibrierung", "k200", True),
        ("Artikel K 200 ist neu.", "k-200", True),
        ("(k200)", "k-200", True),
        ("Artikel K-2001 ist neu.", "k-200", False),
        ("Artikel AK-200 ist neu.", "k-200", False),
        ("\N{FULLWIDTH LATIN CAPITAL LETTER Q}-4001", "q-4001", True),
    ],
)
def test_a_code_is_known_however_its_parts_are_joined(text, code, has):
    assert has_code(text, code) is has
