"""Caches of a lake as Parquet files: they may be deleted at any time, and one that is damaged counts as deleted."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from imr.errors import LakeError
from imr.lake.files import check_parquet, read_parquet, schema_of


def cached_rows(path: Path, schema: pa.Schema) -> pa.Table:
    """The rows of a cache; none where there is none, or none that can be read. A column of later days is null."""
    try:
        rows = read_parquet(path).replace_schema_metadata(None) if path.exists() else schema.empty_table()
        if not set(schema.names) & set(rows.column_names):
            return schema.empty_table()
        columns = [
            rows[field.name].cast(field.type)
            if field.name in rows.column_names
            else pa.nulls(rows.num_rows, field.type)
            for field in schema
        ]
    except (LakeError, OSError, pa.ArrowException):
        return schema.empty_table()
    return pa.Table.from_arrays(columns, schema=schema)


def is_damaged(path: Path, schema: pa.Schema) -> bool:
    """Whether a cache is there and cannot be read as what it is."""
    try:
        if not path.exists():
            return False
        check_parquet(path)
        return not set(schema.names) & set(schema_of(path).names)
    except (LakeError, OSError):
        return True
