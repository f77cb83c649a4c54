"""How often something is so."""

import pytest

from rag_service.text.names import find_numbers
from rag_service.text.rates import find_rates, with_rates


@pytest.mark.parametrize(
    ("norm", "texts"),
    [
        ("every 24 months", ["alle zwei Jahre", "zweijährlich", "jedes zweite Jahr", "every other year"]),
        ("every 24 months", ["every 2 years", "every second year", "once every two years", "2-jährlich"]),
        ("every 12 months", ["jährlich", "Einmal im Jahr", "alle 12 Monate", "jedes Jahr", "alljährlich", "annually"]),
        ("every 12 months", ["yearly", "once a year", "each year", "every twelve months", "die jährliche Prüfung"]),
        (
            "every 6 months",
            ["halbjährlich", "zweimal jährlich", "alle sechs Monate", "jedes halbe Jahr", "semi-annual"],
        ),
        ("every 6 months", ["jedes Halbjahr", "twice a year", "half-yearly", "2-mal im Kalenderjahr"]),
        ("every 3 months", ["vierteljährlich", "jedes Quartal", "quartalsweise", "quarterly", "4x jährlich"]),
        ("every 0.5 months", ["zweimal pro Monat", "twice monthly"]),
        ("every 168 hours", ["wöchentlich", "einmal in der Woche", "einmal die Woche", "alle 7 Tage", "weekly"]),
        ("every 24 hours", ["täglich", "jeden Tag", "daily", "every day", "alle 24 Stunden"]),
        ("every 8 hours", ["dreimal am Tag", "drei Mal täglich", "three times a day", "alle acht Stunden"]),
        ("every 1 hours", ["stündlich", "hourly"]),
    ],
)
def test_rates_are_equal_however_they_are_told(norm: str, texts: list[str]) -> None:
    assert {text: [value.norm for value in find_rates(text)] for text in texts} == {text: [norm] for text in texts}


@pytest.mark.parametrize(
    "text",
    [
        "27 Tage im Jahr",
        "alle Unterlagen aus dem Jahr",
        "Das ist alltäglich und nachträglich erträglich.",
        "every quarter of an hour",
        "alle zwei bis drei Jahre",
        "alle 0 Tage",
        "null mal im Jahr",
        "a biannual report",
        f"alle {'9' * 400} Tage",
        "noch einmal im selben Jahr",
    ],
)
def test_other_words_are_no_rates(text: str) -> None:
    assert find_rates(text) == []


def test_a_number_in_a_rate_is_no_value_of_its_own() -> None:
    text = "Alle zwei Jahre werden 5 Proben genommen."
    values = with_rates(find_numbers(text, "de"), text, "de")
    assert {text[value.start : value.end] for value in values} == {"Alle zwei Jahre", "5"}
