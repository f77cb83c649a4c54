"""Sentences that need the one before them."""

import pytest

from rag_service.answer.evidence.antecedent import leans


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("Dort traf Kim den Präsidenten Putin.", "any", True),
        ("Daneben stehen eigene Sanktionen der USA.", "any", True),
        ("Unmittelbar danach äußerten sich beide Seiten zufrieden.", "any", True),
        ("Dafür zahlen Mitglieder 35 Euro.", "number", True),
        ("Wir berechnen dafür 35 Euro.", "number", True),
        ("Wir sorgen dafür, dass Züge fahren.", "any", False),
        ("Beide Hauptstädte bestreiten das.", "any", True),
        ("Das Ministerium bestätigte gestern entsprechende Angaben der Behörde.", "any", True),
        ("Medien meldeten, Kim sei krank; Seoul wies solche Berichte zurück.", "any", False),
        ("Den Regeln entsprechende Anträge werden geprüft.", "any", False),
        ("KCNA denied such reports.", "any", True),
        ("There he met Putin.", "any", True),
        ("There are two ways to Vladivostok.", "any", False),
        ("There were twelve.", "number", False),
        ("Then he met Putin.", "any", True),
        ("Then-President Trump met Kim.", "any", False),
        ("Both denied it.", "any", True),
        ("Both Moscow and Pyongyang denied it.", "any", False),
        ("Er beschrieb in Bagdad auch die Destillation.", "person", True),
        ("Er beschrieb in Bagdad auch die Destillation.", "date", False),
        ("He described distillation in Baghdad.", "person", True),
        ("Er reiste wieder ab.", "date", True),
        ("Erst am Abend fuhr der Zug nach Chassan.", "person", False),
        ("Deshalb sperrt Wien die Brücke.", "reason", True),
        ("Deshalb sperrt Wien die Brücke.", "place", False),
        ("Er wird auf zwei Jahre gewählt.", "number", True),
        ("Kim reiste ab.", "person", False),
    ],
)
def test_what_needs_the_sentence_before(text, kind, expected):
    language = "en" if text.startswith(("The", "Both", "He")) else "de"
    assert leans(text, language, kind) is expected
