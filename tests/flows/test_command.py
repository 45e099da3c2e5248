"""`imr run` from end to end, as a person and as a machine read it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from typer.testing import CliRunner

from imr.cli.main import app
from imr.lake.layout import LakeLayout
from imr.publication.caches import damaged_caches
from tests.flows.helpers import row_set


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


def test_damaged_caches_are_made_anew_and_it_is_said(landing: Path, tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    words = ["run", str(landing / "scanned-letter.pdf"), str(landing / "CM18-0900000.txt"), "--lake", str(lake)]
    assert CliRunner().invoke(app, words).exit_code == 0
    before = row_set(lake, "decisions")
    shutil.rmtree(lake / "tables")  # else nothing is read again
    caches = [lake / "stage" / "sources.parquet", next(lake.glob("stage/ocr_cleanup/*")), next(lake.glob("ocr/*/*/*"))]
    for path in caches:
        (path / "texts.parquet" if path.is_dir() else path).write_bytes(b"something else")
    again = CliRunner().invoke(app, words)
    assert again.exit_code == 0
    for path in caches:
        assert f"lake_damaged: {path.relative_to(lake)} was a damaged cache" in again.stderr
    assert list(damaged_caches(LakeLayout(lake))) == []
    assert row_set(lake, "decisions") == before


def test_a_clean_folder_exits_with_0(landing: Path, tmp_path: Path) -> None:
    letters = [str(path) for path in landing.glob("CM1*.pdf")]
    assert CliRunner().invoke(app, ["run", *letters, "--lake", str(tmp_path)]).exit_code == 0


def test_a_lake_that_cannot_be_written_exits_with_1(landing: Path, tmp_path: Path) -> None:
    (tmp_path / "lake").write_text("a file where the folder should be")
    done = CliRunner().invoke(app, ["run", str(landing), "--lake", str(tmp_path / "lake"), "--json"])
    assert done.exit_code == 1
    assert json.loads(done.stdout)["state"] == "Failed"
