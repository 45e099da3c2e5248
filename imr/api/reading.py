"""Reading one letter in this process, without a lake and without a run."""

from __future__ import annotations

import hashlib
import os
import threading
from pathlib import Path
from tempfile import TemporaryDirectory

from imr.api.letter import Letter, placed_values
from imr.errors import Code, UnsupportedError
from imr.reading.confidence import printed_numbers, reading_warnings
from imr.reading.ocr.cache import OcrCache
from imr.steps import CleanLetter, clean_letter, letter_records, placed_evidence, scan_letter, split_letter

_pdfium = threading.Lock()  # it is not thread-safe: threads that read at the same time crash


def read_letter(path: str | os.PathLike[str]) -> Letter:
    """Read one letter: a PDF or a text file, by what it holds and not by its name.

    Pages that are images are recognised where the `ocr` extra is installed, at some seconds a page; what was
    recognised is not kept. The file is read in this process, without the deadline and the memory limit that a run
    has: bring files of strangers into a lake with `imr run` instead.

    Args:
        path: The file.

    Raises:
        OSError: The file cannot be opened.
        LetterError: It is no letter, or none that can be read; `code` says why. `needs_ocr` is the code of a scan
            where the `ocr` extra is not installed.

    Examples:
        >>> import imr
        >>> letter = imr.read_letter("data_lake/landing/CM14-0900001.pdf")
        >>> letter
        <Letter CM14-0900001: overturned, 1 decisions>
        >>> letter.decisions[0].treatment_request
        'LIDODERM PATCHES 5% #60'
    """
    file = Path(path)
    with _pdfium:
        read = _read(file)
    scan = printed_numbers(read.raw.text) if read.raw.ocr else None
    parts = split_letter(read.clean.text, scanned=scan is not None).letter
    records = letter_records(read.clean, parts, file.name, scan)
    evidence = placed_evidence(records.evidence, read.clean)
    rows = (dict(zip(evidence, row, strict=True)) for row in zip(*evidence.values(), strict=True))
    return Letter(
        document_id=_sha256(file),
        source_name=file.name,
        text_origin=read.raw.text_origin,
        raw_text=read.raw.text,
        text=read.clean.text,
        sections=parts.sections,
        case=records.case,
        decisions=records.decisions,
        drugs=records.drugs,
        citations=records.citations,
        values=placed_values(rows, read.clean.text),
        warnings=(*reading_warnings(read.raw), *records.warnings),
    )


def _read(file: Path) -> CleanLetter:
    try:
        return clean_letter(file)
    except UnsupportedError as error:
        if error.code != Code.NEEDS_OCR:
            raise
    with TemporaryDirectory() as pages:
        return scan_letter(file, None, OcrCache(Path(pages)))


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
