"""Small files of every format, made on the spot for the tests of loading."""

from __future__ import annotations

import base64
import io
import math
import os
import time
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace

from rag_service.ingest.assemble import assemble
from rag_service.ingest.limits import Limits
from rag_service.ingest.load import data_digest
from rag_service.ingest.readers import formats
from rag_service.models import Document


def read(source: str, data: bytes | str, limits: Limits | None = None) -> Document:
    """The document that a format's reader makes of the data, in this process."""
    raw = data.encode() if isinstance(data, str) else data
    limits = limits or Limits()
    kind = formats()["." + source.rsplit(".", 1)[1]]
    return assemble(source, data_digest(raw), kind.media_type, kind.reader()(raw, limits), limits)


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


def docx(body: str | None = None) -> bytes:
    """A report with heading, list, table, footnote-free body and core properties; or the given XML as its body."""
    import docx as library
    from docx.oxml import parse_xml

    document = library.Document()
    if body is not None:
        word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
        for block in parse_xml(f'<w:body xmlns:w="{word}">{body}</w:body>'):
            document.element.body.append(block)
        return _saved(document)
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
    for cell in table.rows[0].cells:
        cell.paragraphs[0].runs[0].bold = True
    document.add_paragraph("Letzter Absatz.")
    return _saved(document)


def pptx() -> bytes:
    """Two slides with title, bullets, a table and notes; a third is hidden."""
    import pptx as library

    deck = library.Presentation()
    deck.core_properties.created = datetime(2019, 4, 24, 9, 30)
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
    book.properties.created = datetime(2019, 4, 28)
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


def locked_pdf() -> bytes:
    """A PDF that opens with a password only."""
    packed = (
        r"""c-"""
        r"""pN~JCD;q5bn1@h>~WTi0bgZA5s*Fdqf~WiE=y&bj8MA2cux0><zj@6co^bM2Bc75I+ED_z@HoTuXCE`~dg^jGf%YlCMAruZx*)X1"""
        r""";IsF}?BjaD!eJsCWG1>o-I(!Nv3e>i1DJE{kLl`x5t4PUTcG<JbTV2FT}0ox@tWw+{C`j>c~0D->-"""
        r"""Ni#%Y8qU%{w;d@v>;so!tN_nSr%LO+tW@yQQYwih(MvE}da_~*#uL;DN+9<l|lgw=v2cSw|Nh`4t478((uZl$(16N%$ETF^2pja-"""
        r"""oh779{75HHndGL9tuwKT;t^{}0*}4<i>7?dH(e7dz8n*`FEH+)`8`bElpFi>;iyew~^0-K{e1@aDS$-"""
        r"""w2vJ;>sp#EK8W3!kif2X2bDmQ#S3->YCb-W6tcMs9_lb^-t_r*`gv!nAbzT@QGn_q9=U-"""
        r"""($Qe*Wsi=VvdUqN8(PF4bhK{1vTP)2_8_OY071a5tErs#0d)tg&ELSf!bT@GzSPc!tq#aCzcN*wG00ZIW=JM5-"""
        r"""BKQ$>wRQ^Ryjs8HMy?wuhvwuYG0TOp^6r6NgUPfRQgGgiS3-^P7qg!d-"""
        r"""q2{G2D#A~Mw6`mwoSZ`y;%rq5Vdf~M+PEaKX0UyLtM<_Avc{nJ2iU_6zk<$+=DY?WcKE)_Jm?o01F=;y(rKXD+-"""
        r"""oZGd9ZZ~2D;eovis&xJTD75c+1!`SMeSyfeZ9A6QWOF6<xE`5(*o0#y$wUx=aw_Yxa3-"""
        r"""KZosDX;tD)Kl>l3Ur4?i;_#j_!!0H^%xgPuvioNE|mxucS+mmsvf-6IFMMiMc>+Ot&=npFFQG5"""
    )
    return zlib.decompress(base64.b85decode(packed))


def looped_pdfs() -> dict[str, bytes]:
    """PDFs whose page tree or cross-reference table runs in circles."""
    catalog = b"<< /Type /Catalog /Pages 2 0 R >>"
    own_kid = [catalog, b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 4000 >>"]
    two_kids = [
        catalog,
        b"<< /Type /Pages /Kids [3 0 R] /Count 2 >>",
        b"<< /Type /Pages /Kids [2 0 R 3 0 R] /Count 9 >>",
    ]
    form = b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 4 0 R >> >> /Length 5 >>"
    drawn = [
        catalog,
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Resources << /XObject << /X 4 0 R >> >> /Contents 5 0 R >>",
        form + b"\nstream\n/X Do\nendstream",
        b"<< /Length 5 >>\nstream\n/X Do\nendstream",
    ]
    previous = _pdf_file(own_kid, 1).replace(b"/Root", b"/Prev 9 /Root")
    return {
        "own kid": _pdf_file(own_kid, 1),
        "two kids": _pdf_file(two_kids, 1),
        "drawn": _pdf_file(drawn, 1),
        "previous": previous,
    }


class Sleeping:
    """A LlamaIndex-like reader that never comes back."""

    def load_data(self, path: object) -> None:
        """Sleep for an hour."""
        time.sleep(3600)


class Hungry:
    """A reader that takes more memory than it may."""

    def load_data(self, path: object) -> None:
        """Ask for eight gigabytes."""
        bytearray(8_000_000_000)


class Crashing:
    """A reader whose process dies."""

    def load_data(self, path: object) -> None:
        """Leave at once."""
        os._exit(3)


class Failing:
    """A reader that prints, then raises."""

    def load_data(self, path: object) -> None:
        """Raise after some noise on the standard output."""
        os.write(1, b"noise" * 10_000)
        raise ValueError("nicht lesbar")


class Recursive:
    """A reader that never comes to the ground."""

    def load_data(self, path: object) -> None:
        """Call itself."""
        self.load_data(path)


class Titled:
    """A reader that gives a page for each line, with metadata."""

    def load_data(self, path: Path) -> list[SimpleNamespace]:
        """Pages as LlamaIndex documents look."""
        metadata = {"title": "Der Titel", "published": date(2019, 4, 25), "file_path": str(path), "page_label": "1"}
        metadata |= {"x": None, "share": math.nan, "parts": ["a"], "since": datetime(2019, 4, 1, 8)}
        return [SimpleNamespace(text=line, metadata=metadata) for line in path.read_text().splitlines()]
