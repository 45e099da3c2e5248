"""What people filled into a PDF page or wrote on it: the values of form fields, and free text."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

_NOT_SHOWN = pdfium_c.FPDF_ANNOT_FLAG_HIDDEN | pdfium_c.FPDF_ANNOT_FLAG_NOVIEW
_FIELDS_OF_TEXT = frozenset(
    {pdfium_c.FPDF_FORMFIELD_TEXTFIELD, pdfium_c.FPDF_FORMFIELD_COMBOBOX, pdfium_c.FPDF_FORMFIELD_LISTBOX}
)


class Note(NamedTuple):
    """A text that stands in a rectangle of a page, whose sides are in points; `free` text is of no form field."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    free: bool


def notes_of(document: pdfium.PdfDocument, page: pdfium.PdfPage) -> list[Note]:
    """The texts on a page that are shown and are no part of its own content."""
    notes: list[Note] = []
    for number in range(pdfium_c.FPDFPage_GetAnnotCount(page)):
        annotation = pdfium_c.FPDFPage_GetAnnot(page, number)
        try:
            notes += _note(document, annotation)
        finally:
            pdfium_c.FPDFPage_CloseAnnot(annotation)
    return notes


def _note(document: pdfium.PdfDocument, annotation: pdfium_c.FPDF_ANNOTATION) -> Iterator[Note]:
    kind = pdfium_c.FPDFAnnot_GetSubtype(annotation)
    free = kind == pdfium_c.FPDF_ANNOT_FREETEXT
    if pdfium_c.FPDFAnnot_GetFlags(annotation) & _NOT_SHOWN:
        return
    text = _value(document, annotation) if kind == pdfium_c.FPDF_ANNOT_WIDGET else _contents(annotation) if free else ""
    if text.strip():
        box = pdfium_c.FS_RECTF()
        pdfium_c.FPDFAnnot_GetRect(annotation, box)
        low, high = sorted((box.bottom, box.top))
        yield Note(text, box.left, low, box.right, high, free)


def _value(document: pdfium.PdfDocument, annotation: pdfium_c.FPDF_ANNOTATION) -> str:
    """The value of a form field that holds text."""
    form = document.formenv
    if form is None or pdfium_c.FPDFAnnot_GetFormFieldType(form, annotation) not in _FIELDS_OF_TEXT:
        return ""
    return _text(lambda buffer, size: pdfium_c.FPDFAnnot_GetFormFieldValue(form, annotation, buffer, size))


def _contents(annotation: pdfium_c.FPDF_ANNOTATION) -> str:
    return _text(lambda buffer, size: pdfium_c.FPDFAnnot_GetStringValue(annotation, b"Contents", buffer, size))


def _text(get: Callable[..., int]) -> str:
    """A text that pdfium writes into a buffer, as UTF-16 with a zero behind it."""
    size = get(None, 0)
    buffer = ctypes.create_string_buffer(size)
    get(ctypes.cast(buffer, ctypes.POINTER(pdfium_c.FPDF_WCHAR)), size)
    return buffer.raw[: max(0, size - 2)].decode("utf-16-le", "replace")
