"""The steps as a worker process runs them: one letter in, one plain record out, with a hash of the output."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import fields
from functools import cache, partial
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from imr.cleaning.clean import clean
from imr.cleaning.offsets import page_of, raw_span
from imr.errors import Code, UnsupportedError
from imr.extraction.letter import extract
from imr.reading.read import read
from imr.records import Case, Citation, CleanText, Decision, Drug, Evidence, RawText, SplitLetter
from imr.repairing.tolerant import extract_tolerantly, split_tolerantly
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


Columns = dict[str, list[Any]]
"""Rows of one table, column by column: plain lists travel from a worker many times faster than records."""


class Records(NamedTuple):
    """What the `extract` step makes of a letter's sections: its rows by table, and what is doubtful about it."""

    rows: dict[str, Columns]
    warnings: tuple[str, ...]
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
    return CleanLetter(raw, cleaned, _sha256(cleaned.text.encode("utf-8", "surrogatepass")))


def split_letter(text: str, scanned: bool = False) -> Sections:
    """Cut a clean text into its sections; a scanned letter's is read tolerantly.

    Raises:
        UnsupportedError: a code of `split`.
    """
    letter = split_tolerantly(text) if scanned else split(text)
    return Sections(
        letter, _sha256(orjson.dumps((letter.letter_format, list(map(tuple, letter.sections)), letter.warnings)))
    )


def extract_letter(
    cleaned: CleanText, letter: SplitLetter, source_name: str, scan: Sequence[str] | None = None
) -> Records:
    """Extract all records from a letter's sections, and place their evidence in the raw text.

    `scan` are, for a scanned letter, the case numbers printed on its pages; None for any other.
    """
    records = (
        extract(cleaned.text, letter, source_name)
        if scan is None
        else extract_tolerantly(cleaned.text, letter, source_name, scan)
    )
    rows = {
        "cases": _columns([records.case], _names(Case)),
        "decisions": _columns(records.decisions, _names(Decision)),
        "drugs": _columns(records.drugs, _names(Drug)),
        "citations": _columns(records.citations, _names(Citation)),
        "provenance": _provenance(records.evidence, cleaned),
    }
    return Records(rows, records.warnings, _sha256(orjson.dumps(rows)))


@cache
def _names(record: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(record))


def _columns(records: Sequence[object], names: Sequence[str]) -> Columns:
    values = map(attrgetter(*names), records)
    return _by_name(names, values)


def _by_name(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> Columns:
    columns = list(map(list, zip(*rows, strict=True))) or [[] for _ in names]
    return dict(zip(names, columns, strict=True))


def _provenance(evidence: Sequence[Evidence], cleaned: CleanText) -> Columns:
    """The evidence, placed: the raw span behind each clean span, and its page."""
    columns = _by_name(Evidence._fields, evidence)
    starts, ends = columns["clean_start"], columns["clean_end"] = columns.pop("start"), columns.pop("end")
    raw_positions = map(partial(_raw_position, cleaned), starts, ends)
    return columns | _by_name(("raw_start", "raw_end", "page"), raw_positions)


def _raw_position(cleaned: CleanText, start: int | None, end: int | None) -> tuple[int | None, int | None, int | None]:
    if start is None or end is None:
        return None, None, None
    return *raw_span(cleaned, start, end), page_of(cleaned.page_starts, start)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
