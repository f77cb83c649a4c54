"""Calendar dates in their written forms, ranges and lists of them, and when two agree."""

from __future__ import annotations

import pytest

from rag_service.text.days import find_dates, opens_with_date, within
from rag_service.text.names import find_numbers


def written(text: str) -> dict[str, tuple[str, ...]]:
    return {text[value.start : value.end]: value.readings for value in find_dates(text)}


def norms(text: str) -> list[str]:
    return [value.norm for value in find_dates(text)]


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        ("2019", "2019-04-25", True),
        ("2019-04", "2019-04-25", True),
        ("--04", "2019-04-25", True),
        ("--04", "2019-04", True),
        ("--04", "--04-25", True),
        ("--04-25", "2019-04-25", True),
        ("--04", "2019-05-04", False),
        ("--05", "2019-04-05", False),
        ("--04-2", "2019-04-25", False),
        ("2019-04-25", "2019-04", False),
        ("2019-04", "--04-25", False),
        ("2019", "20190", False),
        ("5", "15", False),
        ("19. century", "19. century", True),
    ],
)
def test_dates_are_compared_part_by_part(part: str, whole: str, expected: bool) -> None:
    assert within(part, whole) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("vom 3. bis 5. Mai 2024", ["2024-05-03", "2024-05-05"]),
        ("3.–5. Mai 2024", ["2024-05-03", "2024-05-05"]),
        ("3-5. Mai", ["--05-03", "--05-05"]),
        ("am 3./4. Mai", ["--05-03", "--05-04"]),
        ("am 24., 25. und 26. Dezember 2023", ["2023-12-24", "2023-12-25", "2023-12-26"]),
        ("am 1. und am 15. März", ["--03-01", "--03-15"]),
        ("von Freitag, 3., bis Sonntag, 5. Mai 2024", ["2024-05-03", "2024-05-05"]),
        ("in der Nacht vom 24. auf den 25. April", ["--04-24", "--04-25"]),
        ("1.-5.5.2024", ["2024-05-01", "2024-05-05"]),
        ("01.05.2024-05.05.2024", ["2024-05-01", "2024-05-05"]),
        ("3 to 5 May 2024", ["2024-05-03", "2024-05-05"]),
        ("between 3rd and 5th of May", ["--05-03", "--05-05"]),
        ("29 April-3 May 2024", ["2024-04-29", "2024-05-03"]),
        ("May 3-5, 2024", ["2024-05-03", "2024-05-05"]),
        ("May 3 to 5", ["--05-03", "--05-05"]),
        ("on May 3 and 5, 2024", ["2024-05-03", "2024-05-05"]),
        ("April 29 – May 3, 2024", ["2024-04-29", "2024-05-03"]),
        ("vom 24. Dezember bis 6. Januar 2025", ["2024-12-24", "2025-01-06"]),
        ("zwischen April und Juni 2019", ["2019-04", "2019-06"]),
        ("am 24. Dezember und 6. Januar 2025", ["--12-24", "2025-01-06"]),
    ],
)
def test_each_day_of_a_range_or_list_is_a_date(text: str, expected: list[str]) -> None:
    assert norms(text) == expected


