"""The text layer of a PDF, page by page, by pdfium.

pdfium is not thread-safe and may hang or crash on hostile files: call this in a worker process only.
"""

from __future__ import annotations

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from imr.errors import Code, UnreadableError, UnsupportedError
from imr.reading.media import PDF
from imr.records import RawText

EXTRACTOR = f"pypdfium2 {pdfium.PYPDFIUM_INFO.version} pdfium {pdfium.PDFIUM_INFO.build}"
"""Name and version of what reads the text layer: part of `text_version`."""

MAX_PAGES = 500
MAX_CHARS = 5_000_000
"""A small file can hold text without end, by compression or by showing one page many times. Letters of that many
pages have half of it."""
PAGE_SEAM = "\n\f"
"""pdfium page texts end without a newline: without a seam the last word of a page glues to the next page."""

_SCAN_CHARS = 100  # an image page with less text than this is a scan with a stamp on it, not a letter page
_TAIL = 4096  # where a complete file has its end mark; some producers append a little after it


def read_pdf(data: bytes) -> RawText:
    """The raw text of a born-digital PDF; an empty user password is tried, as the public letters need it.

    Raises:
        UnreadableError: `pdf_damaged`, `pdf_password`, `too_many_pages`, `file_too_large` or `no_text`.
        UnsupportedError: `needs_ocr` when a page is an image without a text layer.
    """
    if b"%%EOF" not in data[-_TAIL:]:
        # pdfium repairs a truncated file in silence and loses its last pages.
        raise UnreadableError(Code.PDF_DAMAGED, "the PDF ends before its end mark")
    document = _open(data)
    try:
        pages = _page_texts(document)
    except pdfium.PdfiumError as error:
        raise UnreadableError(Code.PDF_DAMAGED, "a page of the PDF cannot be read") from error
    finally:
        document.close()
    if not any(page.strip() for page in pages):
        raise UnreadableError(Code.NO_TEXT, "no page holds text or an image")
    return _joined(pages)


def _open(data: bytes) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if error.err_code == pdfium_c.FPDF_ERR_PASSWORD:
            raise UnreadableError(Code.PDF_PASSWORD, "the PDF asks for a user password") from error
        raise UnreadableError(Code.PDF_DAMAGED, "the PDF cannot be opened") from error


def _page_texts(document: pdfium.PdfDocument) -> list[str]:
    pages, room = [], MAX_CHARS
    for number in range(_page_count(document)):
        pages.append(_page_text(document, number))
        room -= len(pages[-1])
        if room < 0:
            raise UnreadableError(Code.FILE_TOO_LARGE, f"the text of the PDF holds more than {MAX_CHARS} characters")
    return pages


def _page_count(document: pdfium.PdfDocument) -> int:
    count = len(document)
    if count > MAX_PAGES:
        raise UnreadableError(Code.TOO_MANY_PAGES, f"the PDF has {count} pages, more than {MAX_PAGES}")
    return count


def _page_text(document: pdfium.PdfDocument, number: int) -> str:
    page = document[number]
    text_page = page.get_textpage()
    try:
        text: str = text_page.get_text_range()
        if len(text) < _SCAN_CHARS and _has_image(page):
            raise UnsupportedError(Code.NEEDS_OCR, f"page {number + 1} is an image without a text layer")
        return text
    finally:
        text_page.close()
        page.close()


def _has_image(page: pdfium.PdfPage) -> bool:
    return any(True for _ in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=3))


def _joined(pages: list[str]) -> RawText:
    starts, offset = [], 0
    for page in pages:
        starts.append(offset)
        offset += len(page) + len(PAGE_SEAM)
    return RawText(PAGE_SEAM.join(pages), tuple(starts), len(pages), PDF, "text_layer")
