"""Words that patterns find whatever their case are looked up however they are written."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag_service.text.datelines import find_dateline
from rag_service.text.dates import iso_date
from rag_service.text.days import find_dates
from rag_service.text.names import find_numbers
from rag_service.text.periods import find_period
from rag_service.text.questions import expected_answer
from rag_service.text.weekdays import weekdays

TODAY = date(2026, 3, 12)
WORDS = [
    *[
        "eins",
        "zwei",
        "drei",
        "sieben",
        "sechzehn",
        "dreißig",
        "einundsechzig",
        "tausend",
        "two",
        "six",
        "thirty",
        "hundred",
        "anderthalb",
        "Dutzend",
    ],
    *[
        "letzten",
        "vor",
        "seit",
        "ago",
        "last",
        "Tagen",
        "days",
        "weeks",
        "Woche",
        "Monate",
        "Jahre",
        "Januar",
        "September",
        "October",
        "April",
        "may",
        "dez",
    ],
    *[
        "Samstag",
        "Sonntag",
        "Dienstag",
        "Mittwoch",
        "Friday",
        "Millionen",
        "Mio.",
        "Milliarden",
        "billion",
        "gestern",
        "yesterday",
    ],
    *("Stand: 25.", "25. ", "2019", "3,5", "٣", "9" * 400, "am", "im"),
]
LIKE = {"s": "s\u017f", "k": "k\u212a", "i": "i\u0130\u0131", "ß": "ßẞ"}


@st.composite
def written(draw: st.DrawFn) -> str:
    text = " ".join(draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6)))
    cased = text.upper() if draw(st.booleans()) else text
    return "".join(draw(st.sampled_from(LIKE.get(letter.lower(), letter))) for letter in cased)


@given(written())
def test_no_spelling_of_a_date_or_number_is_too_odd(text: str) -> None:
    find_dates(text), find_numbers(text, "de"), find_numbers(text, "en")
    find_period(text, TODAY), find_dateline(text), iso_date(text)
    weekdays(text), expected_answer(text)


@pytest.mark.parametrize("word", ["dreißig", "Dreissig", "DREIẞIG", "dre\u0130ßig"])
def test_thirty_is_a_number(word: str) -> None:
    assert [value.norm for value in find_numbers(f"Es sind {word} Tage.", "de")] == ["30"]