@pytest.mark.parametrize(
    ("text", "dates", "numbers"),
    [
        ("On May 3 and 5 people came", ["--05-03"], ["5"]),
        ("May 3 – 5 people were hurt", ["--05-03"], ["5"]),
        ("rooms 3, 5 May 2024", ["2024-05-05"], ["3"]),
        ("1. 5. Mai: Maibaum", ["--05-05"], ["1"]),
        ("Raum 7 und am 5. Mai", ["--05-05"], ["7"]),
        ("Groups 3 and 5 may apply", [], ["3", "5"]),
        ("im April 2019, am 13. September", ["2019-04", "--09-13"], []),
        ("- Raum 3\n- 5. Mai 2024", ["2024-05-05"], ["3"]),
        ("- 3. Mai\n- 5. Mai 2024", ["--05-03", "2024-05-05"], []),
        ("On Monday 3.5 inches fell", [], ["3.5"]),
        ("May 3-5 pm", ["--05"], ["3", "17"]),
    ],
)
def test_a_number_beside_a_date_is_none(text: str, dates: list[str], numbers: list[str]) -> None:
    assert norms(text) == dates
    assert [value.norm for value in find_numbers(text, "en")] == numbers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Die Frist endet am 31.12.", ["--12-31"]),
        ("am 24.12. und 31.12. geschlossen", ["--12-24", "--12-31"]),
        ("am 24.12 und 31.12 geschlossen", ["--12-24", "--12-31"]),
        ("Frist: 31.12.", ["--12-31"]),
        ("Di., 24.12.: zu", ["--12-24"]),
        ("am Dienstag, 24.12 zu", ["--12-24"]),
        ("am Dienstag, 24. 12. zu", ["--12-24"]),
        ("01.05. Maifeiertag", ["--05-01"]),
        ("24.–26.12. geschlossen", ["--12-24", "--12-26"]),
        ("24.12. bis 6.1.2025", ["2024-12-24", "2025-01-06"]),
        ("am 24.12. 18 Uhr", ["--12-24"]),
        ("closed on 24.12. and 31.12. each year", ["--12-24", "--12-31"]),
        ("am 30.2.", []),
    ],
)
def test_a_day_without_its_year_is_read_where_the_text_says_so(text: str, expected: list[str]) -> None:
    assert norms(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Das regelt Abschnitt 3.4.",
        "Die Abschnitte 3.4. bis 3.6. gelten.",
        "3.4. Fristen",
        "Abschnitt 03.04. gilt.",
        "§ 3.4. und 24. Dezember",
        "Es läuft mit Version 2.10.",
        "Es läuft mit Ubuntu 24.04.",
        "We stay on 2.6.",
        "It grew by 2.5. Later it fell.",
        "Es kostet 3.10 Euro.",
        "Montag, 8.12 Uhr",
        "Kapitel 4.12",
        "Server 2.10.3",
    ],
)
def test_a_section_a_version_or_an_amount_is_no_day(text: str) -> None:
    assert not any(norm.startswith("--") and norm != "--12-24" for norm in norms(text))


def test_what_may_be_a_day_or_a_number_has_both_readings() -> None:
    assert written("Python läuft ab 3.10.") == {"3.10.": ("--10-03", "3.1")}
    assert [value.readings for value in find_numbers("3.10. Fristen", "de")] == [("3.1", "--10-03")]
    assert [value.readings for value in find_numbers("It grew by 3.10.", "en")] == [("3.1",)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12/31/2024", ("2024-12-31",)),
        ("31/12/2024", ("2024-12-31",)),
        ("31-12-2024", ("2024-12-31",)),
        ("2024/12/31", ("2024-12-31",)),
        ("3/15/24", ("2024-03-15",)),
        ("05/06/2024", ("2024-06-05", "2024-05-06")),
        ("05/05/2024", ("2024-05-05",)),
        ("25.April 2019", ("2019-04-25",)),
        ("25-Apr-2019", ("2019-04-25",)),
    ],
)
def test_a_date_has_the_readings_that_its_form_leaves_open(text: str, expected: tuple[str, ...]) -> None:
    assert written(f"Am {text} war es.") == {text: expected}


def test_a_time_stamp_is_a_date_and_a_time() -> None:
    text = "Start: 2019-04-25T10:30:00+02:00, Ende: 2019-04-25T12:00Z"
    assert norms(text) == ["2019-04-25", "2019-04-25"]
    assert [value.norm for value in find_numbers(text, "de")] == ["10:30", "12"]


def test_the_number_of_a_range_is_no_list_mark() -> None:
    assert opens_with_date("3. bis 5. Mai 2024: Messe")
    assert not opens_with_date("3. Am 5. Mai 2024 ist Messe.")
