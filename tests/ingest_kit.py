"""Small files of every format, made on the spot for the tests of loading."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Print:
    """One line of a PDF page: points from the lower left."""

    text: str
    x: float = 72
    y: float = 700
    size: float = 12
    bold: bool = False


def pdf(pages: Sequence[Sequence[Print]], info: Mapping[str, str] | None = None) -> bytes:
    """A PDF with Helvetica text; lines in the order given."""
    objects: list[bytes] = []

    def add(body: bytes) -> int:
        objects.append(body)
        return len(objects)

    kids = " ".join(f"{5 + 2 * number} 0 R" for number in range(len(pages)))
    add(b"<< /Type /Catalog /Pages 2 0 R >>")
    add(f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode())
    for name in ("Helvetica", "Helvetica-Bold"):
        add(f"<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>".encode())
    for page in pages:
        number = len(objects) + 1
        box = "/MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R /F2 4 0 R >> >>"
        add(f"<< /Type /Page /Parent 2 0 R {box} /Contents {number + 1} 0 R >>".encode())
        content = b"\n".join(_printed(line) for line in page)
        add(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
    entries = "".join(f"/{key} ({value})" for key, value in (info or {}).items())
    info_number = add(f"<< {entries} >>".encode("cp1252"))
    return _pdf_file(objects, info_number)


def _printed(line: Print) -> bytes:
    text = line.text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    font = 2 if line.bold else 1
    return b"BT /F%d %g Tf %g %g Td (%s) Tj ET" % (font, line.size, line.x, line.y, text)


def _pdf_file(objects: Sequence[bytes], info: int) -> bytes:
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer << /Size %d /Root 1 0 R /Info %d 0 R >>\n" % (len(objects) + 1, info)
    out += b"startxref\n%d\n%%%%EOF\n" % start
    return bytes(out)


def paragraph(text: str, y: float = 700, x: float = 72, size: float = 12, leading: float = 14) -> list[Print]:
    """Lines of a paragraph, separated by newlines, one below the other."""
    return [Print(line, x, y - leading * at, size) for at, line in enumerate(text.split("\n"))]


def docx() -> bytes:
    """A report with heading, list, table, footnote-free body and core properties."""
    import docx as library

    document = library.Document()
    document.core_properties.author = "Anna Meier"
    document.core_properties.title = ""
    document.core_properties.created = datetime(2019, 4, 26, 9, 30)
    document.add_heading("Der Bericht", 1)
    document.add_paragraph("Erster Absatz mit Umlauten: Größe.")
    document.add_paragraph("Punkt eins", style="List Bullet")
    document.add_paragraph("Punkt zwei", style="List Bullet")
    table = document.add_table(rows=2, cols=2)
    for row, values in zip(table.rows, (("Name", "Ort"), ("Kim", "Pjöngjang")), strict=True):
        for cell, value in zip(row.cells, values, strict=True):
            cell.text = value
    document.add_paragraph("Letzter Absatz.")
    return _saved(document)


def pptx() -> bytes:
    """Two slides with title, bullets, a table and notes; a third is hidden."""
    import pptx as library

    deck = library.Presentation()
    first = deck.slides.add_slide(deck.slide_layouts[1])
    first.shapes.title.text = "Der Gipfel"
    first.placeholders[1].text = "Kim reist an\nPutin empfängt ihn"
    first.notes_slide.notes_text_frame.text = "Langsam sprechen."
    second = deck.slides.add_slide(deck.slide_layouts[5])
    second.shapes.title.text = "Zahlen"
    table = second.shapes.add_table(2, 2, 0, 2_000_000, 4_000_000, 1_000_000).table
    for row, values in enumerate((("Jahr", "Treffen"), ("2019", "eins"))):
        for column, value in enumerate(values):
            table.cell(row, column).text = value
    hidden = deck.slides.add_slide(deck.slide_layouts[5])
    hidden.shapes.title.text = "Geheim"
    hidden._element.set("show", "0")
    return _saved(deck)


def xlsx() -> bytes:
    """Two sheets with header rows, numbers and dates; a third is hidden."""
    import openpyxl

    book = openpyxl.Workbook()
    book.properties.creator = "Anna Meier"
    book.properties.title = "Reisen"
    sheet = book.active
    sheet.title = "Reisen"
    sheet.append(["Name", "Ort", "Tag", "Kosten"])
    sheet.append(["Kim", "Wladiwostok", datetime(2019, 4, 25), 3.5])
    sheet.append(["Putin", None, datetime(2019, 4, 25, 8, 44), 100.0])
    other = book.create_sheet("Orte")
    other.append(["Ort", "Land"])
    other.append(["Chassan", "Russland"])
    book.create_sheet("Versteckt").append(["geheim"])
    book["Versteckt"].sheet_state = "hidden"
    return _saved(book)


def epub() -> bytes:
    """A book of two chapters, the second before the first in the archive."""
    package = """<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0">
      <metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Das Buch</dc:title>
      <dc:creator>Anna Meier</dc:creator><dc:date>2019-04</dc:date><dc:language>de-DE</dc:language></metadata>
      <manifest><item id="b" href="text/zwei.xhtml"/><item id="a" href="text/eins%20a.xhtml"/></manifest>
      <spine><itemref idref="a"/><itemref idref="b"/></spine></package>"""
    chapter = '<html xmlns="http://www.w3.org/1999/xhtml"><body><h1>{}</h1><p>{}</p></body></html>'
    return zipped(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
            '<rootfiles><rootfile full-path="OEBPS/content.opf"/></rootfiles></container>',
            "OEBPS/content.opf": package,
            "OEBPS/text/zwei.xhtml": chapter.format("Zwei", "Das Ende."),
            "OEBPS/text/eins a.xhtml": chapter.format("Eins", "Der Anfang, <i>kursiv</i>."),
        }
    )


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """A zip archive of the given parts."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def _saved(document: object) -> bytes:
    target = io.BytesIO()
    document.save(target)  # type: ignore[attr-defined]
    return target.getvalue()
