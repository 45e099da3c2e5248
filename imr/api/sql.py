"""The tables of a lake as views of DuckDB, and nothing else within its reach."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import duckdb
import pyarrow as pa
import pyarrow.dataset as ds

from imr.errors import Code, LakeError
from imr.lake.files import UNREADABLE
from imr.lake.layout import LakeLayout
from imr.tables.declaration import TABLES
from imr.tables.schema import Table

_CHECKED = ds.ParquetFileFormat(page_checksum_verification=True)
_FOLDER_KEYS = {"case_year": pa.field("year", pa.int32()), "run_date": pa.field("date", pa.date32())}


def connect(lake: LakeLayout) -> duckdb.DuckDBPyConnection:
    """A connection on which each table of the lake is a view of its own name.

    SQL on it can read these tables and nothing else: it opens no other file, writes none and has no network.

    Raises:
        LakeError: `lake_damaged` when a table cannot be opened.
    """
    spill = Path(_scratch().name) / uuid4().hex  # DuckDB makes it when memory is short, and removes it
    connection = duckdb.connect(config={"temp_directory": str(spill)})
    for table in TABLES.values():
        connection.register(table.name, _rows(lake, table))
    # Arrow reads the files: a folder that DuckDB may read is one that COPY may write to, even from within a SELECT.
    for setting in ("timezone = 'UTC'", "enable_external_access = false", "lock_configuration = true"):
        connection.execute(f"SET {setting}")
    return connection


@cache
def _scratch() -> TemporaryDirectory[str]:
    """A folder of this process that nobody else may read; it goes with the process."""
    return TemporaryDirectory(prefix="imr-")


def _rows(lake: LakeLayout, table: Table) -> ds.Dataset | pa.Table:
    """A table's files, with the name of the folder as a column unless the table has one of that name itself."""
    folder = [_FOLDER_KEYS[table.partitioned_by]] if table.partitioned_by else []
    keys = pa.schema([key for key in folder if key.name not in table.schema.names])
    if not lake.partitions(table.name):
        return pa.schema([*table.schema, *keys]).empty_table()
    folders = ds.partitioning(keys, flavor="hive")
    try:
        return ds.dataset(lake.tables / table.name, format=_CHECKED, partitioning=folders)
    except UNREADABLE as error:
        raise LakeError(Code.LAKE_DAMAGED, f"{table.name} cannot be read") from error
