"""The reading step: bytes to raw text."""

from __future__ import annotations

from imr.reading.media import PDF, media_type
from imr.reading.pdf import read_pdf
from imr.reading.plain_text import read_plain_text
from imr.records import RawText


def read(data: bytes) -> RawText:
    """The raw text of one file, whatever kind it is.

    Raises:
        LetterError: one of the codes of `media_type`, `read_pdf` or `read_plain_text`.
    """
    return read_pdf(data) if media_type(data) == PDF else read_plain_text(data)
