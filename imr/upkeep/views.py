"""The tables of a lake or a release as SQL, file by file as they are: no column comes from a folder's name."""

from __future__ import annotations

import re
from pathlib import Path

from imr.lake.layout import LakeLayout
from imr.tables.schema import Table

_SQL_TYPES = {
    "string": "VARCHAR", "strings": "VARCHAR[]", "offsets": "INTEGER[]",
    "shares": "FLOAT[]", "int16": "SMALLINT", "int32": "INTEGER",
    "int64": "BIGINT", "float32": "FLOAT", "float64": "DOUBLE", "bool": "BOOLEAN", "date": "DATE",
    "instant": "TIMESTAMPTZ",
}  # fmt: skip


def rows_of(table: Table, lake: LakeLayout) -> str:
    """A SELECT of the declared columns of a table, and of `filename`; columns that the files lack are null."""
    typed = ", ".join(f'CAST(NULL AS {_SQL_TYPES[column.kind]}) AS "{column.name}"' for column in table.columns)
    empty = f"SELECT {typed}, '' AS filename WHERE false"
    paths = [_literally(lake.file(partition)) for partition in lake.partitions(table.name)]
    if not paths:
        return empty
    files = ", ".join(f"'{path}'" for path in paths)
    options = "hive_partitioning = false, union_by_name = true, filename = true"
    columns = ", ".join(f'"{name}"' for name in [*table.schema.names, "filename"])
    return f"SELECT {columns} FROM ({empty} UNION ALL BY NAME SELECT * FROM read_parquet([{files}], {options}))"


def _literally(path: Path) -> str:
    """A path within quotes that stands for itself: DuckDB takes each for a glob."""
    return re.sub(r"[\[*?]", r"[\g<0>]", str(path)).replace("'", "''")
