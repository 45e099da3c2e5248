"""Row checks made from the declaration: all violations at once, so that only the letters at fault stay behind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from imr.tables.schema import COUNTED_FROM_ONE, FORMS, SPANS, Column, Table


class Violation(NamedTuple):
    """One check that some rows of one letter fail."""

    table: str
    column: str
    rule: str
    document_id: str


Check = tuple[str, str, pa.ChunkedArray]
"""Column, rule and which rows fail it; a null says that a row has nothing to fail with."""


def violations(table: Table, rows: pa.Table) -> list[Violation]:
    """Every check that the rows of a letters' table fail, once per letter, in the columns that they have."""
    found = dict.fromkeys(
        Violation(table.name, column, rule, document_id)
        for column, rule, failing in _checks(table, rows)
        for document_id in rows["document_id"].filter(failing).to_pylist()
    )
    return list(found)


def _checks(table: Table, rows: pa.Table) -> Iterator[Check]:
    names = set(rows.schema.names)
    for column in table.columns:
        if column.name in names:
            yield from _column_checks(column, rows[column.name])
    for start, end in SPANS:
        if {start, end} <= names:
            yield end, "must not be before its start", pc.less(rows[end], rows[start])
    if table.key:
        yield ",".join(table.key), "must be unique", _repeated(rows, table.key)


def _column_checks(column: Column, values: pa.ChunkedArray) -> Iterator[Check]:
    if not column.nullable and values.null_count:
        yield column.name, "must not be null", values.is_null()
    if column.values:
        yield column.name, "is not in its vocabulary", _foreign(values, pa.array(column.values, pa.string()))
    if column.name in FORMS:
        yield column.name, "has not its form", pc.invert(pc.match_substring_regex(values, FORMS[column.name]))
    if column.name in COUNTED_FROM_ONE:
        yield column.name, "is counted from 1", pc.less(values, 1)


def _foreign(values: pa.ChunkedArray, allowed: pa.Array) -> pa.ChunkedArray:
    """Rows whose value, or one of whose list's values, is not among the allowed ones."""
    if not pa.types.is_list(values.type):
        return pc.and_(pc.invert(pc.is_in(values, value_set=allowed)), values.is_valid())
    lists = values.combine_chunks()
    foreign = pc.invert(pc.is_in(pc.list_flatten(lists), value_set=allowed))
    rows = pc.list_parent_indices(lists).filter(foreign)
    return pc.is_in(pa.array(range(len(lists)), rows.type), value_set=rows)


def _repeated(rows: pa.Table, key: tuple[str, ...]) -> pa.ChunkedArray:
    """Rows of letters that have two rows of one key."""
    counts = rows.select(list(key)).group_by(list(key)).aggregate([([], "count_all")])
    repeated = counts.filter(pc.greater(counts["count_all"], 1))["document_id"].combine_chunks()
    return pc.is_in(rows["document_id"], value_set=repeated)
