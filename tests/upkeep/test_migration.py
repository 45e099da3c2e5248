"""A lake written under another declaration: carried over in one commit, or refused."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from imr.errors import Code, LakeError
from imr.lake.files import write_parquet
from imr.lake.layout import LakeLayout
from imr.lake.public import read_table
from imr.publication.derived import DERIVED
from imr.tables.declaration import AGGREGATES, TABLES
from imr.upkeep.doctor import examine
from imr.upkeep.migration import migrate
from tests.flows.helpers import row_set, run

Change = Callable[[pa.Table], pa.Table]


def _older(lake: LakeLayout, table: str, change: Change) -> None:
    """Make all files of a table such as another declaration would have left them."""
    for partition in lake.partitions(table):
        path = lake.file(partition)
        write_parquet(change(pq.ParquetFile(path).read()), path)


def _cast(column: str, to: pa.DataType) -> Change:
    def change(rows: pa.Table) -> pa.Table:
        index = rows.schema.get_field_index(column)
        return rows.set_column(index, pa.field(column, to), rows[column].cast(to))

    return change


CARRIED_OVER = [
    pytest.param("citations", lambda rows: rows.drop_columns(["regulation"]), id="a column that may be null is new"),
    pytest.param("drugs", lambda rows: rows.append_column("form", pa.nulls(len(rows), pa.string())), id="one has gone"),
    pytest.param("cases", _cast("patient_age", pa.int64()), id="a type has changed"),
    pytest.param("decisions", lambda rows: rows.select(rows.schema.names[::-1]), id="another order"),
]


@pytest.mark.parametrize(("table", "change"), CARRIED_OVER)
def test_an_older_lake_is_carried_over_in_one_commit(lake: LakeLayout, table: str, change: Change) -> None:
    wanted = row_set(lake.root, table) if table != "citations" else None
    commits = read_table(lake, "commits").num_rows
    _older(lake, table, change)
    assert migrate(lake) == {table: len(lake.partitions(table))}
    schemas = [pq.read_schema(lake.file(partition)) for partition in lake.partitions(table)]
    assert all(schema.equals(TABLES[table].schema) for schema in schemas)
    assert wanted in (None, row_set(lake.root, table))
    assert examine(lake).findings == ()
    assert read_table(lake, "commits").num_rows == commits + 1
    assert migrate(lake) == {}


def test_a_lake_of_before_the_derived_columns_is_as_a_new_one(lake: LakeLayout) -> None:
    tables = [*DERIVED, *(table.name for table in AGGREGATES)]
    wanted = {name: row_set(lake.root, name) for name in tables}
    for name, columns in DERIVED.items():
        _older(lake, name, lambda rows, new=columns: rows.drop_columns(list(new)))
    for table in AGGREGATES:
        if table.name not in _SUMMED_UP_BEFORE:
            shutil.rmtree(lake.tables / table.name)
    assert migrate(lake).items() >= {name: len(lake.partitions(name)) for name in tables}.items()
    assert {name: row_set(lake.root, name) for name in tables} == wanted
    assert examine(lake).findings == ()
    assert migrate(lake) == {}


_SUMMED_UP_BEFORE = ("outcomes_by_year", "outcomes_by_treatment", "processing_times", "guideline_agreement")

CANNOT = [
    pytest.param("drugs", lambda rows: rows.drop_columns(["name"]), id="a column that must not be null is new"),
    pytest.param(
        "cases",
        lambda rows: rows.set_column(10, "patient_age", pa.array(["young"] * len(rows))).rename_columns(
            [*rows.schema.names[:10], "patient_age", *rows.schema.names[11:]]
        ),
        id="values that the new type cannot hold",
    ),
]


@pytest.mark.parametrize(("table", "change"), CANNOT)
def test_a_lake_that_lacks_what_is_asked_now_is_refused_and_left_as_it_is(
    lake: LakeLayout, table: str, change: Change
) -> None:
    _older(lake, "citations", lambda rows: rows.drop_columns(["regulation"]))
    _older(lake, table, change)
    before = {path: path.read_bytes() for path in lake.tables.rglob("*.parquet")}
    with pytest.raises(LakeError, match="set the lake's tables aside") as caught:
        migrate(lake)
    assert caught.value.code == Code.LAKE_OUTDATED
    assert {path: path.read_bytes() for path in lake.tables.rglob("*.parquet")} == before


def test_a_run_refuses_an_older_lake_and_says_what_to_do(lake: LakeLayout, landing: Path) -> None:
    _older(lake, "citations", lambda rows: rows.drop_columns(["regulation"]))
    with pytest.raises(LakeError, match="run: imr migrate") as caught:
        run(lake.root, landing)
    assert caught.value.code == Code.LAKE_OUTDATED
    migrate(lake)
    assert run(lake.root, landing)[1].files_published == 0
