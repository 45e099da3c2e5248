"""The reading step: bytes to raw text."""

from __future__ import annotations

from imr.reading.media import PDF, media_type
from imr.reading.packed import unpacked
from imr.reading.pdf import PageRecogniser, read_pdf
from imr.reading.plain_text import read_plain_text
from imr.records import RawText


def read(data: bytes, recogniser: PageRecogniser | None = None) -> RawText:
    """The raw text of one file, whatever kind it is, packed or not; pages that are images need a recogniser.

    Raises:
        LetterError: one of the codes of `unpacked`, `media_type`, `read_pdf` or `read_plain_text`.
    """
    data = unpacked(data)
    return read_pdf(data, recogniser) if media_type(data) == PDF else read_plain_text(data)
