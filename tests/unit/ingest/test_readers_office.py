"""Golden tests of PDF and office files; what cannot be read, and limits."""

from collections.abc import Callable

import pytest

from rag_service.ingest.limits import Limits
from rag_service.ingest.readers.base import UnreadableError
from tests import ingest_kit as kit
from tests.ingest_kit import Print, read


def test_pdf_paragraphs_pages_and_hyphens() -> None:
    first = [
        Print("Die Pazifik-Zeitung", y=800, size=9),
        Print("Ein Gipfel im Osten", y=760, size=18),
        *paragraph_lines(
            "Kim sprach lange über die Wieder-\nvereinigung und über die Atom-\n"
            "und Raketenpolitik mit dem US-\nPräsidenten. Dann fuhr er.",
            720,
        ),
        *paragraph_lines("Ein zweiter Absatz spricht von der\nlangen Reise und endet mit der Abrü-", 650),
        Print("Seite 1", y=30, size=9),
    ]
    second = [
        Print("Die Pazifik-Zeitung", y=800, size=9),
        *paragraph_lines("stungsfrage. Damit ist Schluss.", 720),
        Print("Seite 2", y=30, size=9),
    ]
    info = {"Title": "untitled", "Author": "Anna Meier", "CreationDate": "D:20190425084400+02'00'"}
    document = read("a.pdf", kit.pdf([first, second], info))
    assert document.text == (
        "Ein Gipfel im Osten\n\n"
        "Kim sprach lange über die Wiedervereinigung und über die Atom- und Raketenpolitik "
        "mit dem US-Präsidenten. Dann fuhr er.\n\n"
        "Ein zweiter Absatz spricht von der langen Reise und endet mit der Abrüstungsfrage. "
        "Damit ist Schluss."
    )
    assert (document.title, document.published) == ("Ein Gipfel im Osten", "2019-04-25")
    assert document.metadata == {"author": "Anna Meier"}
    assert [page.number for page in document.pages] == [1, 2]
    assert document.text[document.pages[1].start : document.pages[1].end] == "stungsfrage. Damit ist Schluss."
    assert document.pages[0].end == document.pages[1].start


def paragraph_lines(text: str, y: float) -> list[Print]:
    return kit.paragraph(text, y)


@pytest.mark.parametrize(
    ("head", "kept"),
    [
        ("Page {} of 3", False),
        ("Seite {} von 12", False),
        ("Annual Report 2023 - {}", False),
        ("1.2.3.4 v5 page {}", True),
        ("Order of {}7 pieces", True),
    ],
)
def test_pdf_running_heads_count_pages_beside_other_numbers(head: str, kept: bool) -> None:
    pages = [[Print(head.format(n), y=810, size=9), Print("Ein Satz.", y=700 - 20 * n)] for n in (1, 2, 3)]
    assert ("1" in read("a.pdf", kit.pdf(pages)).text) is kept


def test_pdf_columns_are_read_one_after_the_other() -> None:
    left = kit.paragraph("Links steht der Anfang des\nTextes, der hier noch nicht", 700, 72)
    right = kit.paragraph("zu Ende ist, sondern rechts\nweitergeht.", 700, 320)
    assert read("a.pdf", kit.pdf([[*left, *right]])).text == (
        "Links steht der Anfang des Textes, der hier noch nicht zu Ende ist, sondern rechts weitergeht."
    )


def test_pdf_bold_line_is_a_block_of_its_own() -> None:
    lines = [Print("Die Frage", y=700, bold=True), *kit.paragraph("Die Antwort steht hier unten.\nMehr nicht.", 686)]
    assert read("a.pdf", kit.pdf([lines])).text.startswith("Die Frage\n\nDie Antwort")


def test_docx() -> None:
    document = read("a.docx", kit.docx())
    assert document.text == (
        "Der Bericht\n\nErster Absatz mit Umlauten: Größe.\n- Punkt eins\n- Punkt zwei\n\n"
        "Name: Kim; Ort: Pjöngjang\n\nLetzter Absatz."
    )
    assert (document.title, document.published) == ("Der Bericht", "2019-04-26")
    assert document.metadata == {"author": "Anna Meier"}


