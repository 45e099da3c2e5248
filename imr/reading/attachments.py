"""Files in a PDF: most often none; in a portfolio the PDF is but a cover, and they are what was sent."""

from __future__ import annotations

from collections.abc import Sequence

import pypdfium2 as pdfium

from imr.errors import Code, UnreadableError, UnsupportedError
from imr.reading.media import MAX_BYTES, PDF, looks_like

_COVER = 1000  # characters: no letter is so short, and what the makers of portfolios print on a cover is


def attached_files(document: pdfium.PdfDocument) -> list[bytes]:
    """The files that are attached to a document.

    Raises:
        UnreadableError: `file_too_large`.
    """
    files, room = [], MAX_BYTES
    for number in range(document.count_attachments()):
        files.append(bytes(document.get_attachment(number).get_data()))
        room -= len(files[-1])
        if room < 0:
            raise UnreadableError(Code.FILE_TOO_LARGE, f"the attached files hold more than {MAX_BYTES} bytes")
    return files


def letter_in_portfolio(document: pdfium.PdfDocument, attached: Sequence[bytes]) -> bytes | None:
    """The one PDF that is attached to a document which is but a cover; None for any other document.

    Raises:
        UnsupportedError: `several_letters` where several PDFs are attached to a cover.
    """
    letters = [data for data in attached if looks_like(data) == PDF]
    if not letters or not _is_cover(document):
        return None
    if len(letters) > 1:
        raise UnsupportedError(Code.SEVERAL_LETTERS, f"the file is a portfolio of {len(letters)} PDFs")
    return letters[0]


def _is_cover(document: pdfium.PdfDocument) -> bool:
    size = 0
    for page in document:
        text_page = page.get_textpage()
        size += text_page.count_chars()
        text_page.close()
        page.close()
        if size >= _COVER:
            return False
    return True
