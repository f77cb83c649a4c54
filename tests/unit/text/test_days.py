"""When two calendar dates agree."""

from __future__ import annotations

import pytest

from rag_service.text.days import within


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
