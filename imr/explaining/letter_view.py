"""What the page of one letter shows: its text in stretches, and its rows with the evidence of each value."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from imr.cleaning.offsets import cut_lines
from imr.explaining.marks import Mark, Stretch, stretches
from imr.lake.layout import LakeLayout
from imr.lake.lookup import Row, letter_rows
from imr.records import CleanText
from imr.splitting.unread import UNREAD

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

_SHOWN_TABLES = ("texts", "provenance", "sections", *_GROUP_OF_TABLE)
_NOT_SHOWN = {"document_id", "is_latest"}
# What the rows of a decision say over again of their letter and in their title.
_SAID_ABOVE = {"case_number", "case_year", "decision_date", "decision_number", "drug_number", "citation_number"}


class ShownValue(NamedTuple):
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
    values: tuple[ShownValue, ...]
    bare: str | None


class ShownRecord(NamedTuple):
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
    records: tuple[ShownRecord, ...]
    values: tuple[ShownValue, ...]


def letter_view(lake: LakeLayout, document: Row) -> LetterView:
    """Gather the rows of one published document.

    Raises:
        LakeError: `lake_damaged` when a table cannot be read.
    """
    rows = {name: letter_rows(lake, name, document).to_pylist() for name in _SHOWN_TABLES}
    (words,) = rows["texts"]
    evidence = [_value(number, row) for number, row in enumerate(rows["provenance"])]
    sections = {row["clean_start"]: _section_name(row) for row in reversed(rows["sections"])}
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
        tuple(_records(rows, evidence)),
        tuple(evidence),
    )


def _section_name(row: Row) -> str:
    if row["title"] == UNREAD:
        return UNREAD
    number = f" {row['decision_number']}" if row["decision_number"] else ""
    title = f": {row['title']}" if row["decision_number"] and row["title"] else ""
    return f"{row['section'].replace('_', ' ')}{number}{title}"


def _value(number: int, row: Row) -> ShownValue:
    group = _group(row["table_name"], row["field"])
    return ShownValue(number, group, f"{row['table_name']}.{row['field']}", row["value"], row)


def _group(table: str, field: str) -> str:
    return next((group for group, fields in _GROUPS.items() if field in fields), _GROUP_OF_TABLE[table])


_ByCell = dict[tuple[str, int | None, int | None, str], list[ShownValue]]


def _records(rows: Mapping[str, list[Row]], values: Sequence[ShownValue]) -> Iterable[ShownRecord]:
    """The case, then each decision followed by its drugs and citations."""
    by_cell: _ByCell = defaultdict(list)
    for value in values:
        row = value.evidence
        by_cell[row["table_name"], row["decision_number"], row["item_number"], row["field"]].append(value)
    for case in rows["cases"]:
        yield _record("Case", "cases", case, (None, None), by_cell)
    for row in sorted(rows["decisions"], key=lambda row: row["decision_number"]):
        number = row["decision_number"]
        yield _record(f"Decision {number}", "decisions", row, (number, None), by_cell)
        for table, title, item in (("drugs", "Drug", "drug_number"), ("citations", "Citation", "citation_number")):
            of_decision = [other for other in rows[table] if other["decision_number"] == number]
            for other in sorted(of_decision, key=lambda other: other[item]):
                yield _record(f"{title} {number}.{other[item]}", table, other, (number, other[item]), by_cell)


def _record(title: str, table: str, row: Row, place: tuple[int | None, int | None], by_cell: _ByCell) -> ShownRecord:
    hidden = _NOT_SHOWN if table == "cases" else _NOT_SHOWN | _SAID_ABOVE
    return ShownRecord(
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