_BOLD = "<w:rPr><w:b/></w:rPr>"
_CELL = "<w:tc><w:p><w:r>{}<w:t>{}</w:t></w:r></w:p></w:tc>"
_ROW = f"<w:tr>{{}}{_CELL}{_CELL}</w:tr>"
_REPEATED = "<w:trPr><w:tblHeader/></w:trPr>"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (((_BOLD, "Ort", _BOLD, "Tag"), ("", "Rom", "", "Mo")), "Ort: Rom; Tag: Mo"),
        (((_REPEATED, "Ort", "", "Tag"), ("", "Rom", "", "Mo")), "Ort: Rom; Tag: Mo"),
        (((_BOLD, "Farbe", "", "blau"), (_BOLD, "Jahr:", "", "1888")), "Farbe: blau\nJahr: 1888"),
        ((("", "Farbe", "", "blau"), ("", "Jahr", "", "")), "Farbe: blau\nJahr"),
        ((("", "x" * 90, "", "blau"), ("", "Jahr", "", "1888")), "x" * 90 + " | blau\nJahr: 1888"),
    ],
)
def test_rows_of_tables_are_told_with_their_names(rows: tuple[tuple[str, ...], ...], expected: str) -> None:
    made = "".join(
        _ROW.format(*((mark, "") if mark == _REPEATED else ("", mark)), name, other, value)
        for mark, name, other, value in rows
    )
    grid = "<w:tblGrid><w:gridCol/><w:gridCol/></w:tblGrid>"
    assert read("a.docx", kit.docx(f"<w:tbl><w:tblPr/>{grid}{made}</w:tbl>")).text == expected


def test_pptx() -> None:
    document = read("a.pptx", kit.pptx())
    pages = [document.text[page.start : page.end] for page in document.pages]
    assert pages == [
        "Der Gipfel\n\n- Kim reist an\n- Putin empfängt ihn\n\nLangsam sprechen.",
        "Zahlen\n\nJahr: 2019; Treffen: eins",
        "",
    ]
    assert [page.number for page in document.pages] == [1, 2, 3]
    assert (document.title, document.published, document.language) == ("Der Gipfel", "2019-04-24", "de")


def test_xlsx() -> None:
    document = read("a.xlsx", kit.xlsx())
    pages = [document.text[page.start : page.end] for page in document.pages]
    assert pages == [
        "Reisen\n\nName: Kim; Ort: Wladiwostok; Tag: 2019-04-25; Kosten: 3.5\n"
        "Name: Putin; Tag: 2019-04-25 08:44:00; Kosten: 100",
        "Orte\n\nOrt: Chassan; Land: Russland",
    ]
    assert [page.number for page in document.pages] == [1, 2]
    assert (document.title, document.published) == ("Reisen", "2019-04-28")
    assert document.metadata["author"] == "Anna Meier"


def test_xlsx_whose_stated_size_is_too_small_is_read_whole() -> None:
    import io
    import re
    import zipfile

    with zipfile.ZipFile(io.BytesIO(kit.xlsx())) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    wrong = {name: re.sub(r'<dimension ref="[^"]*"', '<dimension ref="A1"', part) for name, part in parts.items()}
    assert wrong != parts
    assert read("a.xlsx", kit.zipped(wrong)).text == read("a.xlsx", kit.xlsx()).text


def test_xlsx_without_a_filled_cell_holds_no_text() -> None:
    import io

    import openpyxl

    book, data = openpyxl.Workbook(), io.BytesIO()
    book.create_sheet("Leer")
    book.save(data)
    with pytest.raises(UnreadableError, match="holds no text"):
        read("a.xlsx", data.getvalue())


