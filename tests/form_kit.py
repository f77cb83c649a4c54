"""PDFs with form fields, made on the spot for the tests of loading."""

from __future__ import annotations

from collections.abc import Sequence

from tests.ingest_kit import Print, _pdf_file, _printed

_FIRST = 4  # object of the first page
MULTILINE, PASSWORD, BUTTON, COMBO, SEVERAL = 1 << 12, 1 << 13, 1 << 16, 1 << 17, 1 << 21


def text(value: str, x: float, y: float, width: float = 150, height: float = 16, more: str = "") -> str:
    """A text field around a line that is printed at the same place."""
    written = value.encode("utf-16-be").hex()
    box = f"{x:g} {y - 4:g} {x + width:g} {y - 4 + height:g}"
    return f"/FT /Tx /V <FEFF{written}> /Rect [{box}] {more}"


def box(x: float, y: float, *, ticked: bool) -> str:
    """A box to tick."""
    return f"/FT /Btn /AS /{'Ja' if ticked else 'Off'} /Rect [{x:g} {y - 1:g} {x + 10:g} {y + 9:g}]"


def form(
    *pages: tuple[Sequence[Print], Sequence[str]],
    parents: Sequence[str] = (),
    fields: str | None = None,
    page: str = "/MediaBox [0 0 595 842]",
) -> bytes:
    """Pages of printed lines and fields; `{0}` in a field stands for the object of the first of the `parents`.

    `fields` is written as the form's list of fields; without any, as an empty string, there is no form.
    """
    widgets = [len(own) for _, own in pages]
    start = _FIRST + 2 * len(pages)
    numbers = [f"{start + sum(widgets) + at} 0 R" for at in range(len(parents))]
    kids = [f"{_FIRST + 2 * at} 0 R" for at in range(len(pages))]
    every = [f"{start + at} 0 R" for at in range(sum(widgets))]
    listed = f"/AcroForm << /Fields [{' '.join(every) if fields is None else fields}] >>" if fields != "" else ""
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {listed} >>".encode(),
        f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for at, (lines, own) in enumerate(pages):
        first = sum(widgets[:at])
        annotations = " ".join(every[first : first + len(own)])
        resources = "/Resources << /Font << /F1 3 0 R /F2 3 0 R >> >>"
        content = b"\n".join(_printed(line) for line in lines)
        more = f"{page} {resources} /Contents {_FIRST + 2 * at + 1} 0 R /Annots [{annotations}]"
        objects.append(f"<< /Type /Page /Parent 2 0 R {more} >>".encode())
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
    for at, field in enumerate(field for _, own in pages for field in own):
        name = "" if "/Parent" in field else f"/T (f{at})"
        body = field.replace("{0}", numbers[0] if numbers else "")
        objects.append(f"<< /Type /Annot /Subtype /Widget {name} {body} >>".encode())
    objects += [parent.encode() for parent in parents]
    return _pdf_file(objects, 1)
