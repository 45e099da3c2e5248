"""Lakes of a few letters of no content, made without reading any: for tests of commits alone."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa

from imr.tables.schema import Table

SOME_VALUE: Mapping[str, Any] = {
    "string": "x",
    "strings": [],
    "offsets": [0],
    "int16": 1,
    "int32": 1,
    "int64": 1,
    "float64": 0.5,
    "bool": True,
    "instant": dt.datetime(2026, 1, 2, tzinfo=dt.UTC),
}


def document_id(number: int) -> str:
    """The id of a letter by its number."""
    return hashlib.sha256(str(number).encode()).hexdigest()


def rows_of(table: Table, rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Rows of a table; columns that a row does not name are null, or some value where they must not be."""
    needed = {
        column.name: column.values[0] if column.values and column.kind == "string" else SOME_VALUE[column.kind]
        for column in table.columns
        if not column.nullable
    }
    return pa.Table.from_pylist([{**needed, **row} for row in rows], schema=table.schema)
