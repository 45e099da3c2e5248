"""Records to Arrow rows, as the declaration of their table says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any

import pyarrow as pa

from imr.cleaning.offsets import page_of
from imr.fingerprint import StepVersions
from imr.reading.confidence import mean_of_pages, printed_numbers, reading_warnings
from imr.records import CleanText, LetterRef, RawText, Section, SplitLetter
from imr.steps import CleanLetter, Records
from imr.tables.declaration import CASES, CITATIONS, DECISIONS, DOCUMENTS, DRUGS, PROVENANCE, SECTIONS, TEXTS
from imr.tables.schema import Table

Batch = Sequence[tuple[LetterRef, Any]]
"""The letters of a batch that a step could do, each with the step's result."""


def rows_of(table: Table, records: Sequence[object], columns: Mapping[str, Iterable[Any]]) -> pa.Table:
    """Rows of a table: the given columns, and each other one from the records' attribute of its name."""
    arrays = [
        pa.array(columns[field.name] if field.name in columns else map(attrgetter(field.name), records), field.type)
        for field in table.schema
    ]
    return pa.Table.from_arrays(arrays, schema=table.schema)


def text_rows(letters: Sequence[tuple[LetterRef, CleanLetter]]) -> pa.Table:
    """Rows of `texts`."""
    cleaned = [letter.clean for _, letter in letters]
    columns: dict[str, Iterable[Any]] = {
        "document_id": [ref.document_id for ref, _ in letters],
        "raw_text": [letter.raw.text for _, letter in letters],
        "clean_text": [clean.text for clean in cleaned],
        "page_ocr_confidences": [_of_pages(letter.raw, "mean") for _, letter in letters],
        "page_ocr_low_shares": [_of_pages(letter.raw, "low_share") for _, letter in letters],
    }
    return rows_of(TEXTS, cleaned, columns)


def _of_pages(raw: RawText, what: str) -> list[float | None] | None:
    """What OCR says of each page; null for a page with a text layer, and for a letter without OCR."""
    return [page and getattr(page, what) for page in raw.ocr] or None


READING = pa.schema(
    {
        "document_id": pa.string(),
        "media_type": pa.string(),
        "text_origin": pa.string(),
        "page_count": pa.int32(),
        "ocr_confidence": pa.float32(),
        "ocr_low_confidence_share": pa.float32(),
        "warnings": pa.list_(pa.string()),
        "printed_numbers": pa.list_(pa.string()),
    }
)
"""What the reading says of a letter besides its text: kept in the stage for the `documents` table."""


def reading_rows(letters: Sequence[tuple[LetterRef, CleanLetter]]) -> pa.Table:
    """How each letter was read."""
    raws: list[RawText] = [letter.raw for _, letter in letters]
    return pa.table(
        {
            "document_id": [ref.document_id for ref, _ in letters],
            "media_type": [raw.media_type for raw in raws],
            "text_origin": [raw.text_origin for raw in raws],
            "page_count": [raw.page_count for raw in raws],
            "ocr_confidence": [mean_of_pages(raw.ocr, "mean") for raw in raws],
            "ocr_low_confidence_share": [mean_of_pages(raw.ocr, "low_share") for raw in raws],
            "warnings": [list(reading_warnings(raw)) for raw in raws],
            "printed_numbers": [printed_numbers(raw.text) if raw.ocr else [] for raw in raws],
        },
        schema=READING,
    )


def clean_texts(texts: pa.Table) -> dict[str, CleanText]:
    """The clean texts in rows of `texts`, by document."""
    rows = texts.select(["document_id", "clean_text", "page_starts", "map_clean", "map_raw"])
    return {document_id: CleanText(*parts) for document_id, *parts in zip(*rows.to_pydict().values(), strict=True)}


def section_rows(letters: Batch, texts: Mapping[str, CleanText]) -> pa.Table:
    """Rows of `sections`."""
    placed = [
        (ref.document_id, number, section, texts[ref.document_id])
        for ref, letter in letters
        for number, section in enumerate(letter.letter.sections, 1)
    ]
    columns: dict[str, Iterable[Any]] = {
        "document_id": [document_id for document_id, _, _, _ in placed],
        "section_number": [number for _, number, _, _ in placed],
        "text": [clean.text[section.start : section.end] for _, _, section, clean in placed],
        "clean_start": [section.start for _, _, section, _ in placed],
        "clean_end": [section.end for _, _, section, _ in placed],
        "page_first": [page_of(clean.page_starts, section.start) for _, _, section, clean in placed],
        "page_last": [page_of(clean.page_starts, max(section.end - 1, 0)) for _, _, section, clean in placed],
    }
    return rows_of(SECTIONS, [section for _, _, section, _ in placed], columns)


