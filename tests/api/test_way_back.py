"""The way from a summary's row back to the letters that it sums up, over the samples."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from imr.api.lake import Lake
from imr.api.sql import connect
from imr.lake.layout import LakeLayout
from imr.tables.declaration import AGGREGATES, TABLES
from imr.tables.schema import Table
from tests.all_at_once import assert_none

_COUNTED = {"processing_times": "cases"}
_SUMMARIES = [table for table in AGGREGATES if table.name != "dwc_agreement"]
"""Those that count letters or their items; the letters behind `dwc_agreement` are not all that it compares."""


@pytest.fixture(scope="module")
def lake(lake_folder: Path) -> Lake:
    return Lake(lake_folder)


@pytest.fixture(scope="module")
def tables(lake: Lake) -> duckdb.DuckDBPyConnection:
    """The tables in memory: a summary has hundreds of rows, each of which asks once."""
    connection = duckdb.connect()
    connection.execute("SET timezone = 'UTC'")
    for name in TABLES:
        connection.register(name, lake.arrow(name))
    return connection


@pytest.mark.parametrize("table", _SUMMARIES, ids=lambda table: table.name)
def test_a_row_leads_back_to_as_many_as_it_counts(lake: Lake, tables: duckdb.DuckDBPyConnection, table: Table) -> None:
    rows = lake.arrow(table.name).to_pylist()
    counted = _COUNTED.get(table.name, "decisions")
    assert rows
    assert_none(
        f"{[row[name] for name in table.key]}: {row[counted]} summed up, {found} found"
        for row in rows
        if (found := len(tables.execute(table.letters, _asked(table, row)).fetchall())) != row[counted]
    )


def test_every_summary_has_a_way_back_that_can_be_asked(lake_folder: Path) -> None:
    connection = connect(LakeLayout(lake_folder))
    for table in AGGREGATES:
        nothing = _asked(table, dict.fromkeys(table.key))
        assert connection.sql(table.letters, params=nothing).columns[0] == "document_id"


def _asked(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in table.key if f"${name}" in table.letters}
