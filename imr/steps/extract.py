"""The `extract` step over one letter: sections to records, every value with the words it came from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import fields
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple

import orjson

from imr.cleaning.offsets import places
from imr.extraction.letter import extract
from imr.records import Case, Citation, CleanText, Decision, Drug, Evidence, ExtractedLetter, SplitLetter
from imr.repairing.tolerant_extraction import extract_tolerantly
from imr.splitting.unread import unread_share

Columns = dict[str, list[Any]]
"""Rows of one table, column by column: plain lists travel from a worker many times faster than records."""


class Records(NamedTuple):
    """What the step makes of a letter's sections: its rows by table, and what is doubtful about it."""

    rows: dict[str, Columns]
    warnings: tuple[str, ...]
    unread_share: float
    sha256: str


def extract_letter(
    cleaned: CleanText, letter: SplitLetter, source_name: str, scan: Sequence[str] | None = None
) -> Records:
    """Extract all records from a letter's sections as rows, and place their evidence in the raw text.

    The arguments are those of `letter_records`.
    """
    records = letter_records(cleaned, letter, source_name, scan)
    rows = {
        "cases": _columns([records.case], Case),
        "decisions": _columns(records.decisions, Decision),
        "drugs": _columns(records.drugs, Drug),
        "citations": _columns(records.citations, Citation),
        "provenance": placed_evidence(records.evidence, cleaned),
    }
    unread = unread_share(letter.sections, len(cleaned.text))
    return Records(rows, records.warnings, unread, rows_hash(rows))


def rows_hash(rows: dict[str, Columns]) -> str:
    """The hash of a letter's rows."""
    return hashlib.sha256(orjson.dumps(rows)).hexdigest()


def letter_records(
    cleaned: CleanText, letter: SplitLetter, source_name: str, scan: Sequence[str] | None = None
) -> ExtractedLetter:
    """Extract all records from a letter's sections.

    `scan` are, for a scanned letter, the case numbers printed on its pages; None for any other.
    """
    if scan is None:
        return extract(cleaned.text, letter, source_name)
    return extract_tolerantly(cleaned.text, letter, source_name, scan)


def _columns(records: Sequence[object], record: type) -> Columns:
    names, values_of = _columns_of(record)
    return _by_name(names, map(values_of, records))


@cache
def _columns_of(record: type) -> tuple[Sequence[str], attrgetter[tuple[Any, ...]]]:
    """The columns of a kind of record, and what takes their values from one."""
    names = [field.name for field in fields(record)]
    return names, attrgetter(*names)


def _by_name(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> Columns:
    columns = list(map(list, zip(*rows, strict=True))) or [[] for _ in names]
    return dict(zip(names, columns, strict=True))


def placed_evidence(evidence: Sequence[Evidence], cleaned: CleanText) -> Columns:
    """Rows of `provenance`: the evidence with the raw span behind each clean span, and its page."""
    columns = _by_name(Evidence._fields, evidence)
    starts, ends = columns["clean_start"], columns["clean_end"] = columns.pop("start"), columns.pop("end")
    return columns | _by_name(("raw_start", "raw_end", "page"), places(cleaned, starts, ends))
