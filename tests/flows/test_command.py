"""`imr run` from end to end, as a person and as a machine read it."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from imr.cli.main import app


def test_the_samples_for_machines(landing: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["run", str(landing), "--lake", str(tmp_path), "--json"])
    assert done.exit_code == 3  # some of the samples are bad on purpose
    summary = json.loads(done.stdout)
    assert summary["state"] == "CompletedWithQuarantine"
    assert summary["files_in"] == summary["files_published"] + summary["files_skipped"] + summary["files_quarantined"]
    assert {entry["error_code"] for entry in summary["quarantined"]} >= {"unknown_format", "pdf_damaged"}


def test_the_samples_for_people(landing: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["run", str(landing), "--lake", str(tmp_path)], terminal_width=200)
    assert done.exit_code == 3
    for said in ("damaged-letter.pdf", "pdf_damaged", str(tmp_path / "tables").replace("\n", "")):
        assert said in done.stdout.replace("\n", "")
    again = CliRunner().invoke(app, ["run", str(landing), "--lake", str(tmp_path)])
    assert "Nothing new was published." in again.stdout


def test_a_clean_folder_exits_with_0(landing: Path, tmp_path: Path) -> None:
    letters = [str(path) for path in landing.glob("CM1*.pdf")]
    assert CliRunner().invoke(app, ["run", *letters, "--lake", str(tmp_path)]).exit_code == 0


def test_a_lake_that_cannot_be_written_exits_with_1(landing: Path, tmp_path: Path) -> None:
    (tmp_path / "lake").write_text("a file where the folder should be")
    done = CliRunner().invoke(app, ["run", str(landing), "--lake", str(tmp_path / "lake"), "--json"])
    assert done.exit_code == 1
    assert json.loads(done.stdout)["state"] == "Failed"
