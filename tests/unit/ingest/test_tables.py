"""Which rows of a table name its columns: every value keeps the name of its own column, and of its own row."""

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import Font

from rag_service.ingest.readers.table import rows_as_text
from tests.ingest_kit import read


def told(table: str) -> str:
    """Rows of a table whose cells stand between bars; an empty line is a row of empty cells."""
    return "\n".join(rows_as_text([line.strip().split("|") for line in table.strip().splitlines()]))


def sheet(fill: Callable[[Any], None]) -> str:
    book, data = openpyxl.Workbook(), io.BytesIO()
    fill(book.active)
    book.save(data)
    return read("a.xlsx", data.getvalue()).text.removeprefix("Sheet\n\n")


def test_titles_stand_above_the_names() -> None:
    def fill(page: Any) -> None:
        names = ["Name", "Januar", "Februar", "März"]
        for row in [["Umsatz je Monat"], [], names, ["Müller", None, 5], ["Schulz", 7, None, 9]]:
            page.append(row)
        page.merge_cells("A1:D1")

    text = "Umsatz je Monat\nName: Müller; Februar: 5\nName: Schulz; Januar: 7; März: 9"
    assert sheet(fill) == text
    exported = "Umsatz je Monat;;;\n;;;\nName;Januar;Februar;März\nMüller;;5;\nSchulz;7;;9\n"
    assert read("a.csv", exported).text == read("a.csv", exported.replace(";;;\n;;;", "\n")).text == text


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("Abteilung|2022|2023\nVertrieb||12", "Abteilung: Vertrieb; 2023: 12"),
        ("|2022|2023\nVertrieb||12", "Vertrieb; 2023: 12"),
        ("Name|01.05.2024|02.05.2024\nKim||Nacht", "Name: Kim; 02.05.2024: Nacht"),
        ("Name|1. Quartal|2. Quartal\nKim||5", "Name: Kim; 2. Quartal: 5"),
        (
            "Land|über 8 Stunden|24 Stunden\nMalta|14 Euro|28 Euro\nPolen||34 Euro",
            "Land: Malta; über 8 Stunden: 14 Euro; 24 Stunden: 28 Euro\nLand: Polen; 24 Stunden: 34 Euro",
        ),
        (
            "|1 Person|2 Personen\nBasis|9 €|12 €\nKomfort|15 €|",
            "Basis; 1 Person: 9 €; 2 Personen: 12 €\nKomfort; 1 Person: 15 €",
        ),
        (
            "Tarif|1 Tag|2 Tage\nA|9 €|12 €\nB|15 €|\nC||8 €",
            "Tarif: A; 1 Tag: 9 €; 2 Tage: 12 €\nTarif: B; 1 Tag: 15 €\nTarif: C; 2 Tage: 8 €",
        ),
        ("Müller|Bonn|1998\nSchulz||2003", "Müller | Bonn | 1998\nSchulz |  | 2003"),
        ("Müller|1998|2003\nSchulz||2004", "Müller | 1998 | 2003\nSchulz |  | 2004"),
        ("Müller|Bonn|1998\nSchulz||offen", "Müller | Bonn | 1998\nSchulz |  | offen"),
    ],
)
def test_years_dates_and_amounts_may_be_names(table: str, expected: str) -> None:
    assert told(table) == expected


