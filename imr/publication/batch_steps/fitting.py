"""Records as their tables can hold them: a number that is larger than its column holds is null, and warned of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from imr.steps.extract import Columns, Records, rows_hash
from imr.tables.letters import CASES, CITATIONS, DECISIONS, DRUGS, PROVENANCE
from imr.tables.schema import LARGEST, Table
from imr.warnings import WarningCode

_ITEM_NUMBERS = {"drugs": "drug_number", "citations": "citation_number"}


class _Value(NamedTuple):
    """Whose a value is, as `provenance` names it."""

    table_name: str
    decision_number: int | None
    item_number: int | None
    field: str


def fitted(records: Records) -> Records:
    """The records without the numbers that their columns cannot hold, and without the evidence of these.

    A number that must be there stays: without it there is no row.
    """
    rows, gone = {**records.rows}, set[_Value]()
    for table in (CASES, DECISIONS, DRUGS, CITATIONS, PROVENANCE):
        for column, large in _too_large(table, rows[table.name]):
            gone |= {_value(table, rows[table.name], column, number) for number in large}
            values = rows[table.name][column]
            kept = [None if number in large else value for number, value in enumerate(values)]
            rows[table.name] = {**rows[table.name], column: kept}
    rows["provenance"] = _without(rows["provenance"], gone)
    warnings = tuple(dict.fromkeys((*records.warnings, WarningCode.NUMBER_TOO_LARGE)))
    return records._replace(rows=rows, warnings=warnings, sha256=rows_hash(rows))


def _too_large(table: Table, rows: Columns) -> Iterator[tuple[str, set[int]]]:
    """The columns that may be null and hold a number that is too large, with the places of these."""
    for column in table.columns:
        most = LARGEST.get(column.kind)
        if column.nullable and most and column.name in rows:
            values = enumerate(rows[column.name])
            if large := {number for number, value in values if value is not None and value > most}:
                yield column.name, large


def _value(table: Table, rows: Columns, column: str, number: int) -> _Value:
    item = _ITEM_NUMBERS.get(table.name)
    decision = rows["decision_number"][number] if "decision_number" in rows else None
    return _Value(table.name, decision, rows[item][number] if item else None, column)


def _without(provenance: Columns, gone: set[_Value]) -> Columns:
    """The rows of `provenance` but those of some values."""
    named = zip(*(provenance[name] for name in _Value._fields), strict=True)
    kept = [_Value(*names) not in gone for names in named]
    return {
        name: [value for value, is_kept in zip(values, kept, strict=True) if is_kept]
        for name, values in provenance.items()
    }
