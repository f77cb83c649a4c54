"""How much of a statement a passage bears out."""

from __future__ import annotations

import pytest

from rag_service.answer.generation.align import Aligner, load_weights
from tests.fakes import passage
from tests.generate_kit import evidence


@pytest.mark.parametrize(
    ("when", "published", "whole"),
    [
        ("Im April", "2019-04-26", True),
        ("Am 26. April", "2019-04-26", True),
        ("Am 05/06/2024", "2024-05-06", True),
        ("Im April", "2019-05-04", False),
        ("Am 4. Mai", "2019-04-04", False),
    ],
)
def test_a_text_need_not_repeat_the_day_or_month_it_was_published(when: str, published: str, whole: bool) -> None:
    given = evidence(passage("Kim besuchte das Theater.", published=published), question="Wann?")
    measure = Aligner(given, None, load_weights()).measure(f"{when} besuchte Kim das Theater.", 0, None)
    assert measure is not None
    assert (measure.coverage == pytest.approx(1.0)) is whole
