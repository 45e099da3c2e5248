"""The `ocr_cleanup` step over one letter: bytes to raw text, raw text to clean text, with the map between."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import NamedTuple

from imr.cleaning.clean import clean
from imr.errors import Code, UnsupportedError
from imr.reading.read import read
from imr.records import CleanText, RawText


class CleanLetter(NamedTuple):
    """What the step makes of a letter's bytes."""

    raw: RawText
    clean: CleanText
    sha256: str


def clean_letter(path: Path) -> CleanLetter:
    """Read and clean the file at a path of the raw store.

    Raises:
        LetterError: a code of `read`.
    """
    return _cleaned(read(path.read_bytes()))


def scan_letter(path: Path, ocr: Path) -> CleanLetter:
    """The same for a letter with pages that are images; `ocr` is the folder in which recognised pages are kept.

    Raises:
        LetterError: a code of `read`; `needs_ocr` where the `ocr` extra is not installed.
    """
    try:
        from imr.reading.ocr.recognition import Recogniser, document_cache  # large, and most letters need none of it
    except ImportError as error:
        raise UnsupportedError(Code.NEEDS_OCR, "to read scans, install imr-letters[ocr]") from error
    return _cleaned(read(path.read_bytes(), Recogniser(document_cache(ocr, path.stem))))


def _cleaned(raw: RawText) -> CleanLetter:
    cleaned = clean(raw)
    return CleanLetter(raw, cleaned, hashlib.sha256(cleaned.text.encode("utf-8", "surrogatepass")).hexdigest())
