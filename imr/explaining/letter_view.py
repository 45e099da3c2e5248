"""What the page of one letter shows: its text in stretches, and its rows with the evidence of each value."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import pyarrow.compute as pc

from imr.cleaning.offsets import cut_lines
from imr.explaining.marks import Mark, Stretch, stretches
from imr.lake.layout import LakeLayout
from imr.lake.public import read_table
from imr.records import CleanText
from imr.splitting.unread import UNREAD

Row = dict[str, Any]

_GROUPS = {
    "reviewer": ("reviewer_specialties", "reviewer_licensed_states"),
    "patient": ("patient_age", "patient_sex", "diagnoses", "clinical_case_summary"),
    "outcome": ("outcome", "states_medically_necessary", "outcome_matches_rationale", "rationale"),
    "kind": ("treatment_category", "treatment_subcategory", "body_parts", "laterality"),
    "guideline": (
        "claims_administrator_basis", "reviewer_basis", "claims_administrator_cites_none", "reviewer_cites_none",
    ),
}  # fmt: skip
_GROUP_OF_TABLE = {"cases": "case", "decisions": "request", "drugs": "drug", "citations": "guideline"}
GROUPS = ("case", "reviewer", "patient", "request", "kind", "outcome", "drug", "guideline")
"""The colours of the page: what a value is about."""

_NOT_SHOWN = {"document_id", "is_latest"}
# What the rows of a decision say over again of their letter and in their title.
_SAID_ABOVE = {"case_number", "case_year", "decision_date", "decision_number", "drug_number", "citation_number"}


class Value(NamedTuple):
    """One extracted value: where it stands and how it was read; a value of the file name stands nowhere."""

    number: int
    group: str
    name: str
    """Its table and field."""
    text: str
    evidence: Row

    @property
    def mark(self) -> Mark | None:
        """Where its words are in the clean text."""
        start, end = self.evidence["clean_start"], self.evidence["clean_end"]
        return None if start is None else Mark(start, end, self.number)


class Cell(NamedTuple):
    """One field of a row: its values with their evidence, or the bare value of a field that has none."""

    field: str
    group: str
    values: tuple[Value, ...]
    bare: str | None


class Record(NamedTuple):
    """One row of a table, field by field."""

    title: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class LetterView:
    """Everything that the page shows of one letter."""

    document: Row
    text: str
    stretches: tuple[Stretch, ...]
    page_starts: dict[int, int]
    """Page numbers from 2 by the offset at which they begin."""
    sections: dict[int, str]
    """The kinds of the sections by the offset at which they begin."""
    furniture: dict[int, str]
    """What was printed and taken for page furniture, by the offset at which it stood."""
    records: tuple[Record, ...]
    values: tuple[Value, ...]


def letter_view(lake: LakeLayout, document: Row) -> LetterView:
    """Gather the rows of one published document.

    Raises:
        LakeError: `lake_damaged` when a table cannot be read.
    """
    key = document["document_id"]
    (words,) = _rows(lake, "texts", key)
    evidence = [_value(number, row) for number, row in enumerate(_rows(lake, "provenance", key))]
    sections = {row["clean_start"]: _section_name(row) for row in reversed(_rows(lake, "sections", key))}
    pages = {start: number for number, start in enumerate(words["page_starts"][1:], 2)}
    marks = [value.mark for value in evidence if value.mark]
    clean = CleanText(*(words[name] for name in ("clean_text", "page_starts", "map_clean", "map_raw")))
    furniture = dict(cut_lines(words["raw_text"], clean))
    return LetterView(
        document,
        words["clean_text"],
        tuple(stretches(len(words["clean_text"]), marks, [*pages, *sections, *furniture])),
        pages,
        sections,
        furniture,
        tuple(_records(lake, key, evidence)),
        tuple(evidence),
    )


def find_documents(lake: LakeLayout, wanted: str) -> list[Row]:
    """The published documents that a case number, a file's name or (the beginning of) a document id means.

    The newest letter of a case comes first.
    """
    rows = read_table(lake, "documents")
    mask = pc.or_(pc.equal(rows["source_name"], wanted), pc.equal(rows["document_id"], wanted.lower()))
    mask = pc.or_kleene(mask, pc.equal(rows["case_number"], wanted.upper()))
    if len(wanted) >= 8:
        mask = pc.or_kleene(mask, pc.starts_with(rows["document_id"], wanted.lower()))
    latest = read_table(lake, "cases", ["document_id", "is_latest"]).to_pylist()
    is_latest = {row["document_id"]: row["is_latest"] for row in latest}
    return sorted(rows.filter(mask).to_pylist(), key=lambda row: not is_latest.get(row["document_id"]))


def _rows(lake: LakeLayout, table: str, document_id: str) -> list[Row]:
    rows = read_table(lake, table)
    return list(rows.filter(pc.equal(rows["document_id"], document_id)).to_pylist())


def _section_name(row: Row) -> str:
    if row["title"] == UNREAD:
        return UNREAD
    number = f" {row['decision_number']}" if row["decision_number"] else ""
    title = f": {row['title']}" if row["decision_number"] and row["title"] else ""
    return f"{row['section'].replace('_', ' ')}{number}{title}"


def _value(number: int, row: Row) -> Value:
    group = _group(row["table_name"], row["field"])
    return Value(number, group, f"{row['table_name']}.{row['field']}", row["value"], row)


def _group(table: str, field: str) -> str:
    return next((group for group, fields in _GROUPS.items() if field in fields), _GROUP_OF_TABLE[table])


Evidence = dict[tuple[str, int | None, int | None, str], list[Value]]


def _records(lake: LakeLayout, key: str, values: Sequence[Value]) -> Iterable[Record]:
    """The case, then each decision followed by its drugs and citations."""
    by_cell: Evidence = defaultdict(list)
    for value in values:
        row = value.evidence
        by_cell[row["table_name"], row["decision_number"], row["item_number"], row["field"]].append(value)
    for case in _rows(lake, "cases", key):
        yield _record("Case", "cases", case, (None, None), by_cell)
    drugs, citations = _rows(lake, "drugs", key), _rows(lake, "citations", key)
    for row in sorted(_rows(lake, "decisions", key), key=lambda row: row["decision_number"]):
        number = row["decision_number"]
        yield _record(f"Decision {number}", "decisions", row, (number, None), by_cell)
        for table, title, item, rows in (
            ("drugs", "Drug", "drug_number", drugs),
            ("citations", "Citation", "citation_number", citations),
        ):
            for other in sorted((r for r in rows if r["decision_number"] == number), key=lambda r: r[item]):
                yield _record(f"{title} {number}.{other[item]}", table, other, (number, other[item]), by_cell)


def _record(title: str, table: str, row: Row, place: tuple[int | None, int | None], by_cell: Evidence) -> Record:
    hidden = _NOT_SHOWN if table == "cases" else _NOT_SHOWN | _SAID_ABOVE
    return Record(
        title,
        tuple(
            Cell(field, _group(table, field), tuple(by_cell.get((table, *place, field), ())), _bare(value))
            for field, value in row.items()
            if field not in hidden
        ),
    )


def _bare(value: object) -> str | None:
    """A value as the page prints it where nothing marks its words."""
    match value:
        case None | []:
            return None
        case bool():
            return "true" if value else "false"
        case list():
            return ", ".join(map(str, value))
        case float():
            return f"{value:g}"
        case dt.date():
            return value.isoformat()
        case _:
            return str(value)
