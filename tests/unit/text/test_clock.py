"""Times of day in their written forms."""

from __future__ import annotations

import pytest

from rag_service.text.names import find_numbers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dienstags um 6.30 Uhr", ["6:30"]),
        ("dienstags um 6:30", ["6:30"]),
        ("on Tuesdays at 6:30 am", ["6:30"]),
        ("at 6.30 p.m.", ["18:30"]),
        ("18.30–20 Uhr", ["18:30", "20"]),
        ("von 8:00 bis 12.30 Uhr", ["8", "12:30"]),
        ("open 9am-5pm", ["9", "17"]),
        ("12 AM, 12pm", ["0", "12"]),
        ("um 12:30 am Montag", ["12:30"]),
        ("die 12 am Tisch", ["12"]),
        ("24:00 Uhr", ["24"]),
        ("am 24. August 2011 um 14:05", ["14:05"]),
    ],
)
def test_equal_times_are_equal_numbers(text: str, expected: list[str]) -> None:
    assert [value.norm for value in find_numbers(text, "de")] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10.30 Euro", ["10.3"]),
        ("im Verhältnis 3:2", ["3", "2"]),
        ("Kapitel 4.12", ["4.12"]),
        ("nach 15:45:10", ["15", "45", "10"]),
        ("mit 6,30 Meter", ["6.3"]),
    ],
)
def test_what_is_no_time_stays_a_number(text: str, expected: list[str]) -> None:
    assert [value.norm for value in find_numbers(text, "de")] == expected