@pytest.mark.parametrize(
    "table",
    [
        "Länge|12 m|14 m\nPreis|30 €|31 €\nKosten|20 €|25 €",
        "Stahl|12 m|14 m\nHolz|30 €|31 €\nSand|20 €|25 €",
        "Name|9 €|12 €\nKim|15|17\nEva|16|18",
        "Name|9 €|12 €\nKim|15 €|17 €\nEva|16 €|18 €",
        "Name|9 Tage|12 Tage\nKim|15 €|17 €\nEva|16 km|18 €",
        "Name|9 Tage|12 Tage\nKim|15 €|17 €",
        "Name|9 Tage|a@b.de\nKim|15 €|17 €\nEva|16 €|18 €",
    ],
)
def test_amounts_below_which_there_are_no_others_of_one_kind_are_values(table: str) -> None:
    assert told(table) == table.replace("|", " | ")


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("Müller||5\nSchulz|7|\n|8", "Müller |  | 5\nSchulz | 7\n | 8"),
        ("Müller|Bonn|+49 1\nSchulz||+49 2", "Müller | Bonn | +49 1\nSchulz |  | +49 2"),
        ("Müller|Bonn|m@x.de\nSchulz||s@x.de", "Müller | Bonn | m@x.de\nSchulz |  | s@x.de"),
        ("Müller|Vertrieb|Bonn\nSchulz|Vertrieb|Ulm", "Müller | Vertrieb | Bonn\nSchulz | Vertrieb | Ulm"),
        ("Firma|Muster|\nSitz|Bonn|seit Mai", "Firma | Muster\nSitz | Bonn | seit Mai"),
        ("Name:|Kim|Rang:|\nOrt:|Rom|Note:|gut", "Name: | Kim | Rang:\nOrt: | Rom | Note: | gut"),
        ("eins|zwei\n|drei|vier|fünf\n|sechs||acht", "eins | zwei\n | drei | vier | fünf\n | sechs |  | acht"),
        ("1||7\n2|Ulm|8\nSumme|Rom|offen\n3|Wien|9", "1 |  | 7\n2 | Ulm | 8\nSumme | Rom | offen\n3 | Wien | 9"),
    ],
)
def test_rows_without_names_keep_their_empty_cells(table: str, expected: str) -> None:
    assert told(table) == expected


def test_rows_of_markdown_without_names_keep_their_empty_cells() -> None:
    assert read("a.md", "| | | |\n|-|-|-|\n|Müller||5|\n").text.strip() == "Müller |  | 5"


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("Firma|Muster GmbH\nAdresse|Hauptstr. 5, Bonn\nIBAN|DE12 3456",
         "Firma: Muster GmbH\nAdresse: Hauptstr. 5, Bonn\nIBAN: DE12 3456"),
        ("API|Schnittstelle\nCPU|Prozessor", "API: Schnittstelle\nCPU: Prozessor"),
        ("Stammdaten\nFirma:|Muster\nTelefon:|4411", "Stammdaten\nFirma: Muster\nTelefon: 4411"),
        ("|Firma|Muster\n|Sitz|Bonn", "Firma: Muster\nSitz: Bonn"),
        ("Stammdaten\n|Firma|Muster\n|Sitz|Bonn", "Stammdaten\nFirma: Muster\nSitz: Bonn"),
        ("Thema|Umsatz\nOrt|Bonn\nDatum|morgen", "Thema: Umsatz\nOrt: Bonn\nDatum: morgen"),
        ("Preise\nHut|frei\nTuch|7\n\nGurt|frei\nSchuh|8", "Preise\nHut: frei\nTuch: 7\nGurt: frei\nSchuh: 8"),
        ("Firma|Muster\nUmsatz|500\nMitarbeiter|20", "Firma: Muster\nUmsatz: 500\nMitarbeiter: 20"),
        ("Firma|Muster\nBudget|500\nGründung|1998", "Firma: Muster\nBudget: 500\nGründung: 1998"),
        ("Modell|KB 18\nGänge|2\nZellen|5", "Modell: KB 18\nGänge: 2\nZellen: 5"),
        ("Marke|Bosch\nLeistung|5 kW\nDrehmoment|65 Nm", "Marke: Bosch\nLeistung: 5 kW\nDrehmoment: 65 Nm"),
        ("Montag|geschlossen\nDienstag|9:00", "Montag: geschlossen\nDienstag: 9:00"),
    ],
)  # fmt: skip
def test_two_columns_of_names_and_values(table: str, expected: str) -> None:
    assert told(table) == expected


