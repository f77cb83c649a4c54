"""Filled-in fields of a PDF's forms: which of them are read, and where they stand in the text."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from rag_service.ingest.limits import Limits
from rag_service.ingest.readers.base import UnreadableError
from tests import form_kit as kit
from tests.form_kit import box, text
from tests.ingest_kit import Print, paragraph, pdf, read

LABELS = [Print("Antrag auf Urlaub", y=760), Print("Name:", y=700), Print("Zeitraum:", y=680)]
VALUES = [text("Anna Berg", 150, 700), text("1. bis 14. Juli 2024", 150, 680)]
FILLED = "Antrag auf Urlaub\n\nName: Anna Berg\nZeitraum: 1. bis 14. Juli 2024"


def text_of(lines: Sequence[Print], fields: Sequence[str]) -> str:
    return read("a.pdf", kit.form((lines, fields))).text


@pytest.mark.parametrize("fields", [VALUES, VALUES[::-1]])
def test_values_stand_behind_their_labels_in_whatever_order_the_file_keeps_them(fields: Sequence[str]) -> None:
    assert text_of(LABELS, fields) == FILLED


def test_a_blank_form_is_what_it_prints() -> None:
    blank = [text("", 150, 700), text(" ", 150, 680), box(300, 700, ticked=False)]
    assert text_of(LABELS, blank) == read("a.pdf", pdf([LABELS])).text


def test_a_scan_with_fields_is_read() -> None:
    assert text_of([], VALUES) == "Anna Berg\n1. bis 14. Juli 2024"


def test_several_fields_in_a_line_stand_behind_the_label_of_each() -> None:
    lines = [Print("Name:"), Print("Vorname:", x=320), Print("Betrag:", y=680), Print("EUR", x=260, y=680)]
    fields = [text("Anna", 380, 700), text("Berg", 120, 700), text("1.200,50", 120, 680, 130)]
    assert text_of(lines, fields) == "Name: Berg Vorname: Anna\nBetrag: 1.200,50 EUR"
    lines = [Print(label, x=x, y=700 - 20 * at) for at in range(3) for label, x in ((f"A{at}:", 72), (f"B{at}:", 320))]
    fields = [text(f"{x}/{at}", x, 700 - 20 * at, 100) for at in range(3) for x in (120, 380)]
    assert text_of(lines, fields) == "A0: 120/0 B0: 380/0\nA1: 120/1 B1: 380/1\nA2: 120/2 B2: 380/2"


@pytest.mark.parametrize("rule", ["_" * 18, "." * 36])
def test_a_value_takes_the_place_of_the_rule_it_stands_on_and_the_sentence_goes_on(rule: str) -> None:
    line = f"Ich, {rule}, wohnhaft in {rule}, erkläre hiermit, dass"
    printed = paragraph(f"{line}\nich die Angaben nach bestem Wissen gemacht habe.")
    found = text_of(printed, [text("Anna Berg", 100, 700, 110), text("Köln", 310, 700, 80)])
    assert found == (
        "Ich, Anna Berg, wohnhaft in Köln, erkläre hiermit, dass ich die Angaben nach bestem Wissen gemacht habe."
    )


def test_parts_of_a_date_and_a_rule_that_nobody_wrote_on() -> None:
    lines = [Print("Datum: ___.____.______"), Print("Ort: ________", y=680), Print("Telefon:", y=660)]
    fields = [text("2024", 162, 700, 25), text("7", 138, 700, 15), text("1", 113, 700, 15), text("", 100, 680)]
    phone = [text("4711", 200, 660, 50), text("0221", 140, 660, 50)]
    assert text_of(lines, [*fields, *phone]) == "Datum: 1. 7. 2024\nOrt: ________\nTelefon: 0221 4711"


def test_labels_without_a_colon_and_a_field_that_is_left_empty() -> None:
    lines = [Print(label, y=700 - 20 * at) for at, label in enumerate(("Name", "Raum", "Telefon:", "geb. am:"))]
    fields = [text(value, 150, 700 - 20 * at) for at, value in enumerate(("Berg", "", "-", "1.2.1990"))]
    assert text_of(lines, fields) == "Name: Berg\nRaum\nTelefon: -\ngeb. am: 1.2.1990"


def test_lines_with_fields_stand_for_themselves() -> None:
    lines = [Print("Name:"), Print("geb. am:", y=680), Print("Weitere Angaben", y=660), Print("Vertretung", y=646)]
    fields = [text("Anna Berg", 150, 700, 350), text("1.2.1990", 150, 680, 350), text("Kim", 150, 646, 350)]
    assert text_of(lines, fields) == ("Name: Anna Berg\ngeb. am: 1.2.1990\nWeitere Angaben\nVertretung Kim")


def test_a_sentence_goes_on_behind_a_value_that_ends_a_line_and_before_one() -> None:
    lines = paragraph("Ich beantrage Urlaub für die Zeit ab\nbis auf Weiteres und bitte um eine\nschnelle Antwort an")
    fields = [text("1. Juli", 290, 700, 80), text("Anna Berg", 200, 672)]
    assert text_of(lines, fields) == (
        "Ich beantrage Urlaub für die Zeit ab 1. Juli bis auf Weiteres und bitte um eine schnelle Antwort an Anna Berg"
    )


def test_prose_beside_a_form_keeps_its_paragraphs() -> None:
    prose = paragraph("Der Antrag ist bis zum Ende des\nJahres zu stellen, sonst verfällt der\nUrlaub.", 740)
    wide = text("Anna Berg", 120, 700, 430)
    said = "Der Antrag ist bis zum Ende des Jahres zu stellen, sonst verfällt der Urlaub."
    assert text_of([*prose, Print("Name:")], [wide]) == f"{said}\nName: Anna Berg"
    spread = [Print(line.text, y=740 - 20 * at) for at, line in enumerate(prose)]
    assert text_of(spread, [text("", 300, 736, 50, 1), text("Kim", 72, 600)]) == f"{said}\n\nKim"


def test_a_value_at_the_end_of_a_page_ends_its_line() -> None:
    pages = ([Print("Ort:", y=60)], [text("Köln", 120, 60)]), (paragraph("Angaben zur Person folgen hier."), [])
    assert read("a.pdf", kit.form(*pages)).text == "Ort: Köln\n\nAngaben zur Person folgen hier."


def test_labels_in_small_print_above_their_fields() -> None:
    lines = [
        Print(label, x=x, y=y, size=8)
        for label, x, y in [("Name*", 72, 700), ("Vorname:", 300, 700), ("Straße", 72, 660), ("Ort", 300, 660)]
    ]
    fields = [text("Berg", 72, 684), text("Anna", 300, 684), text("Hauptstr. 3", 72, 644), text("Köln", 300, 644)]
    assert text_of(lines, fields) == "Name: Berg; Vorname: Anna\n\nStraße: Hauptstr. 3; Ort: Köln"
    assert text_of([Print("Name", size=8)], [text("Berg", 72, 684)]) == "Name: Berg"
    assert text_of([Print("Bitte ausfüllen.")], [text("Berg", 72, 684)]) == "Bitte ausfüllen.\nBerg"


LONG = "Weil der Kindergarten in dieser Zeit geschlossen ist und weil sonst niemand kann, der nicht schon arbeitet."


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (text("Berg", 72, 600), "Berg"),  # far below
        (text("Berg", 180, 684, 30), "Berg"),  # below none of them
        (text(LONG, 72, 684, 400), LONG),
    ],
)
def test_fields_that_no_label_above_names(field: str, value: str) -> None:
    found = text_of([Print("Name"), Print("Vorname", x=300)], [field])
    assert " ".join(found.split()) == f"Name Vorname {value}"


def test_labels_inside_the_box_of_their_fields() -> None:
    lines = [Print("Name", x=74, y=706, size=7), Print("Ort", x=74, y=676, size=7)]
    assert text_of(lines, [text("Berg", 72, 694, 200, 26), text("Köln", 72, 664, 200, 26)]) == "Name Berg\nOrt Köln"


def test_a_field_stands_with_its_own_column_of_the_page() -> None:
    lines = [
        Print("Links steht etwas anderes.", y=698),
        Print("Name", x=320, y=713),
        Print("Unten rechts.", x=320, y=640),
    ]
    found = text_of(lines, [text("Berg", 320, 684)])
    assert found == "Links steht etwas anderes.\n\nName: Berg\n\nUnten rechts."


def test_labels_below_their_fields_are_given_to_no_other_field() -> None:
    lines = [
        Print(label, x=x, y=y, size=8)
        for label, x, y in [("Name", 72, 686), ("Vorname", 300, 686), ("Straße", 72, 646), ("Ort", 300, 646)]
    ]
    fields = [text("Berg", 72, 700), text("Anna", 300, 700), text("Hauptstr. 3", 72, 660), text("Köln", 300, 660)]
    found = text_of([Print("Antrag", y=760), *lines], fields)
    assert found.split() == ["Antrag", "Berg", "Anna", "Name", "Vorname", "Hauptstr.", "3", "Köln", "Straße", "Ort"]
    assert ":" not in found


def test_a_table_to_be_filled_in() -> None:
    heads = [Print("Datum"), Print("Stunden", x=200), Print("Projekt", x=330)]
    rows = [("1.7.", "8", "Dach"), ("2.7.", "", "Keller"), ("", "7", "Dach"), ("", "", "")]
    fields = [
        text(value, x, 682 - 18 * at, 120)
        for at, row in enumerate(rows)
        for x, value in zip((72, 200, 330), row, strict=True)
    ]
    assert text_of(heads, fields) == (
        "Datum: 1.7.; Stunden: 8; Projekt: Dach\nDatum: 2.7.; Projekt: Keller\nStunden: 7; Projekt: Dach"
    )
    without_first = [field for at, field in enumerate(fields) if at % 3]
    assert text_of(heads, without_first) == "Stunden: 8; Projekt: Dach\nProjekt: Keller\nStunden: 7; Projekt: Dach"


def test_a_table_with_printed_names_of_rows() -> None:
    heads = [Print("Tag"), Print("Stunden", x=200), Print("Projekt", x=330)]
    days = [Print(day, y=682 - 18 * at) for at, day in enumerate(("Montag", "Dienstag"))]
    fields = [text("8", 200, 682), text("Dach", 330, 682), text("", 200, 664), text("Keller", 330, 664)]
    assert text_of([*heads, *days], fields) == "Tag: Montag; Stunden: 8; Projekt: Dach\nTag: Dienstag; Projekt: Keller"


def test_boxes_are_ticked_or_not_before_or_behind_what_they_are_for() -> None:
    options = ["Erholungsurlaub", "Sonderurlaub", "Bildungsurlaub"]
    lines = [Print("Art:"), *(Print(option, x=90, y=680 - 20 * at) for at, option in enumerate(options))]
    fields = [box(72, 680 - 20 * at, ticked=at == 1) for at in range(3)]
    assert text_of(lines, fields).split("\n")[-3:] == ["[ ] Erholungsurlaub", "[x] Sonderurlaub", "[ ] Bildungsurlaub"]
    behind = [Print("Raucher: ja"), Print("nein", x=180)]
    fields = [box(140, 700, ticked=False), box(210, 700, ticked=True)]
    assert text_of(behind, fields) == "Raucher: ja [ ] nein [x]"


def test_one_of_several_radio_buttons() -> None:
    buttons = ["/Parent {0} /AS /A /Rect [72 699 82 709]", "/Parent {0} /AS /Off /Rect [72 679 82 689]"]
    parent = "<< /FT /Btn /Ff 49152 /T (r) /V /A /Kids [6 0 R 7 0 R] >>"
    lines = [Print("ja", x=90), Print("nein", x=90, y=680)]
    found = kit.form((lines, buttons), parents=[parent], fields="8 0 R")
    assert read("a.pdf", found).text == "[x] ja\n[ ] nein"


def test_several_lines_in_a_field() -> None:
    lines = [Print("Anschrift:"), Print("Tätigkeiten", y=640), Print("Ort:", y=560)]
    hint = Print("(Straße und Ort)", y=680, size=10)
    fields = [
        text("Hauptstr. 3\r50667 Köln", 150, 660, 250, 56, f"/Ff {kit.MULTILINE}"),
        text("- Kabel verlegt\n\n- Abnahme", 72, 580, 300, 62, f"/Ff {kit.MULTILINE}"),
        text("Eine\rZeile", 150, 560),
    ]
    assert text_of([lines[0], hint, *lines[1:]], fields) == (
        "Anschrift: Hauptstr. 3\n50667 Köln\n\n(Straße und Ort)\n\nTätigkeiten\n- Kabel verlegt\n- Abnahme\n\n"
        "Ort: Eine Zeile"
    )
    beside = [text(value, x, 700, 120, 40, f"/Ff {kit.MULTILINE}") for value, x in (("a\rb", 120), ("c\rd", 380))]
    assert text_of([Print("Von:"), Print("An:", x=320)], beside) == "Von: a b An: c d"


def test_what_is_chosen_is_told_as_the_form_shows_it() -> None:
    lines = [Print("Land:"), Print("Tage:", y=680), Print("Farbe:", y=660)]
    options = "[(1) (Montag)] [(2) (Dienstag)] [(3) (Mittwoch)]"
    fields = [
        f"/FT /Ch /Ff {kit.COMBO} /V (DE) /Opt [[(FR) (Frankreich)] [(DE) (Deutschland)]] /Rect [150 696 300 712]",
        f"/FT /Ch /Ff {kit.SEVERAL} /V [(1) (3)] /Opt [{options}] /Rect [150 676 300 692]",
        f"/FT /Ch /Ff {kit.COMBO | 1 << 18} /V (oliv) /Opt [(rot) (blau)] /Rect [150 656 300 672]",
    ]
    assert text_of(lines, fields) == "Land: Deutschland\nTage: Montag, Mittwoch\nFarbe: oliv"


@pytest.mark.parametrize(
    "unseen",
    [
        text("geheim", 300, 700, more="/F 2"),  # hidden
        text("geheim", 300, 700, more="/F 34"),
        text("geheim", 300, 700, more="/F 32"),  # not for the screen
        text("geheim", 300, 700, more=f"/Ff {kit.PASSWORD}"),
        text("geheim", 300, 700, 0, 0),
        text("geheim", -500, 700),
        text("geheim", 300, 2000),
        f"/FT /Btn /Ff {kit.BUTTON} /MK << /CA (geheim) >> /Rect [300 696 400 712]",
        "/FT /Sig /Rect [300 696 400 712]",
    ],
)
def test_what_nobody_sees_in_a_form_is_not_read(unseen: str) -> None:
    assert text_of(LABELS, [*VALUES, unseen]) == FILLED
    assert text_of(LABELS, [unseen]) == read("a.pdf", pdf([LABELS])).text


@pytest.mark.parametrize("fields", [None, "null", ""])
def test_fields_are_found_that_a_merge_of_files_has_taken_out_of_the_forms_list(fields: str | None) -> None:
    kids = [f"/Parent {{0}} /Rect [150 {y} 300 {y + 16}]" for y in (696, 676)]
    parent = "<< /FT /Tx /T (p) /V (Berg) /Kids [6 0 R 7 0 R] >>"
    labels = [Print("Name:"), Print("Vertreter:", y=680)]
    shared = kit.form((labels, kids), parents=[parent], fields="8 0 R" if fields is None else fields)
    assert read("a.pdf", shared).text == "Name: Berg\nVertreter: Berg"
    ticked = [*VALUES, box(72, 660, ticked=True)]
    found = kit.form(([*LABELS, Print("ganztags", x=90, y=660)], ticked), fields=fields)
    assert read("a.pdf", found).text == f"{FILLED}\n[x] ganztags"


def test_corners_of_a_field_may_be_written_in_any_order() -> None:
    assert text_of(LABELS, [VALUES[0], "/FT /Tx /V (1. Juli) /Rect [300 692 150 676]"]).endswith("Zeitraum: 1. Juli")


@pytest.mark.parametrize("page", ["/MediaBox [60 500 655 1342]", "/MediaBox [0 0 900 900] /CropBox [50 600 595 800]"])
def test_pages_that_do_not_begin_at_their_corner(page: str) -> None:
    assert read("a.pdf", kit.form((LABELS[1:], VALUES), page=page)).text == FILLED.removeprefix("Antrag auf Urlaub\n\n")


def test_pages_without_fields_are_read_as_ever_and_what_is_filled_in_is_no_running_head() -> None:
    prose = paragraph("Ein Absatz, der über zwei Zeilen\ngeht, steht hier.", 600)
    head = [Print("Anlage 7", y=810), Print("Aktenzeichen:", y=790)]
    number = [text("II-4711", 180, 790)]
    document = read("a.pdf", kit.form(([*head, *prose], number), (head, number), ([*head, *prose], [])))
    pages = [document.text[page.start : page.end].strip() for page in document.pages]
    said = "Ein Absatz, der über zwei Zeilen geht, steht hier."
    assert pages == [f"Aktenzeichen: II-4711\n\n{said}", "Aktenzeichen: II-4711", f"Aktenzeichen:\n\n{said}"]


def test_thousands_of_fields_are_read_and_too_many_leave_the_document_its_text() -> None:
    def many(number: int) -> list[str]:
        return [text(f"W{at}", 60 + at % 50 * 10, 780 - at // 50 * 9, 8, 8) for at in range(number)]

    found = text_of(LABELS, many(3000))
    assert {f"W{at}" for at in range(3000)} <= set(found.split())
    assert text_of(LABELS, many(20_001)) == read("a.pdf", pdf([LABELS])).text


def test_one_long_value_in_many_fields_is_bounded() -> None:
    kids = ["/Parent {0} /Rect [150 696 300 712]"] * 50
    numbers = " ".join(f"{6 + at} 0 R" for at in range(50))
    parent = f"<< /FT /Tx /T (p) /V ({'Wort ' * 2000}) /Kids [{numbers}] >>"
    with pytest.raises(UnreadableError, match=r"max_characters \(100000\) in its form; split it"):
        read("a.pdf", kit.form((LABELS, kids), parents=[parent], fields="56 0 R"), Limits(max_characters=100_000))
