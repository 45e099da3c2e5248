"""The four ways in which people read a table, one line each: some columns of a table's folder as tuples."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow.dataset as ds

Rows = list[tuple[Any, ...]]
Reader = Callable[[Path, Sequence[str], bool], Rows]
"""Gives the columns that are named; reads all others too when told to."""


def _pandas(folder: Path, columns: Sequence[str], whole: bool) -> Rows:
    frame = pd.read_parquet(folder, columns=None if whole else list(columns))
    return list(frame[list(columns)].itertuples(index=False, name=None))


def _pyarrow(folder: Path, columns: Sequence[str], whole: bool) -> Rows:
    table = ds.dataset(folder).to_table(None if whole else list(columns))
    return list(zip(*(table[column].to_pylist() for column in columns), strict=True))


def _duckdb(folder: Path, columns: Sequence[str], whole: bool) -> Rows:
    query = f"SELECT {'*' if whole else ', '.join(columns)} FROM '{folder}/**/*.parquet'"
    table = duckdb.sql(query).to_arrow_table()
    return list(zip(*(table[column].to_pylist() for column in columns), strict=True))


def _polars(folder: Path, columns: Sequence[str], whole: bool) -> Rows:
    frame = pl.read_parquet(f"{folder}/**/*.parquet", columns=None if whole else list(columns))
    return frame.select(columns).rows()


READERS: Mapping[str, Reader] = {"pandas": _pandas, "pyarrow": _pyarrow, "duckdb": _duckdb, "polars": _polars}
"""The readers by name."""

READER_FAULTS = (Exception, pl.exceptions.PanicException)
"""Whatever a reader may say of a table that it cannot read; a panic is no `Exception`."""


def foreign_files(tables: Path) -> list[str]:
    """The files below a lake's tables that are no finished Parquet files by their names: most readers trip on them."""
    files = (path for path in tables.rglob("*") if not path.is_dir())
    return [str(path.relative_to(tables)) for path in files if path.suffix != ".parquet" or path.name[0] in "._"]
