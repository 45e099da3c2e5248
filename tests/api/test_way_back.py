"""The way from a summary's row back to the letters that it sums up, over the samples."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from imr.api.lake import Lake
from imr.tables.declaration import AGGREGATES
from imr.tables.schema import Table
from tests.all_at_once import assert_none

_COUNTED = {"processing_times": "cases"}
_SUMMARIES = [table for table in AGGREGATES if table.name != "dwc_agreement"]
"""Those that count letters or their items; the letters behind `dwc_agreement` are not all that it compares."""


@pytest.fixture(scope="module")
def lake(lake_folder: Path) -> Lake:
    return Lake(lake_folder)


@pytest.mark.parametrize("table", _SUMMARIES, ids=lambda table: table.name)
def test_a_row_leads_back_to_as_many_as_it_counts(lake: Lake, table: Table) -> None:
    rows = lake.arrow(table.name).to_pylist()
    counted = _COUNTED.get(table.name, "decisions")
    assert rows
    assert_none(
        f"{[row[name] for name in table.key]}: {row[counted]} summed up, {found} found"
        for row in rows
        if (found := _letters(lake, table, row).num_rows) != row[counted]
    )


def test_every_summary_has_a_way_back_that_can_be_asked(lake: Lake) -> None:
    for table in AGGREGATES:
        assert _letters(lake, table, dict.fromkeys(table.key)).column_names[0] == "document_id"


def _letters(lake: Lake, table: Table, row: dict[str, Any]) -> pa.Table:
    asked = {name: row[name] for name in table.key if f"${name}" in table.letters}
    return lake.sql(table.letters, asked).to_arrow_table()
