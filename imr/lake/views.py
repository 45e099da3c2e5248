"""The tables of a lake or a release as SQL, file by file as they are: no column comes from a folder's name."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from imr.errors import Code, LakeError
from imr.lake.layout import LakeLayout, Partition
from imr.tables.declaration import TABLES
from imr.tables.schema import Table

if TYPE_CHECKING:
    import duckdb

_MEMORY = "1GB"
"""What DuckDB may take; what needs more goes to the disk meanwhile."""
_BATCH = 1 << 14  # rows

_SQL_TYPES = {
    "string": "VARCHAR", "strings": "VARCHAR[]", "offsets": "INTEGER[]",
    "shares": "FLOAT[]", "int16": "SMALLINT", "int32": "INTEGER",
    "int64": "BIGINT", "float32": "FLOAT", "float64": "DOUBLE", "bool": "BOOLEAN", "date": "DATE",
    "instant": "TIMESTAMPTZ",
}  # fmt: skip


@contextmanager
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB of our own for questions about whole tables: a lake of any size is asked in the same memory."""
    import duckdb  # workers, which import this module, ask nothing

    with TemporaryDirectory(prefix="imr-") as spill, duckdb.connect(config={"temp_directory": spill}) as connection:
        for setting in ("TimeZone = 'UTC'", f"memory_limit = '{_MEMORY}'", "preserve_insertion_order = false"):
            connection.execute(f"SET {setting}")
        yield connection


def rows_where(
    lake: LakeLayout, table: str, condition: str, values: Mapping[str, object], columns: Sequence[str] | None = None
) -> Iterator[pa.Table]:
    """The rows of a table for which an SQL condition holds, of some columns if given, piece by piece.

    `$name` in the condition stands for a value.

    Raises:
        LakeError: `lake_damaged` when a file cannot be read.
        duckdb.Error: the question itself is wrong, or takes too much memory.
    """
    import duckdb

    schema = TABLES[table].schema.remove_metadata()
    schema = pa.schema([schema.field(name) for name in columns or schema.names])
    named = ", ".join(f'"{name}"' for name in schema.names)
    question = f"SELECT {named} FROM ({{}}) WHERE {condition}"
    with database() as connection:
        # Asked without any file first: what is wrong then is wrong with the question.
        connection.sql(question.format(rows_of(TABLES[table], lake, ())), params=dict(values)).fetchall()
        sql = question.format(rows_of(TABLES[table], lake))
        try:
            pieces: Any = connection.sql(sql, params=dict(values)).to_arrow_reader(_BATCH)
            yield from (pa.Table.from_batches([piece]).cast(schema) for piece in pieces)
        except duckdb.OutOfMemoryException:
            raise
        except duckdb.Error as error:
            raise LakeError(Code.LAKE_DAMAGED, f"{table} cannot be read") from error


def rows_with(lake: LakeLayout, table: str, column: str, values: Collection[str]) -> pa.Table:
    """The rows of a table that have one of some values in a column; raises as `rows_where`."""
    condition = f'"{column}" IN (SELECT unnest($wanted))'
    found = rows_where(lake, table, condition, {"wanted": list(values)}) if values else ()
    return pa.concat_tables([TABLES[table].schema.remove_metadata().empty_table(), *found])


def rows_of(table: Table, lake: LakeLayout, among: Collection[Partition] | None = None) -> str:
    """A SELECT of the declared columns of a table, and of `filename`; columns that the files lack are null.

    The table is read from all its files, or only from those that are `among` some.
    """
    typed = ", ".join(f'CAST(NULL AS {_SQL_TYPES[column.kind]}) AS "{column.name}"' for column in table.columns)
    empty = f"SELECT {typed}, '' AS filename WHERE false"
    partitions = lake.partitions(table.name) if among is None else among
    paths = [_literally(lake.file(partition)) for partition in partitions]
    if not paths:
        return empty
    files = ", ".join(f"'{path}'" for path in paths)
    options = "hive_partitioning = false, union_by_name = true, filename = true"
    columns = ", ".join(f'"{name}"' for name in [*table.schema.names, "filename"])
    return f"SELECT {columns} FROM ({empty} UNION ALL BY NAME SELECT * FROM read_parquet([{files}], {options}))"


def _literally(path: Path) -> str:
    """A path within quotes that stands for itself: DuckDB takes each for a glob, and a `~` before it for home."""
    return re.sub(r"[\[*?]", r"[\g<0>]", str(path.absolute())).replace("'", "''")
