"""The steps as a worker process runs them: one letter in, one plain record out, with a hash of the output."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import NamedTuple

from imr.cleaning.clean import clean
from imr.cleaning.offsets import page_of, raw_span
from imr.extraction.letter import extract
from imr.reading.read import read
from imr.records import CleanText, Evidence, Letter, RawText, SplitLetter
from imr.splitting.split import split


class CleanLetter(NamedTuple):
    """What the `ocr_cleanup` step makes of a letter's bytes."""

    raw: RawText
    clean: CleanText
    sha256: str


class Sections(NamedTuple):
    """What the `section_split` step makes of a clean text."""

    letter: SplitLetter
    sha256: str


class Place(NamedTuple):
    """Where a value's evidence stands: the raw span behind its clean span, and the page."""

    raw_start: int | None
    raw_end: int | None
    page: int | None


class Records(NamedTuple):
    """What the `extract` step makes of a letter's sections; `places` go with `letter.evidence`, one each."""

    letter: Letter
    places: tuple[Place, ...]
    sha256: str


def clean_letter(path: Path) -> CleanLetter:
    """Read and clean the file at a path of the raw store.

    Raises:
        LetterError: a code of `read`.
    """
    raw = read(path.read_bytes())
    cleaned = clean(raw)
    return CleanLetter(raw, cleaned, _digest(cleaned.text))


def split_letter(text: str) -> Sections:
    """Cut a clean text into its sections.

    Raises:
        UnsupportedError: a code of `split`.
    """
    letter = split(text)
    return Sections(letter, _digest(repr(letter)))


def extract_letter(cleaned: CleanText, letter: SplitLetter, source_name: str) -> Records:
    """Extract all records from a letter's sections, and place their evidence in the raw text."""
    records = extract(cleaned.text, letter, source_name)
    places = tuple(_place(cleaned, evidence) for evidence in records.evidence)
    return Records(records, places, _digest(repr(records)))


def _place(cleaned: CleanText, evidence: Evidence) -> Place:
    if evidence.start is None or evidence.end is None:
        return Place(None, None, None)
    return Place(*raw_span(cleaned, evidence.start, evidence.end), page_of(cleaned.page_starts, evidence.start))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
