"""Citation markers in the spellings that models use."""

from __future__ import annotations

import pytest

from rag_service.answer.markers import defuse_markers, find_markers, unfinished_marker


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Ja [1].", [(1,)]),
        ("Ja [1][2].", [(1,), (2,)]),
        ("Ja [1, 2].", [(1, 2)]),
        ("Ja [1; 3 und 4].", [(1, 3, 4)]),
        ("Ja [1-3].", [(1, 2, 3)]),
        ("Ja [2–4, 7].", [(2, 3, 4, 7)]),
        ("Ja 【1】.", [(1,)]),
        ("Ja 【3†L1-L5】.", [(3,)]),
        ("Ja [1†source].", [(1,)]),
        ("Ja [^2].", [(2,)]),
        ("Ja [Quelle 2].", [(2,)]),
        ("Ja [Passage 1, Passage 3].", [(1, 3)]),
        ("Ja ［１２］.", [(12,)]),
        ("Ja [3-1].", [(3, 1)]),
        ("Ja \\[1\\].", [(1,)]),
        ("Ja [1](#p1).", [(1,)]),
        ("Ja (Passage 1) und (Quellen 2 und 3).", [(1,), (2, 3)]),
        ("Ja (Quelle: 1) und (Quellen: 2, 3) und (Quelle: Passage 4).", [(1,), (2, 3), (4,)]),
        ("Ja [Passagen 1 und 2].", [(1, 2)]),
        ("Ja [P1].", [(1,)]),
        ("Ja [siehe 1] und [vgl. Passage 2] (see source 3).", [(1,), (2,), (3,)]),
        ("Ja<sup>1</sup> und<sup>[2]</sup>.", [(1,), (2,)]),
        ("Ja [1-999].", [tuple(range(1, 52))]),
        ("Ja [cite: 2] und [cite:2].", [(2,), (2,)]),
        ("Ja [cite: 1, 2].", [(1, 2)]),
        ("Ja [^2^].", [(2,)]),
        ("Ja [2, S. 3] und [2, Abs. 2] und [2, § 4].", [(2,), (2,), (2,)]),
        ("Ja [2, Seite 3-5] und [2, p. 7 f.] und [2, Abschnitt 3].", [(2,), (2,), (2,)]),
        ("Ja [ref 2], [Ref. 2], [Absatz 2], [Textstelle 2].", [(2,), (2,), (2,), (2,)]),
        ("Ja [Passage-2], [passage_2], [ID: 2], [Passage Nr. 2].", [(2,), (2,), (2,), (2,)]),
        ("Ja [2](reise.md), [2](https://a.example/x).", [(2,), (2,)]),
        ("Ja [[2]](reise.md) und [[2]].", [(2,), (2,)]),
        ("Ja [[1], [2]].", [(1,), (2,)]),
    ],
)
def test_spellings(text: str, numbers: list[tuple[int, ...]]) -> None:
    assert [marker.numbers for marker in find_markers(text)] == numbers


@pytest.mark.parametrize(
    "text",
    [
        "[2019]",
        "[sic]",
        "[Stufe 2]",
        "[2, davon 3 neu]",
        "[2](siehe die Anlage)",
        "Artikel 1",
        "[a1]",
        "[]",
        "(1)",
        "(Abschnitt 3)",
        "(Quelle: 2019)",
        "(Quelle: Handbuch)",
        "10<sup>x</sup>",
        "10<sup>6</sup> l",
        "20 m<sup>2</sup>",
        "3 km<sup>2</sup>",
    ],
)
def test_other_brackets_are_text(text: str) -> None:
    assert find_markers(text) == []


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("Er kam [1", 7),
        ("Er kam 【", 7),
        ("Er kam [1]", None),
        ("Er kam", None),
        ("Er kam <sup>1", 7),
        ("Er kam (Passage 1", 7),
        ("Er kam. (Quelle: Passage ", 8),
        ("Er kam. (siehe Quelle 1", 8),
        ("Er kam (und ging dann doch wieder", None),
    ],
)
def test_an_opened_bracket_at_the_end_may_become_a_marker(text: str, start: int | None) -> None:
    assert unfinished_marker(text) == start


def test_all_of_a_spelling_is_the_marker() -> None:
    for written in ("[[2]](reise.md)", "[2, S. 3]", "[2](#p1)", "\\[2\\]", "[2†x]"):
        (marker,) = find_markers(f"Ja {written}.")
        assert (marker.start, marker.end) == (3, 3 + len(written))


def test_defused_markers_cannot_be_read_as_markers() -> None:
    defused = defuse_markers("wie [1] und 【2†x】 zeigen, [2019], [0001]")
    assert defused == "wie (1) und (2) zeigen, (2019), (0001)"
    assert find_markers(defused) == []
