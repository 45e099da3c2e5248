from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from imr.cli.tables import app
from imr.tables.declaration import TABLES

_cli = CliRunner()


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """A lake of three letters in two files of one table."""
    for year, ids in {2016: ["a", "b"], 2017: ["c"]}.items():
        folder = tmp_path / "tables" / "cases" / f"year={year}"
        folder.mkdir(parents=True)
        pq.write_table(pa.table({"document_id": ids}), folder / "part-000.parquet")
    return tmp_path


def _asked(lake: Path, *arguments: str) -> str:
    result = _cli.invoke(app, [*arguments, "--lake", str(lake)], catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_all_tables_are_told_with_their_rows(lake: Path) -> None:
    found = {each["table"]: each["rows"] for each in json.loads(_asked(lake, "--json"))}
    assert found == {name: 3 if name == "cases" else 0 for name in TABLES}
    assert "One row per letter: what it says once" in _asked(lake)


def test_the_columns_of_a_table_are_told_with_meanings_and_values(lake: Path) -> None:
    shown = " ".join(_asked(lake, "decisions").split())
    assert "modality string" in shown
    assert "One of: MRI, CT, X-ray" in shown
    columns = json.loads(_asked(lake, "decisions", "--json"))["columns"]
    assert [column["column"] for column in columns] == TABLES["decisions"].schema.names


def test_a_summary_tells_the_way_back(lake: Path) -> None:
    assert "modality IS NOT DISTINCT FROM $modality" in _asked(lake, "outcomes_by_modality")


def test_a_table_that_is_not_there_is_said(lake: Path) -> None:
    result = _cli.invoke(app, ["case", "--lake", str(lake)])
    assert result.exit_code == 2
    assert "there is no table" in result.stderr
