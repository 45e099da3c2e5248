"""Caches of a lake as Parquet files: they may be deleted at any time, and one that is damaged counts as deleted."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from imr.errors import LakeError
from imr.lake.files import read_parquet


def cached_rows(path: Path, schema: pa.Schema) -> pa.Table:
    """The rows of a cache; none where there is none, or none that can be read. A column of later days is null."""
    rows = _readable(path, schema)
    return schema.empty_table() if rows is None else rows


def is_damaged(path: Path, schema: pa.Schema) -> bool:
    """Whether a cache is there and cannot be read as what it is."""
    return _readable(path, schema) is None


def _readable(path: Path, schema: pa.Schema) -> pa.Table | None:
    try:
        if not path.exists():
            return schema.empty_table()
        rows = read_parquet(path).replace_schema_metadata(None)
        if not set(schema.names) & set(rows.column_names):
            return None
        columns = [
            rows[field.name].cast(field.type)
            if field.name in rows.column_names
            else pa.nulls(rows.num_rows, field.type)
            for field in schema
        ]
    except (LakeError, OSError, pa.ArrowException):
        return None
    return pa.Table.from_arrays(columns, schema=schema)
