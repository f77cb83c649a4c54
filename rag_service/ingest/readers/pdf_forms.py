"""What is filled into the form fields of a PDF's pages, with the boxes it stands in; pdfium keeps it from the text."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rag_service.ingest.limits import Limits
from rag_service.ingest.readers.base import UnreadableError

if TYPE_CHECKING:
    import pypdfium2

ROW = 15.0  # points that a line of a high field takes
_MOST_FIELDS = 20_000  # pdfium looks through all fields for each: these take it 5 to 15 seconds
_MOST_OPTIONS = 100_000  # for each of them, too
_BUFFER = 1024  # bytes that most values fit in


@dataclass(frozen=True, slots=True)
class Field:
    """A visible field with its box in points; `text` has a line for each of its own, and is empty in an empty field.

    A `box` is one to tick, whose text is [x] or [ ], as Markdown writes it.
    """

    text: str
    left: float
    bottom: float
    right: float
    top: float
    box: bool = False

    @property
    def high(self) -> bool:
        """Whether several lines have room in it; they begin at its top."""
        return self.top - self.bottom > 2 * ROW

    @property
    def middle(self) -> float:
        """Of its first line, in points above the page's lower edge."""
        return self.top - ROW / 2 if self.high else (self.bottom + self.top) / 2


class Forms:
    """The form of a document, opened when the first page with a field comes; to be closed before the document."""

    def __init__(self, document: pypdfium2.PdfDocument, limits: Limits) -> None:
        self._document = document
        self._limits = limits
        self._handle: Any = None
        self._config: Any = None  # pdfium goes on using it
        self._opened = False
        self._is_complete = False
        self._options = _MOST_OPTIONS
        self._characters = 0

    def fields(self, page: pypdfium2.PdfPage) -> list[Field]:
        """The visible fields of a page on which any is filled in; none else, so that a blank form is what it prints."""
        from pypdfium2 import raw

        if not any(_widgets(page)) or not self._open():
            return []
        self._is_complete = False
        try:
            found = list(self._read(page))
        finally:
            raw.FORM_OnBeforeClosePage(page, self._handle)
        return found if any(field.text not in ("", "[ ]") for field in found) else []

    def close(self) -> None:
        """Let go of what pdfium holds for it."""
        from pypdfium2 import raw

        if self._handle is not None:
            raw.FPDFDOC_ExitFormFillEnvironment(self._handle)
            self._handle = None

    def _open(self) -> bool:
        """Whether there is a form to ask; one of too many fields is left alone, and the document's text still read."""
        from pypdfium2 import raw

        if not self._opened:
            self._opened = True
            if _count(self._document) <= _MOST_FIELDS:
                self._config = raw.FPDF_FORMFILLINFO(version=2)
                self._handle = raw.FPDFDOC_InitFormFillEnvironment(self._document, self._config) or None
        return self._handle is not None

    def _read(self, page: pypdfium2.PdfPage) -> Iterator[Field]:
        left, bottom, right, top = page.get_bbox()
        for widget in _widgets(page):
            rect = _rect(widget)
            if rect is None or rect[0] >= right or rect[2] <= left or rect[1] >= top or rect[3] <= bottom:
                continue
            said = self._said(page, widget)
            self._characters += len(said)  # one value may be shown by any number of fields
            if self._characters > self._limits.max_characters:
                limit = self._limits.max_characters
                raise UnreadableError(f"holds more than max_characters ({limit}) in its form; split it")
            yield Field(said, *rect, box=said in ("[x]", "[ ]"))

    def _said(self, page: pypdfium2.PdfPage, widget: Any) -> str:
        """What a field shows; empty for one that holds no text, or does not show it."""
        from pypdfium2 import raw

        kind = self._kind(page, widget)
        if kind in (raw.FPDF_FORMFIELD_CHECKBOX, raw.FPDF_FORMFIELD_RADIOBUTTON):
            return "[ ]" if _state(widget) in ("", "Off") else "[x]"
        if kind in (raw.FPDF_FORMFIELD_COMBOBOX, raw.FPDF_FORMFIELD_LISTBOX):
            chosen = ", ".join(self._chosen(widget, several=kind == raw.FPDF_FORMFIELD_LISTBOX))
            return chosen or " ".join(self._value(widget).split())
        flags = raw.FPDFAnnot_GetFormFieldFlags(self._handle, widget)
        if kind != raw.FPDF_FORMFIELD_TEXTFIELD or flags & raw.FPDF_FORMFLAG_TEXT_PASSWORD:
            return ""
        lines = [" ".join(line.split()) for line in self._value(widget).splitlines()]
        between = "\n" if flags & raw.FPDF_FORMFLAG_TEXT_MULTILINE else " "
        return between.join(line for line in lines if line)

    def _kind(self, page: pypdfium2.PdfPage, widget: Any) -> int:
        from pypdfium2 import raw

        kind: int = raw.FPDFAnnot_GetFormFieldType(self._handle, widget)
        if kind < 0 and not self._is_complete:  # a merge of files forgot the form's list of fields, or the form
            self._is_complete = True
            raw.FORM_OnAfterLoadPage(page, self._handle)
            kind = raw.FPDFAnnot_GetFormFieldType(self._handle, widget)
        return kind

    def _value(self, widget: Any) -> str:
        from pypdfium2 import raw

        return _string(lambda *into: raw.FPDFAnnot_GetFormFieldValue(self._handle, widget, *into))

    def _chosen(self, widget: Any, *, several: bool) -> Iterator[str]:
        """The chosen options as the form shows them; the field's value is what it would send for them."""
        from pypdfium2 import raw

        for option in range(raw.FPDFAnnot_GetOptionCount(self._handle, widget)):
            self._options -= 1
            if self._options < 0:
                return
            if raw.FPDFAnnot_IsOptionSelected(self._handle, widget, option):
                label = _string(lambda *into, at=option: raw.FPDFAnnot_GetOptionLabel(self._handle, widget, at, *into))
                yield " ".join(label.split())
                if not several:
                    return


