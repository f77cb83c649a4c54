"""Dates of any precision as ranges."""

from __future__ import annotations

import pytest

from rag_service.index.dates import date_range


@pytest.mark.parametrize(
    ("value", "first", "after"),
    [
        ("2019", "2019-01-01T00:00:00", "2020-01-01T00:00:00"),
        ("2019-04", "2019-04-01T00:00:00", "2019-05-01T00:00:00"),
        ("2019-12", "2019-12-01T00:00:00", "2020-01-01T00:00:00"),
        ("2020-02-29", "2020-02-29T00:00:00", "2020-03-01T00:00:00"),
        ("2019-04-23T08:44", "2019-04-23T08:44:00", "2019-04-23T08:45:00"),
        ("2019-04-23 08:44:59", "2019-04-23T08:44:59", "2019-04-23T08:45:00"),
        ("2019-04-23T08:44:59.123Z", "2019-04-23T08:44:59", "2019-04-23T08:45:00"),
        (" 2019-04-23T08:44+02:00 ", "2019-04-23T08:44:00", "2019-04-23T08:45:00"),
    ],
)
def test_a_date_is_the_span_it_names(value: str, first: str, after: str) -> None:
    assert date_range(value) == (first, after)


@pytest.mark.parametrize(
    "value", ["", "gestern", "19", "2019-4", "2019-13", "2019-02-29", "23.04.2019", "9999", "2019-04-23T25:00"]
)
def test_what_is_no_date(value: str) -> None:
    assert date_range(value) is None