def scanned_letters(reading: pa.Table) -> dict[str, list[str]]:
    """The documents of which a page was recognised, each with the case numbers printed on its pages."""
    rows = reading.select(["document_id", "text_origin", "printed_numbers"]).to_pylist()
    return {row["document_id"]: row["printed_numbers"] for row in rows if row["text_origin"] in ("ocr", "mixed")}


SPLITTING = pa.schema(
    {"document_id": pa.string(), "letter_format": pa.string(), "warnings": pa.list_(pa.string()), "sha256": pa.string()}
)
"""What the splitting says of a letter besides its sections."""


def splitting_rows(letters: Batch) -> pa.Table:
    """How each letter was split."""
    return pa.table(
        {
            "document_id": [ref.document_id for ref, _ in letters],
            "letter_format": [sections.letter.letter_format for _, sections in letters],
            "warnings": [list(sections.letter.warnings) for _, sections in letters],
            "sha256": [sections.sha256 for _, sections in letters],
        },
        schema=SPLITTING,
    )


def split_letters(splitting: pa.Table, sections: pa.Table) -> dict[str, SplitLetter]:
    """The split letters in the stage's rows, by document."""
    parts: dict[str, list[Section]] = {}
    columns = ["document_id", "section", "decision_number", "title", "clean_start", "clean_end"]
    for document_id, *section in zip(*sections.select(columns).to_pydict().values(), strict=True):
        parts.setdefault(document_id, []).append(Section(*section))
    return {
        row["document_id"]: SplitLetter(row["letter_format"], tuple(parts[row["document_id"]]), tuple(row["warnings"]))
        for row in splitting.to_pylist()
    }


def record_tables(
    letters: Sequence[tuple[LetterRef, Records]],
    reading: pa.Table,
    char_counts: Mapping[str, int],
    run_id: str,
    versions: StepVersions,
) -> dict[str, pa.Table]:
    """Rows of all tables that extraction fills, by table. What only the lake knows is set when they are published."""
    decisions = [len(records.rows["decisions"]["outcome"]) for _, records in letters]
    of_case = {
        name: [
            _case(records, name) for (_, records), count in zip(letters, decisions, strict=True) for _ in range(count)
        ]
        for name in ("case_number", "case_year", "decision_date")
    }
    return {
        "documents": _documents(letters, reading, char_counts, run_id, versions),
        "cases": _gathered(CASES, letters, {"is_latest": [True] * len(letters)}),
        "decisions": _gathered(DECISIONS, letters, {**of_case, "is_latest": [True] * sum(decisions)}),
        **{table.name: _gathered(table, letters, {}) for table in (DRUGS, CITATIONS, PROVENANCE)},
    }


def _case(records: Records, column: str) -> Any:  # noqa: ANN401 - whatever the column holds
    return records.rows["cases"][column][0]


def _gathered(table: Table, letters: Sequence[tuple[LetterRef, Records]], columns: dict[str, list[Any]]) -> pa.Table:
    """The rows of one table over all letters, each with its document; `columns` are those that records lack."""
    parts = [(ref.document_id, records.rows[table.name]) for ref, records in letters]
    gathered = {name: columns.get(name, []) for name in table.schema.names}
    for document_id, rows in parts:
        gathered["document_id"] += [document_id] * len(next(iter(rows.values())))
        for name in gathered.keys() & rows.keys():
            gathered[name] += rows[name]
    return rows_of(table, (), gathered)


_AS_READ = ("media_type", "text_origin", "page_count", "ocr_confidence", "ocr_low_confidence_share")


def _documents(
    letters: Sequence[tuple[LetterRef, Records]],
    reading: pa.Table,
    char_counts: Mapping[str, int],
    run_id: str,
    versions: StepVersions,
) -> pa.Table:
    read = {row["document_id"]: row for row in reading.to_pylist()}
    now, count = dt.datetime.now(dt.UTC), len(letters)
    refs = [ref for ref, _ in letters]
    of_case = ("letter_format", "case_number", "case_year")
    columns: dict[str, Iterable[Any]] = {
        **{name: [read[ref.document_id][name] for ref in refs] for name in _AS_READ},
        **{name: [_case(records, name) for _, records in letters] for name in of_case},
        "char_count": [char_counts[ref.document_id] for ref in refs],
        "warnings": [[*read[ref.document_id]["warnings"], *records.warnings] for ref, records in letters],
        "first_seen_at": [now] * count,
        "processed_at": [now] * count,
        "run_id": [run_id] * count,
        "text_version": [versions.text] * count,
        "split_version": [versions.split] * count,
        "extract_version": [versions.extract] * count,
    }
    return rows_of(DOCUMENTS, refs, columns)
