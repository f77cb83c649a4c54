"""Versions of one statement."""

import pytest

from rag_service.text.versions import differ

RULE = "Der Jahresurlaub beträgt {} Arbeitstage bei einer Fünf-Tage-Woche."


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (RULE.format(28), RULE.format(30), True),
        (RULE.format(28), f"1. {RULE.format(28)}", False),
        ("(2) Je Tag wird ein Betrag von 2 Euro fällig.", "(2) Je Tag wird ein Betrag von 3 Euro fällig.", True),
        ("(2) Je Tag wird ein Betrag von 2 Euro fällig.", "(3) Je Tag wird ein Betrag von 2 Euro fällig.", False),
        ("12. September: Kim reist nach Osten.", "13. September: Kim reist nach Osten.", True),
        ("Schlüssel gibt es in Raum K12 am Tor.", "Schlüssel gibt es in Raum K07 am Tor.", True),
        ("Für das BEM im Werk steht Herr Carstensen bereit.", "Für das BEM im Werk steht Herr Meier bereit.", True),
        ("In Wladiwostok traf Kim auf Putin.", "In Wladiwostok traf Kim Jong Un auf Putin.", False),
        ("Die Sitzung beginnt am 3. Mai 2024.", "Die Sitzung beginnt am 3. Mai.", False),
        ("Die Sitzung beginnt im April 2024.", "Die Sitzung beginnt am 3. April.", True),
        ("Die Sitzung beginnt im April.", "Die Sitzung beginnt am 4. Mai 2024.", True),
        ("Die Sitzung beginnt am 05/06/2024.", "Die Sitzung beginnt am 6. Mai 2024.", False),
        ("Die Sitzung beginnt am 05/06/2024.", "Die Sitzung beginnt am 7. Mai 2024.", True),
        ("Hunde sind auf dem Gelände erlaubt.", "Hunde sind auf dem Gelände nicht erlaubt.", True),
        ("Die Sitzung beginnt am 3. Mai 2024.", "Die Sitzung beginnt am 4. Mai 2024.", True),
        (
            "Ab sofort wird der Kessel jährlich gründlich geprüft.",
            "Der Kessel wird alle 2 Jahre gründlich geprüft.",
            True,
        ),
        ("Das Dach wird monatlich geprüft.", "Das Dach wird vierteljährlich geprüft.", True),
        ("Das Dach wird jährlich geprüft.", "Das Dach wird einmal im Jahr geprüft.", False),
        ("Das Dach wird jährlich geprüft.", "Das Dach wird geprüft.", False),
        ("Der Bus kostet 28 Euro.", "Die Bahn nach Kiel fährt 30 Minuten.", False),
        ("", "", False),
    ],
)
def test_sentences_with_the_same_words_and_other_figures_differ(left, right, expected):
    assert differ(left, right, "de") is expected
