"""The `ocr_cleanup` step over one letter: bytes to raw text, raw text to clean text, with the map between."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import NamedTuple

from imr.cleaning.clean import clean
from imr.errors import Code, MachineError, UnsupportedError
from imr.reading.ocr.cache import OcrCache
from imr.reading.read import read
from imr.records import CleanText, RawText


class CleanLetter(NamedTuple):
    """What the step makes of a letter's bytes."""

    raw: RawText
    clean: CleanText
    sha256: str


def clean_letter(path: Path, sha256: str | None = None) -> CleanLetter:
    """Read and clean a file; `sha256` is the hash of its bytes where that is known.

    Raises:
        LetterError: a code of `read`; `machine_failed` where the bytes are not those of the hash.
    """
    return _cleaned(read(_bytes(path, sha256)))


def scan_letter(path: Path, sha256: str | None, pages: OcrCache) -> CleanLetter:
    """The same for a letter with pages that are images; recognised `pages` are kept.

    Raises:
        LetterError: as `clean_letter`; `needs_ocr` where the `ocr` extra is not installed.
        LakeError: `lake_write_failed` when a recognised page cannot be kept.
    """
    try:
        from imr.reading.ocr.recognition import Recogniser  # large, and most letters need none of it
    except ModuleNotFoundError as error:  # one that is installed and cannot be loaded is the machine's fault
        raise UnsupportedError(Code.NEEDS_OCR, "to read scans, install imr-letters[ocr]") from error
    return _cleaned(read(_bytes(path, sha256), Recogniser(pages)))


def _bytes(path: Path, sha256: str | None) -> bytes:
    data = path.read_bytes()
    if sha256 and hashlib.sha256(data).hexdigest() != sha256:  # what a disk did to a letter says nothing of it
        raise MachineError(Code.MACHINE_FAILED, "the bytes in the lake are not those that were fetched")
    return data


def _cleaned(raw: RawText) -> CleanLetter:
    cleaned = clean(raw)
    return CleanLetter(raw, cleaned, hashlib.sha256(cleaned.text.encode("utf-8", "surrogatepass")).hexdigest())
