"""The `extract` step over a batch: sections to rows of all tables that extraction fills."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from imr.fingerprint import StepVersions, step_versions
from imr.publication.batch_steps.fitting import fitted
from imr.publication.batch_steps.ocr_cleanup import clean_texts, scanned_letters
from imr.publication.batch_steps.section_split import split_letters
from imr.publication.batch_steps.work import BatchStep, Done, Work, rows_of
from imr.publication.derived import with_derived
from imr.publication.events import output_hashes
from imr.records import CleanText, LetterRef
from imr.steps.extract import Records, extract_letter
from imr.tables.letters import CASES, CITATIONS, COUNTED_ROWS, DECISIONS, DOCUMENTS, DRUGS, PROVENANCE
from imr.tables.schema import Table

if TYPE_CHECKING:
    from imr.lake.stage import StageStore
    from imr.publication.batches import LetterBatch


def extract_step(batch: LetterBatch, stage: StageStore) -> BatchStep:
    """Extract the records of the letters of a batch that could be split."""
    read_in, split_in = batch.key("ocr_cleanup"), batch.key("section_split")

    def prepare() -> Work:
        sections = stage.get("section_split", split_in, "sections")
        letters = split_letters(stage.get("section_split", split_in, "splitting"), sections)
        refs = [ref for ref in batch.letters if ref.document_id in letters]
        scanned = scanned_letters(stage.get("ocr_cleanup", read_in, "reading"))
        items = [
            (texts()[ref.document_id], letters[ref.document_id], ref.source_name, scanned.get(ref.document_id))
            for ref in refs
        ]
        return Work(refs, items, output_hashes(stage.get("section_split", split_in, "lineage")))

    def tables(done: Done) -> dict[str, pa.Table]:
        reading = stage.get("ocr_cleanup", read_in, "reading")
        char_counts = {document_id: len(clean.text) for document_id, clean in texts().items()}
        section_counts = Counter(
            stage.get("section_split", split_in, "sections", ["document_id"])["document_id"].to_pylist()
        )
        return record_tables(done, reading, char_counts, section_counts, step_versions())

    @cache
    def texts() -> dict[str, CleanText]:
        return clean_texts(stage.get("ocr_cleanup", read_in, "texts"))

    return BatchStep("extract", _MADE, extract_letter, prepare, tables, fitted=fitted)


_MADE = tuple(table.name for table in (DOCUMENTS, CASES, DECISIONS, DRUGS, CITATIONS, PROVENANCE))


def record_tables(
    letters: Sequence[tuple[LetterRef, Records]],
    reading: pa.Table,
    char_counts: Mapping[str, int],
    section_counts: Mapping[str, int],
    versions: StepVersions,
) -> dict[str, pa.Table]:
    """Rows of all tables that extraction fills, by table. What only the lake or the run that publishes them knows is
    set when they are published.
    """
    decisions = [len(records.rows["decisions"]["outcome"]) for _, records in letters]
    of_case = {
        name: [
            _case(records, name) for (_, records), count in zip(letters, decisions, strict=True) for _ in range(count)
        ]
        for name in ("case_number", "case_year", "decision_date")
    }
    read = {
        "cases": _gathered(CASES, letters, {"is_latest": [True] * len(letters)}),
        "decisions": _gathered(DECISIONS, letters, {**of_case, "is_latest": [True] * sum(decisions)}),
        **{table.name: _gathered(table, letters, {}) for table in (DRUGS, CITATIONS)},
    }
    return {
        "documents": _documents(letters, reading, char_counts, section_counts, versions),
        **with_derived(read),
        "provenance": _gathered(PROVENANCE, letters, {}),
    }


def _case(records: Records, column: str) -> Any:  # noqa: ANN401 - whatever the column holds
    return records.rows["cases"][column][0]


def _gathered(table: Table, letters: Sequence[tuple[LetterRef, Records]], columns: dict[str, list[Any]]) -> pa.Table:
    """The rows of one table over all letters, each with its document; `columns` are of those that records lack, and
    what neither has is null."""
    parts = [(ref.document_id, records.rows[table.name]) for ref, records in letters]
    gathered = {name: columns.get(name, []) for name in table.schema.names}
    for document_id, rows in parts:
        gathered["document_id"] += [document_id] * len(next(iter(rows.values())))
        for name in gathered.keys() & rows.keys():
            gathered[name] += rows[name]
    nulls = [None] * len(gathered["document_id"])
    return rows_of(table.schema, (), {name: values or nulls for name, values in gathered.items()})


OF_THE_RUN = ("run_id", "first_seen_at")
"""The columns of `documents` that are filled by the run that publishes the rows: others may use the stage again."""

STAGED_DOCUMENTS = pa.schema([column for column in DOCUMENTS.schema if column.name not in OF_THE_RUN])


def _rows(records: Records, table: str) -> int:
    return len(next(iter(records.rows[table].values())))


_COUNTED_HERE = {column: table for column, table in COUNTED_ROWS.items() if table != "sections"}
_AS_READ = ("media_type", "text_origin", "page_count", "ocr_confidence", "ocr_low_confidence_share")


def _documents(
    letters: Sequence[tuple[LetterRef, Records]],
    reading: pa.Table,
    char_counts: Mapping[str, int],
    section_counts: Mapping[str, int],
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
        "section_count": [section_counts[ref.document_id] for ref in refs],
        **{name: [_rows(records, table) for _, records in letters] for name, table in _COUNTED_HERE.items()},
        "unread_share": [records.unread_share for _, records in letters],
        "warnings": [[*read[ref.document_id]["warnings"], *records.warnings] for ref, records in letters],
        "processed_at": [now] * count,
        "text_version": [versions.text] * count,
        "split_version": [versions.split] * count,
        "extract_version": [versions.extract] * count,
    }
    return rows_of(STAGED_DOCUMENTS, refs, columns)
