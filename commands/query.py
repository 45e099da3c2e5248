"""`imr query`: SQL over the public tables."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa

from commands.console import print_json, print_table
from imr.lake.layout import Lake
from imr.lake.tables import TABLES


class QueryError(ValueError):
    """The SQL cannot be run; the message is DuckDB's."""


def query(root: Path, sql: str, *, as_json: bool, max_rows: int) -> None:
    """Run a query and show its rows."""
    result = run_query(Lake(root), sql)
    rows = result.slice(0, None if as_json else max_rows)
    if as_json:
        print_json(rows.to_pylist())
        return
    title = f"{result.num_rows} rows" + (f", the first {max_rows} of them" if result.num_rows > max_rows else "")
    print_table(title, result.column_names, [list(row.values()) for row in rows.to_pylist()])


def run_query(lake: Lake, sql: str) -> pa.Table:
    """The rows of a query over the lake's tables, each a view of its own name.

    The query can read these tables and nothing else: no other file, no network.

    Raises:
        QueryError: what DuckDB has to say of the SQL.
    """
    with duckdb.connect() as connection:
        connection.execute("SET timezone = 'UTC'")
        connection.execute(f"SET allowed_directories = [{_quoted(lake.tables.absolute())}]")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        for name in TABLES:
            if lake.partitions(name):
                files = _quoted(lake.tables.absolute() / name / "**" / "*.parquet")
                connection.execute(f'CREATE VIEW "{name}" AS SELECT * FROM read_parquet({files}, hive_partitioning = true)')
        try:
            return connection.sql(sql).to_arrow_table()
        except (duckdb.Error, AttributeError) as error:
            raise QueryError(str(error)) from error


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
