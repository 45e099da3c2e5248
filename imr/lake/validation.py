"""Row checks made from the declaration: all violations at once, so that only the letters at fault stay behind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from imr.lake.schema import Table

_SPANS = (("clean_start", "clean_end"), ("raw_start", "raw_end"))
_PATTERNS = {"document_id": "^[0-9a-f]{64}$", "case_number": r"^CM\d{2}-\d{7}$"}
_COUNTED_FROM_ONE = ("decision_number", "drug_number", "citation_number", "section_number")


class Violation(NamedTuple):
    """One check that some rows of one letter fail."""

    table: str
    column: str
    rule: str
    document_id: str


def violations(table: Table, rows: pa.Table) -> list[Violation]:
    """Every check that the rows of a table fail, once per letter."""
    found = dict.fromkeys(
        Violation(table.name, column, rule, document_id)
        for column, rule, failing in _checks(table, rows)
        for document_id in rows["document_id"].filter(failing).to_pylist()
    )
    return list(found)


def _checks(table: Table, rows: pa.Table) -> Iterator[tuple[str, str, pa.ChunkedArray]]:
    """Column, rule and which rows fail it."""
    for column in table.columns:
        values = rows[column.name]
        if not column.nullable and values.null_count:
            yield column.name, "must not be null", values.is_null()
        if column.values and pa.types.is_string(values.type):
            allowed = pa.array(column.values, pa.string())
            yield column.name, "is not in its vocabulary", _fails(pc.is_in(values, value_set=allowed), values)
        if column.name in _PATTERNS and pa.types.is_string(values.type):
            yield column.name, "has not its form", _fails(pc.match_substring_regex(values, _PATTERNS[column.name]), values)
        if column.name in _COUNTED_FROM_ONE:
            yield column.name, "is counted from 1", pc.less(values, 1).fill_null(False)
    names = set(rows.schema.names)
    for start, end in _SPANS:
        if {start, end} <= names:
            yield end, "must not be before its start", pc.less(rows[end], rows[start]).fill_null(False)
    if table.key:
        yield ",".join(table.key), "must be unique", _repeated(rows, table.key)


def _fails(holds: pa.ChunkedArray, values: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.and_(pc.invert(holds), values.is_valid()).fill_null(False)


def _repeated(rows: pa.Table, key: tuple[str, ...]) -> pa.ChunkedArray:
    """Rows whose key another row has too."""
    counts = rows.select(list(key)).group_by(list(key)).aggregate([([], "count_all")])
    repeated = counts.filter(pc.greater(counts["count_all"], 1))["document_id"].combine_chunks()
    return pc.is_in(rows["document_id"], value_set=repeated)
