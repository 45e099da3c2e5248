"""What cannot be made anew from letters is kept twice: the rows of `commits` and `removals`, in `ledger/` too.

The copy stands outside of the tables, so that it survives whatever is done to these. It follows each commit, and only
ever gains rows: a letter that was removed stays out although the table that says so is lost, or all tables are.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from imr.lake.files import keep_rows, read_parquet
from imr.lake.layout import LakeLayout
from imr.lake.public import read_table
from imr.tables.declaration import COMMITS, REMOVALS
from imr.tables.schema import Table

KEPT = (COMMITS, REMOVALS)

_WRITTEN_OFF = pa.schema({"commit_id": pa.string()})


def keep(lake: LakeLayout) -> None:
    """Bring the ledger up to what the tables say. Only ever under the lake's lock.

    Raises:
        LakeError: `lake_write_failed`.
    """
    for table in KEPT:
        missing = _less(read_table(lake, table.name), kept(lake, table), table)
        if missing.num_rows:
            add(lake, table, missing)


def add(lake: LakeLayout, table: Table, rows: pa.Table) -> None:
    """Add rows of a table to the ledger; those that it has already stay as they are.

    Raises:
        LakeError: `lake_write_failed`.
    """
    old = kept(lake, table)
    new = _less(rows.select(table.schema.names), old, table)
    keep_rows(_path(lake, table.name), pa.concat_tables([old, new.cast(old.schema)]))


def kept(lake: LakeLayout, table: Table) -> pa.Table:
    """What the ledger has of a table; columns that it was declared without then are null.

    Raises:
        LakeError: `lake_damaged`.
    """
    path = _path(lake, table.name)
    schema = pa.schema([field.with_nullable(True).remove_metadata() for field in table.schema])
    if not path.exists():
        return schema.empty_table()
    rows = read_parquet(path)
    known = rows.schema.names
    columns = [rows[f.name].cast(f.type) if f.name in known else pa.nulls(rows.num_rows, f.type) for f in schema]
    return pa.Table.from_arrays(columns, schema=schema)


def lost(lake: LakeLayout, table: Table) -> pa.Table:
    """The rows of a table that the ledger has and the table has not, or has otherwise."""
    ledger, key = kept(lake, table), table.key[0]
    there = {row[key]: row for row in read_table(lake, table.name).to_pylist()}
    differs = [there.get(row[key]) != row for row in ledger.to_pylist()]
    return ledger.filter(pa.array(differs, pa.bool_())).cast(table.schema).replace_schema_metadata(None)


def whole(lake: LakeLayout, table: Table) -> pa.Table:
    """All rows of a table; those that it has lost, or has otherwise, as the ledger has them."""
    back = lost(lake, table)
    return pa.concat_tables([_less(read_table(lake, table.name), back, table), back])


def written_off(lake: LakeLayout) -> frozenset[str]:
    """The commits of which the events are known to be lost."""
    path = _path(lake, "written_off")
    return frozenset(read_parquet(path)["commit_id"].to_pylist()) if path.exists() else frozenset()


def write_off(lake: LakeLayout, commits: Iterable[str]) -> None:
    """Keep in mind that the events of some commits are lost.

    Raises:
        LakeError: `lake_write_failed`.
    """
    all_of_them = sorted({*written_off(lake), *commits})
    keep_rows(_path(lake, "written_off"), pa.table({"commit_id": all_of_them}, schema=_WRITTEN_OFF))


def _less(rows: pa.Table, known: pa.Table, table: Table) -> pa.Table:
    key = table.key[0]
    return rows.filter(pc.invert(pc.is_in(rows[key], value_set=known[key].combine_chunks())))


def _path(lake: LakeLayout, name: str) -> Path:
    return lake.ledger / f"{name}.parquet"
