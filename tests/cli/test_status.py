"""`imr status --warning`: the letters behind a count of warnings."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from imr.cli.main import app
from imr.lake.layout import LakeLayout
from imr.tables.declaration import TABLES


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """Three letters: one with two warnings, one with one, and one without."""
    file = LakeLayout(tmp_path).tables / "documents" / "year=2014" / "part-000.parquet"
    file.parent.mkdir(parents=True)
    columns = {
        "case_number": ["CM14-0000002", None, "CM14-0000001"],
        "source_name": ["b[red].txt", "a.txt", "c.txt"],
        "document_id": ["2" * 64, "1" * 64, "3" * 64],
        "warnings": [["page_unread", "text_breaks_off"], ["page_unread"], []],
    }
    schema = pa.schema([TABLES["documents"].schema.field(name) for name in columns])
    pq.write_table(pa.table(columns, schema=schema), file)
    return tmp_path


@pytest.mark.parametrize(
    ("warning", "letters"),
    [("page_unread", ["a.txt", "b[red].txt"]), ("text_breaks_off", ["b[red].txt"]), ("items_repeated", [])],
)
def test_the_letters_with_a_warning_are_listed(lake: Path, warning: str, letters: list[str]) -> None:
    asked = ["status", "--warning", warning, "--lake", str(lake)]
    shown, told = (CliRunner().invoke(app, [*asked, *more]) for more in ([], ["--json"]))
    assert [row["source_name"] for row in json.loads(told.output)] == letters
    assert shown.output.startswith(f"{len(letters)} letter{'' if len(letters) == 1 else 's'} with {warning}")
    assert [name for name in ("a.txt", "b[red].txt", "c.txt") if name in shown.output] == letters


def test_a_warning_that_there_is_none_of_is_said(lake: Path) -> None:
    done = CliRunner().invoke(app, ["status", "--warning", "nonsense", "--lake", str(lake)])
    assert (done.exit_code, done.stdout, "page_unread" in done.stderr) == (2, "", True)