def _count(document: pypdfium2.PdfDocument) -> int:
    """How many fields the pages show, as far as that matters."""
    import pypdfium2

    fields = 0
    for number in range(len(document)):
        with suppress(pypdfium2.PdfiumError), closing(document[number]) as page:
            fields += sum(1 for _ in _widgets(page, hidden=True))
        if fields > _MOST_FIELDS:
            break
    return fields


def _widgets(page: pypdfium2.PdfPage, *, hidden: bool = False) -> Iterator[Any]:
    """The page's form fields, hidden ones if wanted, each open until the next is asked for."""
    from pypdfium2 import raw

    unseen = 0 if hidden else raw.FPDF_ANNOT_FLAG_HIDDEN | raw.FPDF_ANNOT_FLAG_NOVIEW
    for index in range(raw.FPDFPage_GetAnnotCount(page)):
        annotation = raw.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        try:
            is_widget = raw.FPDFAnnot_GetSubtype(annotation) == raw.FPDF_ANNOT_WIDGET
            if is_widget and not raw.FPDFAnnot_GetFlags(annotation) & unseen:
                yield annotation
        finally:
            raw.FPDFPage_CloseAnnot(annotation)


def _rect(annotation: Any) -> tuple[float, float, float, float] | None:
    """Left, bottom, right and top; None for a field without extent, which nobody sees."""
    from pypdfium2 import raw

    rect = raw.FS_RECTF()
    if not raw.FPDFAnnot_GetRect(annotation, rect):
        return None
    left, right = sorted((rect.left, rect.right))
    bottom, top = sorted((rect.bottom, rect.top))
    return (left, bottom, right, top) if left < right and bottom < top else None


def _state(annotation: Any) -> str:
    from pypdfium2 import raw

    return _string(lambda *into: raw.FPDFAnnot_GetStringValue(annotation, b"AS", *into))


def _string(ask: Callable[..., int]) -> str:
    """What pdfium writes into a buffer, in UTF-16 with a final zero, once it is large enough."""
    from pypdfium2 import raw

    size = _BUFFER
    while True:
        buffer = ctypes.create_string_buffer(size)
        needed = ask(ctypes.cast(buffer, ctypes.POINTER(raw.FPDF_WCHAR)), size)
        if needed <= size:
            return buffer.raw[: max(needed - 2, 0)].decode("utf-16-le", "ignore")
        size = needed