def test_a_glossary_as_csv() -> None:
    assert read("a.csv", "API;Schnittstelle\nCPU;Prozessor\n").text == "API: Schnittstelle\nCPU: Prozessor"


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("Name|Preis\nApfel|2,50", "Name: Apfel; Preis: 2,50"),
        ("Ware|EK\nHut|2,50 €\nTuch|3 €\nGurt|-", "Ware: Hut; EK: 2,50 €\nWare: Tuch; EK: 3 €\nWare: Gurt; EK: -"),
        ("Stadt|Bürger\nBonn|330.000\nKöln|1.080.000", "Stadt: Bonn; Bürger: 330.000\nStadt: Köln; Bürger: 1.080.000"),
        ("Wer|Seit\nKim|2019-04-25\nPutin|2020-01-01", "Wer: Kim; Seit: 2019-04-25\nWer: Putin; Seit: 2020-01-01"),
        ("Wort|Bedeutung\nAPI|Schnittstelle", "Wort: API; Bedeutung: Schnittstelle"),
        ("Item|Unit price\nHut|frei", "Item: Hut; Unit price: frei"),
        ("item_id|unit_price\nHut|frei", "item_id: Hut; unit_price: frei"),
        ("Land|Satz in Euro je Tag\nMalta|46", "Land: Malta; Satz in Euro je Tag: 46"),
        ("Jahr|Ereignis\n2019|Gipfel", "Jahr: 2019; Ereignis: Gipfel"),
    ],
)
def test_two_columns_below_their_names(table: str, expected: str) -> None:
    assert told(f"Übersicht\n{table}") == f"Übersicht\n{expected}"


def test_a_row_alone_in_bold_names_the_columns_of_a_sheet() -> None:
    def fill(page: Any) -> None:
        for place, text in {"B2": "Städte", "B4": "Stadt", "C4": "Partner", "B5": "Bonn", "C5": "Weimar"}.items():
            page[place] = text
            page[place].font = Font(bold=place in ("B2", "B4", "C4"))

    assert sheet(fill) == "Städte\nStadt: Bonn; Partner: Weimar"