@pytest.mark.parametrize(
    ("source", "raw", "reason"),
    [
        ("a.txt", b"%PDF-1.4 x", "is a PDF by its content"),
        ("a.txt", bytes(range(256)) * 4, "holds binary data"),
        ("a.txt", b"\x89PNG\r\n", "is a PNG image"),
        ("a.txt", b"\x00\x01" * 50, "holds binary data"),
        ("a.txt", " \u200b\n".encode(), "holds no text"),
        ("a.pdf", b"hello", "is not a PDF"),
        ("a.pdf", b"%PDF-1.4\ntrash", "is a broken PDF"),
        ("a.pdf", kit.pdf([[]]), "holds no text, only images"),
        ("a.docx", b"PK\x03\x04 no", "is damaged"),
        ("a.docx", b"\xd0\xcf\x11\xe0 old", "is password-protected or an old Office file"),
        ("a.docx", kit.zipped({"x": "y"}), "is not a Word document"),
        ("a.pptx", kit.zipped({"x": "y"}), "is not a presentation"),
        ("a.xlsx", kit.zipped({"x": "y"}), "is not a spreadsheet"),
        ("a.epub", kit.zipped({"x": "y"}), "is not a well-formed e-book"),
        ("a.json", b"{kaputt", "is not JSON"),
        ("a.json", b"[" * 100_000, "cannot be parsed as JSON"),
        ("a.eml", b"kein Kopf", "has no mail header"),
        ("a.html", b"<!-- -->", "holds no HTML element"),
        ("a.csv", b'"offen\n' + b"x" * 11_000_000, "is not a well-formed table"),
    ],
)
def test_unreadable(source: str, raw: bytes, reason: str) -> None:
    with pytest.raises(UnreadableError, match=reason):
        read(source, raw)


@pytest.mark.parametrize(("source", "made"), [("a.docx", kit.docx), ("a.pptx", kit.pptx)])
def test_an_office_file_with_macros_is_refused_by_its_type(source: str, made: Callable[[], bytes]) -> None:
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(made())) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    types = parts["[Content_Types].xml"].replace(b"document.main+xml", b"macroEnabled.main+xml")
    types = types.replace(b"presentation.main+xml", b"macroEnabled.main+xml")
    with pytest.raises(UnreadableError, match=r"is not a \w+( document)?: is not a .*macroEnabled") as raised:
        read(source, kit.zipped(parts | {"[Content_Types].xml": types}))
    assert " at 0x" not in str(raised.value)


def test_limits() -> None:
    with pytest.raises(UnreadableError, match=r"more than the 50 that ingest.max_characters allows"):
        read("a.txt", "Wort " * 20, Limits(max_characters=50))
    with pytest.raises(UnreadableError, match="has 3 pages, more than max_pages"):
        read("a.pdf", kit.pdf([[Print("a")]] * 3), Limits(max_pages=2))
    with pytest.raises(UnreadableError, match="has 3 slides"):
        read("a.pptx", kit.pptx(), Limits(max_pages=2))
    with pytest.raises(UnreadableError, match="max_characters"):
        read("a.xlsx", kit.xlsx(), Limits(max_characters=10))
    with pytest.raises(UnreadableError, match="max_characters"):
        read("a.pdf", kit.pdf([[Print("viel Text")]]), Limits(max_characters=5))
    with pytest.raises(UnreadableError, match="looks like a zip bomb"):
        read("a.docx", kit.docx(), Limits(max_archive_bytes=100))


def test_pdf_with_damaged_pages_and_unprintable_characters() -> None:
    ok = kit.pdf([[Print("Erste Seite.")], [Print("Zweite Seite.")]])
    broken = ok.replace(b"7 0 obj\n<< /Type /Page ", b"7 0 obj\n<< /Type /Pxge ")
    assert read("a.pdf", broken).text.startswith("Erste Seite.")
    odd = kit.pdf(
        [[*kit.paragraph("Vor dem\x01 Zeichen und nach\nihm steht Text.", 700), Print("Neuer Absatz.", y=600)]]
    )
    assert read("a.pdf", odd).text == "Vor dem Zeichen und nach ihm steht Text.\n\nNeuer Absatz."


