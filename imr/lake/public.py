"""The public tables as they stand, for those who only read."""

from __future__ import annotations

import pyarrow as pa

from imr.lake.files import outdated, read_parquet
from imr.lake.layout import LakeLayout
from imr.tables.declaration import TABLES


def read_table(lake: LakeLayout, table: str, columns: list[str] | None = None) -> pa.Table:
    """All rows of a public table, of some columns if given; an empty table where it has no file yet.

    Raises:
        LakeError: `lake_damaged` when a file cannot be read, `lake_outdated` when it has other columns than declared.
    """
    empty = TABLES[table].schema.empty_table().select(columns or TABLES[table].schema.names)
    parts = [read_parquet(lake.file(partition), columns) for partition in lake.partitions(table)]
    try:
        return pa.concat_tables([part.replace_schema_metadata(None) for part in [empty, *parts]])
    except pa.ArrowInvalid as error:
        raise outdated(table) from error