@pytest.mark.parametrize(
    ("rows", "bold", "expected"),
    [
        ([["Marke", "Bosch"], ["Farbe", "blau"]], ["A1", "A2"], "Marke: Bosch\nFarbe: blau"),
        ([["Marke", "Bosch"], ["Farbe", "blau"]], ["A1", "B1", "A2", "B2"], "Marke: Bosch\nFarbe: blau"),
        ([["Alle", 12], ["Kim", 5], ["Putin", 7]], ["A1", "B1"], "Alle: 12\nKim: 5\nPutin: 7"),
        ([["Kim", "offen"], ["Konto", "neu"], ["Rom", "alt"]], ["A2", "B2"], "Kim: offen\nKonto: neu\nRom: alt"),
    ],
)
def test_bold_cells_elsewhere_name_no_columns(rows: list[list[object]], bold: list[str], expected: str) -> None:
    def fill(page: Any) -> None:
        for row in rows:
            page.append(row)
        for place in bold:
            page[place].font = Font(bold=True)

    assert sheet(fill) == expected


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("|Umsatz||Kosten|\nName|2022|2023|2022|2023\nKim|5|6|3|4\nPutin||7||9",
         "Name: Kim; Umsatz 2022: 5; Umsatz 2023: 6; Kosten 2022: 3; Kosten 2023: 4\n"
         "Name: Putin; Umsatz 2023: 7; Kosten 2023: 9"),
        ("Name|Umsatz||Notiz\n|2022|2023|\nKim||6|gut", "Name: Kim; Umsatz 2023: 6; Notiz: gut"),
        ("Name||Umsatz|\n|Ort|2022|2023\nKim|Rom||6", "Name: Kim; Ort: Rom; Umsatz 2023: 6"),
        ("|Umsatz||Kosten|\nName|Plan|Ist|Soll|Jetzt\nKim||6|3|4",
         " | Umsatz |  | Kosten\nName: Kim; Ist: 6; Soll: 3; Jetzt: 4"),
    ],
)  # fmt: skip
def test_names_in_two_rows(table: str, expected: str) -> None:
    assert told(table) == expected


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("Rechnung\nKunde:|Kim\n\nPos|Ware|Zahl|Preis\n1|Hut||3,50\n2|Schal|2|4,00\n\n|||9,00\nZahlbar sofort",
         "Rechnung\nKunde: Kim\nPos: 1; Ware: Hut; Preis: 3,50\nPos: 2; Ware: Schal; Zahl: 2; Preis: 4,00\n"
         "Preis: 9,00\nZahlbar sofort"),
        ("||Liste\n\n|Wer?|Ja\n\nName|Ort|Note|Rang\nKim||5|", "Liste\nWer?: Ja\nName: Kim; Note: 5"),
        ("Übersicht\n||Liste\nKim||5|\nPutin|Ulm||2", "Übersicht\nListe\nKim |  | 5\nPutin | Ulm |  | 2"),
        ("Liste\nName|Ort|Note\nKim||", "Liste\nName: Kim"),
        ("Kunde|Kim||\nPos|Ware|Zahl|Preis\n1|Hut||3,50", "Kunde: Kim\nPos: 1; Ware: Hut; Preis: 3,50"),
        ("Liste\nName|Mai|Juni\nKim|5|\n\nSumme|5|7\n\nStand: Mai",
         "Liste\nName: Kim; Mai: 5\nName: Summe; Mai: 5; Juni: 7\nStand: Mai"),
        ("Name|Ort\nKim|Rom\n\nArtikel|Preis|Menge\nHut|3|\nSchal||4",
         "Name: Kim; Ort: Rom\nArtikel: Hut; Preis: 3\nArtikel: Schal; Menge: 4"),
        ("Liste\nName|Ort|Note\nKim||1\n\nArtikel|Preis|Menge|Farbe|Größe\nHut|3|5||M",
         "Liste\nName: Kim; Note: 1\nArtikel: Hut; Preis: 3; Menge: 5; Größe: M"),
        ("Liste\nName|Ort|Note\nKim|Rom|1\n\nPutin|Ulm|offen\nTrump|Bonn|2",
         "Liste\nName: Kim; Ort: Rom; Note: 1\nName: Putin; Ort: Ulm; Note: offen\nName: Trump; Ort: Bonn; Note: 2"),
        ("Name|Ort|Note\nKim|Rom|1\nName|Ort|Note\nPutin|Ulm|2",
         "Name: Kim; Ort: Rom; Note: 1\nName: Putin; Ort: Ulm; Note: 2"),
    ],
)  # fmt: skip
def test_what_stands_above_and_below_a_table(table: str, expected: str) -> None:
    assert told(table) == expected


def test_merged_and_hidden_cells_of_a_sheet_stay_in_their_columns() -> None:
    def fill(page: Any) -> None:
        names = ["Abteilung", "Name", "Raum"]
        rows = [["Räume"], names, ["Vertrieb", "Kim", 5], [None, "Putin", 7], ["Summe", None, 2], [], ["Stand: Mai"]]
        for row in rows:
            page.append(row)
        page.merge_cells("A1:C1")
        page.merge_cells("A3:A4")
        page.row_dimensions[4].hidden = page.column_dimensions["C"].hidden = True

    assert sheet(fill) == (
        "Räume\nAbteilung: Vertrieb; Name: Kim; Raum: 5\nName: Putin; Raum: 7\nAbteilung: Summe; Raum: 2\nStand: Mai"
    )


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("sep=;\r\nArtikel;Preis\r\nApfel;3,50\r\n", "Artikel: Apfel; Preis: 3,50"),
        ('\ufeff"SEP=;"\nAPI;a, b, c\nCPU;d, e, f\n', "API: a, b, c\nCPU: d, e, f"),
        ("sep=\t\nAPI\tSchnittstelle\nCPU\tProzessor\n", "API: Schnittstelle\nCPU: Prozessor"),
        ("Preise\nArt;Preis\nHut;3,50, ab Mai 4,50\n", "Preise\nArt: Hut; Preis: 3,50, ab Mai 4,50"),
    ],
)
def test_the_delimiter_is_the_one_that_the_file_names_or_that_most_lines_hold(source: str, expected: str) -> None:
    assert read("a.csv", source).text == expected
