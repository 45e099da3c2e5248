"""The `extract` step over a batch: sections to rows of all tables that extraction fills."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from imr.fingerprint import StepVersions
from imr.publication.batch_steps.fitting import fitted
from imr.publication.batch_steps.letter_slice import Done, LetterSlice, rows_of
from imr.publication.batch_steps.ocr_cleanup import OF_CLEAN_TEXT, clean_texts, scanned_letters
from imr.publication.batch_steps.section_split import OF_SECTIONS, split_letters
from imr.publication.derived import with_derived
from imr.records import LetterRef
from imr.steps.extract import Records, extract_letter
from imr.tables.letters import CASES, CITATIONS, COUNTED_ROWS, DECISIONS, DOCUMENTS, DRUGS, PROVENANCE
from imr.tables.schema import Table


class ExtractSlice(LetterSlice):
    """Extracts letters that could be split; what the steps before staged is given as `texts`, `reading`, `sections`
    and `splitting`, and the steps' `versions` with it.
    """

    def __init__(self, given: Mapping[str, Any], items: Sequence[Sequence[Any]]) -> None:
        super().__init__(given, items)
        self._texts = clean_texts(self.staged("texts", *OF_CLEAN_TEXT))
        self._reading = self.staged("reading", *_AS_READ, "printed_numbers", "warnings")
        self._scanned = scanned_letters(self._reading)
        sections = self.staged("sections", *OF_SECTIONS)
        self._letters = split_letters(self.staged("splitting", "letter_format", "warnings"), sections)

    def result(self, letter: LetterRef) -> Records:
        """A letter's records."""
        name = letter.document_id
        return extract_letter(self._texts[name], self._letters[name], letter.source_name, self._scanned.get(name))

    def tables(self, done: Done) -> dict[str, pa.Table]:
        """Rows of all tables that extraction fills."""
        char_counts = {document_id: len(clean.text) for document_id, clean in self._texts.items()}
        section_counts = {document_id: len(letter.sections) for document_id, letter in self._letters.items()}
        return record_tables(done, self._reading, char_counts, section_counts, StepVersions(*self.given["versions"]))

    def fitted(self, result: Records) -> Records:
        """The records without numbers that their columns cannot hold."""
        return fitted(result)


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
MADE = {"documents": STAGED_DOCUMENTS} | {t.name: t.schema for t in (CASES, DECISIONS, DRUGS, CITATIONS, PROVENANCE)}
"""The tables that the step makes of a batch."""

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