def test_pdf_lists_tables_and_columns() -> None:
    lines = kit.paragraph("Einkauf:\n- Salz und noch vieles mehr\n- Mehl\n1. Zucker", 700)
    assert read("a.pdf", kit.pdf([lines])).text == "Einkauf:\n- Salz und noch vieles mehr\n- Mehl\n1. Zucker"
    left = kit.paragraph("Links endet der Absatz hier.", 700, 72)
    right = kit.paragraph("Rechts beginnt ein neuer.", 720, 320)
    assert read("a.pdf", kit.pdf([[*left, *right]])).text == "Links endet der Absatz hier.\n\nRechts beginnt ein neuer."
    indented = [*kit.paragraph("Der erste Absatz ist zu Ende.", 700), Print("Der zweite ist eingerückt.", x=90, y=686)]
    assert "Ende.\n\nDer zweite" in read("a.pdf", kit.pdf([indented])).text


def test_docx_footnotes_and_merged_cells() -> None:
    import io
    import zipfile

    word = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    notes = f"<w:footnotes {word}><w:footnote><w:p><w:r><w:t>Die Note.</w:t></w:r></w:p></w:footnote></w:footnotes>"
    data = io.BytesIO(kit.docx())
    with zipfile.ZipFile(data, "a") as archive:
        archive.writestr("word/footnotes.xml", notes)
    assert read("a.docx", data.getvalue()).text.endswith("Letzter Absatz.\n\nDie Note.")


def test_docx_changes_are_read_as_accepted_and_wrapped_text_is_not_lost() -> None:
    body = (
        "<w:p>{Die Miete beträgt }<w:del><w:r><w:delText>900</w:delText></w:r></w:del>"
        "<w:ins>{1200}</w:ins>{ Euro.}</w:p>"
        "<w:p><w:moveFrom>{Verschoben.}</w:moveFrom></w:p><w:p><w:moveTo>{Verschoben.}</w:moveTo></w:p>"
        "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr>"
        "<w:sdtContent><w:p>{Klicken Sie hier.}</w:p></w:sdtContent></w:sdt>"
        "<w:sdt><w:sdtContent><w:p>{Vertrag }"
        "<w:sdt><w:sdtContent>{5544}</w:sdtContent></w:sdt></w:p></w:sdtContent></w:sdt>"
        '<w:p><w:fldSimple w:instr="DATE">{12.05.2022}</w:fldSimple> <w:smartTag>{ in Bremen}</w:smartTag></w:p>'
        "<w:p>{Vor dem Kasten.}<w:r><w:pict><w:txbxContent><w:p>{Im Kasten.}</w:p></w:txbxContent></w:pict></w:r></w:p>"
        "<w:tbl><w:tr><w:trPr><w:del/></w:trPr><w:tc><w:p>{weg}</w:p></w:tc></w:tr>"
        "<w:tr><w:tc><w:sdt><w:sdtContent><w:p>{Zelle}</w:p></w:sdtContent></w:sdt></w:tc></w:tr></w:tbl>"
    )
    body = body.replace("{", '<w:r><w:t xml:space="preserve">').replace("}", "</w:t></w:r>")
    assert read("a.docx", kit.docx(body)).text == (
        "Die Miete beträgt 1200 Euro.\n\nVerschoben.\n\nVertrag 5544\n\n12.05.2022 in Bremen\n\n"
        "Vor dem Kasten.\n\nIm Kasten.\n\nZelle"
    )


def test_docx_figures_that_are_raised_or_lowered_stay_apart() -> None:
    run = '<w:r><w:rPr><w:vertAlign w:val="{}"/></w:rPr><w:t>{}</w:t></w:r>'
    plain = "<w:r><w:t>{}</w:t></w:r>"
    pieces = [plain.format("10"), run.format("superscript", 6), plain.format("; CO"), run.format("subscript", 2)]
    pieces += [plain.format("; 1"), run.format("superscript", "st"), plain.format("; 7"), run.format("baseline", 8)]
    assert read("a.docx", kit.docx(f"<w:p>{''.join(pieces)}</w:p>")).text == "10⁶; CO₂; 1st; 78"


def test_zip_with_a_locked_part() -> None:
    data = bytearray(kit.zipped({"word/document.xml": "x"}))
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    with pytest.raises(UnreadableError, match="is password-protected"):
        read("a.docx", bytes(data))
