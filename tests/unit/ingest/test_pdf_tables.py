"""Tables of a PDF as rows with the names of their columns, and what only looks like one."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests import ingest_kit as kit
from tests.ingest_kit import Print
from tests.unit.ingest.test_readers_office import read

BEFORE = "Die folgenden Sätze gelten für Dienstreisen ab Januar."
AFTER = "Die Abrechnung erfolgt innerhalb von vier Wochen."
RATES = [("Land", "Tagessatz", "Nacht"), ("Deutschland", "28", "20"), ("Schweiz", "64", "180"), ("Malta", "46", "114")]


def grid(rows: Sequence[Sequence[str]], y: float = 680, step: float = 14, width: float = 130) -> list[Print]:
    return [
        Print(cell, y=y - step * row, x=72 + width * column)
        for row, cells in enumerate(rows)
        for column, cell in enumerate(cells)
        if cell
    ]


def text_of(lines: Sequence[Print]) -> str:
    return read("a.pdf", kit.pdf([lines])).text


def test_rows_carry_the_names_of_their_columns_and_stand_apart_from_the_text() -> None:
    found = text_of([Print(BEFORE, y=700), *grid(RATES, y=680), Print(AFTER, y=620)])
    assert found == (
        f"{BEFORE}\n\nLand: Deutschland; Tagessatz: 28; Nacht: 20\nLand: Schweiz; Tagessatz: 64; Nacht: 180\n"
        f"Land: Malta; Tagessatz: 46; Nacht: 114\n\n{AFTER}"
    )


def test_a_table_may_begin_and_end_a_page() -> None:
    found = text_of(grid(RATES))
    assert found.startswith("Land: Deutschland; Tagessatz: 28") and found.endswith("Nacht: 114")


def test_cells_stand_below_their_column_by_either_edge_and_may_be_missing() -> None:
    right = [Print(text, y=680 - 14 * row, x=280 - 6.7 * len(text)) for row, text in enumerate(("46", "8", "114"), 1)]
    names = [Print(text, y=680 - 14 * row) for row, text in enumerate(("Malta", "Rom", "Bern"), 1)]
    heads = [Print("Ort", y=680), Print("Satz", x=255, y=680), Print("Nacht", x=400, y=680)]
    lines = [*heads, *(line for pair in zip(names, right, strict=True) for line in pair)]
    assert text_of(lines) == "Ort: Malta; Satz: 46\nOrt: Rom; Satz: 8\nOrt: Bern; Satz: 114"


def test_a_cell_may_go_on_in_the_next_line() -> None:
    rows = [*RATES[:2], ("", "ab Mai 30", ""), *RATES[2:]]
    assert "Land: Deutschland; Tagessatz: 28 ab Mai 30; Nacht: 20\nLand: Schweiz" in text_of(grid(rows))


def test_two_columns_are_names_and_values() -> None:
    rows = [("Name:", "Miriam Kessler"), ("Telefon:", "4411"), ("Raum:", "2.14")]
    assert text_of(grid(rows)) == "Name: Miriam Kessler\nTelefon: 4411\nRaum: 2.14"


def test_rows_of_dots_lead_to_the_end_of_a_line() -> None:
    rows = ["Pottery, one weekend ................... 130 EUR", "Sewing, one evening ........................ 45 EUR"]
    assert text_of([Print(row, y=680 - 14 * at) for at, row in enumerate(rows)]) == "\n".join(rows)


@pytest.mark.parametrize(
    "lines",
    [
        grid(RATES[:2]),  # two rows are no table yet
        grid(RATES, step=60),  # rows far apart
        [*grid(RATES[:1]), *grid(RATES[1:2], y=666, width=160), *grid(RATES[2:], y=652, width=90)],  # no columns
        grid(
            [("Dies ist eine Spalte aus Fließtext, die länger", "ist als eine Zelle und hier weiter geht")] * 4,
            width=310,
        ),
    ],
)
def test_what_only_looks_like_a_table(lines: Sequence[Print]) -> None:
    assert ": " not in text_of(lines)
