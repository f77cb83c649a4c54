"""Numbers of a spreadsheet as its cells show them."""

import io
import re
import zipfile
from datetime import date, timedelta

import openpyxl
import pytest

from rag_service.ingest.readers.xlsx_numbers import number_text, span_text
from tests import ingest_kit as kit
from tests.ingest_kit import read

EURO_COLUMN = '_-* #,##0.00\\ "€"_-;\\-* #,##0.00\\ "€"_-;_-* "-"??\\ "€"_-;_-@_-'  # as Excel writes it itself


def book(cells: dict[str, tuple[object, str]]) -> bytes:
    made, data = openpyxl.Workbook(), io.BytesIO()
    for place, (value, code) in cells.items():
        made.active[place] = value
        made.active[place].number_format = code
    made.save(data)
    return data.getvalue()


def test_cells_are_read_as_they_are_shown() -> None:
    cells = {
        "A1": ("PLZ", "General"),
        "B1": ("Anteil", "General"),
        "C1": ("Zeit", "General"),
        "D1": ("Preis", "General"),
        "E1": ("Tag", "General"),
        "A2": (1067, "00000"),
        "B2": (0.05, "0%"),
        "C2": (timedelta(hours=30, minutes=5), "[h]:mm"),
        "D2": (1234.5, "#,##0.00 €"),
        "E2": (date(2019, 4, 25), "dd.mm.yyyy"),
    }
    assert read("a.xlsx", book(cells)).text.endswith(
        "PLZ: 01067; Anteil: 5 %; Zeit: 30:05; Preis: 1234.50 €; Tag: 2019-04-25"
    )


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (1067, "00000", "01067"),
        (1067, '"D-"00000', "D-01067"),
        (228123456, "0000\\-000000", "0228-123456"),
        (12345678901, "(###) ###-####", "(1234) 567-8901"),
        (0.05, "0%", "5 %"),
        (0.055, "0.0 %", "5.5 %"),
        (1, "0%", "100 %"),
        (12.5, "#,##0.00 €", "12.50 €"),
        (1234.5, EURO_COLUMN, "1234.50 €"),
        (0, EURO_COLUMN, "0.00 €"),
        (-1234.5, "#,##0.00\\ [$€-407];[Red]\\-#,##0.00\\ [$€-407]", "-1234.50 €"),
        (3, "[$CHF]\\ #,##0.00", "CHF 3.00"),
        (1.5, "$#,##0.00_-", "$1.50"),
        (7, '0.0" kg"', "7.0 kg"),
        (7, 'General" kg"', "7 kg"),
        (4.5, '0.00 "€"/"m²"', "4.50 €/m²"),
        (2.675, "0.00", "2.68"),
        (0.5, "#.0#", "0.5"),
        (-0.001, "0.00", "0.00"),
        (2_500_000, '0.0,,"M"', "2.5M"),
        (1_234_567, '#,##0,"k"', "1235k"),
        (0.1 + 0.2, "General", "0.3"),
        (100.0, "General", "100"),
    ],
)
def test_a_number_is_written_in_its_format(value: float, code: str, text: str) -> None:
    assert number_text(value, code) == text


@pytest.mark.parametrize("code", ["# ?/?", "0.00E+00", "[<=9]0;00", "@", ";;;", '"geheim"', "0.0.0", "0" * 300])
def test_a_format_of_another_kind_changes_nothing(code: str) -> None:
    assert number_text(1.5, code) == "1.5"
    assert number_text(float("inf"), code) == "inf"


def test_a_sign_that_depends_on_the_reader_s_country_is_left_out() -> None:
    """A file that names format 8 alone is shown in euros here and in dollars there."""
    assert read("a.xlsx", book({"A1": (3.5, '"$"#,##0.00_);[Red]("$"#,##0.00)')})).text.endswith("3.50")
    assert number_text(3.5, '"$"#,##0.00') == "$3.50"


@pytest.mark.parametrize(
    ("span", "code", "text"),
    [
        (timedelta(hours=30, minutes=5), "[h]:mm;@", "30:05"),
        (timedelta(hours=30, minutes=5), "[hh]:mm:ss", "30:05:00"),
        (timedelta(hours=1, minutes=5), "[mm]:ss", "65:00"),
        (timedelta(hours=7, seconds=1799.9996), "[h]:mm", "7:30"),
        (timedelta(hours=-2.5), "[h]:mm", "-2:30"),
    ],
)
def test_a_duration_is_written_in_its_format(span: timedelta, code: str, text: str) -> None:
    assert span_text(span, code) == text


def test_a_style_that_the_file_does_not_hold_changes_nothing() -> None:
    with zipfile.ZipFile(io.BytesIO(book({"A1": (1067, "00000")}))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    wrong = re.sub(rb's="\d+"', b's="99"', parts[sheet])
    assert wrong != parts[sheet]
    assert read("a.xlsx", kit.zipped(parts | {sheet: wrong})).text.endswith("1067")
