"""The text of a PDF, page by page, by pdfium: its text layer, or OCR where a page is an image.

pdfium is not thread-safe and may hang or crash on hostile files: call this in a worker process only.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from imr.errors import Code, UnreadableError, UnsupportedError
from imr.reading.margins import margin_lines
from imr.reading.media import MAX_CHARS, PDF
from imr.reading.ocr.engine import OcrPage
from imr.records import PageConfidence, RawText

EXTRACTOR = f"pypdfium2 {pdfium.PYPDFIUM_INFO.version} pdfium {pdfium.PDFIUM_INFO.build}"
"""Name and version of what reads the text layer: part of `text_version`."""

MAX_PAGES = 500
PAGE_SEAM = "\n\f"
"""pdfium page texts end without a newline: without a seam the last word of a page glues to the next page."""

_SCAN_CHARS = 100  # an image page with less text than this is a scan with a stamp on it, not a letter page
_TAIL = 4096  # where a complete file has its end mark; some producers append a little after it


class PageText(NamedTuple):
    """The text of one page, and how sure OCR is of it where it is an image."""

    text: str
    confidence: PageConfidence | None
    margins: tuple[int, ...] = ()
    """Offsets of the lines that stand apart in the page's margins."""


class PageRecogniser(Protocol):
    """Recognises the pages that are images."""

    def page(self, page: pdfium.PdfPage, number: int) -> OcrPage:
        """The text of a page, which is counted from 0."""


def read_pdf(data: bytes, recogniser: PageRecogniser | None = None) -> RawText:
    """The raw text of a PDF, page by page: its text layer, or, for pages that are images, what is recognised.

    An empty user password is tried, as the public letters need it.

    Raises:
        UnreadableError: `pdf_damaged`, `pdf_password`, `too_many_pages`, `file_too_large`, `image_too_large` or
            `no_text`.
        UnsupportedError: `needs_ocr` when a page is an image without a text layer and there is no recogniser.
        ResourceError: `timed_out`.
    """
    if b"%%EOF" not in data[-_TAIL:]:
        # pdfium repairs a truncated file in silence and loses its last pages.
        raise UnreadableError(Code.PDF_DAMAGED, "the PDF ends before its end mark")
    document = _open(data)
    try:
        pages = _page_texts(document, recogniser)
    except pdfium.PdfiumError as error:
        raise UnreadableError(Code.PDF_DAMAGED, "a page of the PDF cannot be read") from error
    finally:
        document.close()
    if not any(page.text.strip() for page in pages):
        raise UnreadableError(Code.NO_TEXT, "no page holds text or an image")
    return _joined(pages)


def _open(data: bytes) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if error.err_code == pdfium_c.FPDF_ERR_PASSWORD:
            raise UnreadableError(Code.PDF_PASSWORD, "the PDF asks for a user password") from error
        raise UnreadableError(Code.PDF_DAMAGED, "the PDF cannot be opened") from error


def _page_texts(document: pdfium.PdfDocument, recogniser: PageRecogniser | None) -> list[PageText]:
    pages, room = [], MAX_CHARS
    for number in range(_page_count(document)):
        pages.append(_page_text(document, number, recogniser))
        room -= len(pages[-1].text)
        if room < 0:
            raise UnreadableError(Code.FILE_TOO_LARGE, f"the text of the PDF holds more than {MAX_CHARS} characters")
    return pages


def _page_count(document: pdfium.PdfDocument) -> int:
    count = len(document)
    if count > MAX_PAGES:
        raise UnreadableError(Code.TOO_MANY_PAGES, f"the PDF has {count} pages, more than {MAX_PAGES}")
    return count


def _page_text(document: pdfium.PdfDocument, number: int, recogniser: PageRecogniser | None) -> PageText:
    page = document[number]
    text_page = page.get_textpage()
    try:
        text: str = text_page.get_text_range()
        if len(text) >= _SCAN_CHARS or not _has_image(page):
            return PageText(text, None, margin_lines(text_page, text, page.get_height()))
        if recogniser is None:
            raise UnsupportedError(Code.NEEDS_OCR, f"page {number + 1} is an image without a text layer")
        recognised = recogniser.page(page, number)
        return PageText(recognised.text, PageConfidence(recognised.confidence, recognised.low_share, recognised.words))
    finally:
        text_page.close()
        page.close()


def _has_image(page: pdfium.PdfPage) -> bool:
    return any(True for _ in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=3))


def _joined(pages: list[PageText]) -> RawText:
    starts, margins, offset = [], [], 0
    for page in pages:
        starts.append(offset)
        margins += [offset + line for line in page.margins]
        offset += len(page.text) + len(PAGE_SEAM)
    images = [page.confidence is not None for page in pages]
    origin = "ocr" if all(images) else "mixed" if any(images) else "text_layer"
    ocr = tuple(page.confidence for page in pages) if any(images) else ()
    text = PAGE_SEAM.join(page.text for page in pages)
    return RawText(text, tuple(starts), len(pages), PDF, origin, ocr, frozenset(margins))
