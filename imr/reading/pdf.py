"""The text of a PDF, page by page, by pdfium: its text layer, or OCR where a page is an image or drawn without text.

pdfium is not thread-safe and may hang or crash on hostile files: call this in a worker process only.
"""

from __future__ import annotations

import re
from typing import NamedTuple, Protocol

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from imr.errors import Code, UnreadableError, UnsupportedError
from imr.reading.annotations import notes_of
from imr.reading.attachments import attached_files, letter_in_portfolio
from imr.reading.drawings import is_legible, needs_recognition
from imr.reading.media import MAX_CHARS, PDF
from imr.reading.ocr.engine import OcrPage
from imr.reading.text_layer import TextLayer, text_layer
from imr.records import PageConfidence, RawText
from imr.warnings import WarningCode

EXTRACTOR = f"pypdfium2 {pdfium.PYPDFIUM_INFO.version} pdfium {pdfium.PDFIUM_INFO.build}"
"""Name and version of what reads the text layer: part of `text_version`."""

MAX_PAGES = 500
PAGE_SEAM = "\n\f"
"""pdfium page texts end without a newline: without a seam the last word of a page glues to the next page."""

_STAMP = 200  # characters: what offices and fax machines print over a scan has fewer
_TAIL = 4096  # bytes: so much may stand behind the end mark of a complete file, whatever it looks like
_END = b"%%EOF"
_OBJECT = re.compile(rb"\d \d+ obj\b")
_ANOTHER = re.compile(rb"%%EOF[\s\x00]*%PDF-\d")


class PageText(NamedTuple):
    """The text of one page, and how sure OCR is of it where it was recognised.

    `margins` and `overlaid` are offsets of lines, as of `TextLayer`. `unread` says that there is something on the page
    that could not be read, `has_notes` that somebody wrote on it.
    """

    text: str
    confidence: PageConfidence | None
    margins: tuple[int, ...] = ()
    overlaid: tuple[int, ...] = ()
    unread: bool = False
    has_notes: bool = False


class PageRecogniser(Protocol):
    """Recognises the pages that are images."""

    def page(self, page: pdfium.PdfPage, number: int) -> OcrPage:
        """The text of a page, which is counted from 0; what it holds as text is not looked at where it is a scan."""


def read_pdf(data: bytes, recogniser: PageRecogniser | None = None) -> RawText:
    """The raw text of a PDF, page by page: its text layer, or, for pages that are images, what is recognised.

    An empty user password is tried, as the public letters need it.

    Raises:
        UnreadableError: `pdf_damaged`, `pdf_password`, `too_many_pages`, `file_too_large`, `image_too_large` or
            `no_text`.
        UnsupportedError: `needs_ocr` when a page shows more than its text layer says and there is no recogniser;
            `several_letters` when the file is several PDFs, or a portfolio of several.
        ResourceError: `timed_out`.
    """
    document = _open(_to_its_end(data))
    document.init_forms()
    try:
        attached = attached_files(document)
        if letter := letter_in_portfolio(document, attached):
            return read_pdf(letter, recogniser)
        pages = _page_texts(document, recogniser)
    except pdfium.PdfiumError as error:
        raise UnreadableError(Code.PDF_DAMAGED, "a page of the PDF cannot be read") from error
    finally:
        document.close()
    if not any(page.text.strip() for page in pages):
        raise UnreadableError(Code.NO_TEXT, "no page holds text or an image")
    raw = _joined(pages)
    return raw._replace(warnings=(*raw.warnings, WarningCode.ATTACHMENTS_UNREAD)) if attached else raw


def _to_its_end(data: bytes) -> bytes:
    """A PDF up to its end mark; what was appended by those who sent or stored it is no part of it.

    Raises:
        UnreadableError: `pdf_damaged`.
        UnsupportedError: `several_letters`.
    """
    if _ANOTHER.search(data):
        raise UnsupportedError(Code.SEVERAL_LETTERS, "the file is several PDFs, one after the other")
    end = data.rfind(_END)
    if end < 0 or (len(data) - end > _TAIL and _OBJECT.search(data, end)):
        # pdfium repairs a truncated file in silence and loses its last pages.
        raise UnreadableError(Code.PDF_DAMAGED, "the PDF ends before its end mark")
    return data[: end + len(_END)] + b"\n"


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
    try:
        layer = _text_layer(document, page)
        if not needs_recognition(page, layer.text):
            return PageText(layer.text, None, layer.margins, layer.overlaid, has_notes=layer.has_notes)
        if recogniser is None:
            raise UnsupportedError(Code.NEEDS_OCR, f"page {number + 1} is an image, or drawn without text")
        return _recognised(layer, recogniser.page(page, number))
    finally:
        page.close()


def _text_layer(document: pdfium.PdfDocument, page: pdfium.PdfPage) -> TextLayer:
    text_page = page.get_textpage()
    try:
        return text_layer(text_page, page.get_height(), notes_of(document, page))
    finally:
        text_page.close()


def _recognised(layer: TextLayer, page: OcrPage) -> PageText:
    """A page as it was recognised, and below that what lies on it as text: a stamp. Whatever says more is the page.

    More than a stamp may be somebody's words: it is cut as well, but not in silence.
    """
    said = layer.text.split() if is_legible(layer.text) else []
    if page.words < len(said):
        return PageText(layer.text, None, layer.margins, layer.overlaid, page.unread)
    stamps = [line for line in layer.text.splitlines() if line.strip()] if said and page.without_text else []
    text, overlaid = page.text, []
    for stamp in stamps:
        overlaid.append(len(text) + 1)
        text += f"\n{stamp}"
    confidence = PageConfidence(page.confidence, page.low_share, page.words)
    return PageText(text, confidence, (), tuple(overlaid), page.unread, _is_prose(stamps, page.text))


def _is_prose(over: list[str], recognised: str) -> bool:
    """Whether what lies on a scan is more than a stamp, and not what was recognised there once more."""
    words, known = " ".join(over).split(), set(recognised.split())
    return sum(map(len, over)) > _STAMP and 2 * sum(word not in known for word in words) > len(words)


def _joined(pages: list[PageText]) -> RawText:
    starts, margins, overlaid, offset = [], [], [], 0
    for page in pages:
        starts.append(offset)
        margins += [offset + line for line in page.margins]
        overlaid += [offset + line for line in page.overlaid]
        offset += len(page.text) + len(PAGE_SEAM)
    images = [page.confidence is not None for page in pages]
    origin = "ocr" if all(images) else "mixed" if any(images) else "text_layer"
    ocr = tuple(page.confidence for page in pages) if any(images) else ()
    text = PAGE_SEAM.join(page.text for page in pages)
    found = (
        (WarningCode.PAGE_UNREAD, any(page.unread for page in pages)),
        (WarningCode.NOTES_READ, any(page.has_notes for page in pages)),
    )
    warnings = tuple(code for code, holds in found if holds)
    return RawText(text, tuple(starts), len(pages), PDF, origin, ocr, frozenset(margins), frozenset(overlaid), warnings)
