"""What `imr status` and `imr lineage` say after a run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from imr.cli.main import app
from imr.publication.run_summary import RunSummary
from tests.flows.helpers import rows, run


@pytest.fixture(scope="module")
def lake(landing: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, RunSummary]:
    root = tmp_path_factory.mktemp("lake")
    return root, run(root, landing)[1]


def ask(lake: tuple[Path, RunSummary], *words: str) -> str:
    done = CliRunner().invoke(app, [*words, "--lake", str(lake[0]), "--json"])
    assert done.exit_code == 0, done.stdout
    return done.stdout


def test_status_counts_letters_codes_and_runs(lake: tuple[Path, RunSummary]) -> None:
    report = json.loads(ask(lake, "status"))
    summary = lake[1]
    assert (report["letters"], report["decisions"]) == (summary.files_published, summary.decisions)
    assert report["quarantine"] == {"pdf_damaged": 1, "unknown_format": 1}
    assert [entry["run_id"] for entry in report["runs"]] == [summary.run_id]


@pytest.mark.parametrize(
    ("wanted", "ends"),
    [
        pytest.param("damaged-letter.pdf", ("ocr_cleanup", "quarantined"), id="a file name"),
        pytest.param("CM24-0900000", ("publish", "ok"), id="a case number"),
    ],
)
def test_lineage_tells_a_files_whole_story(lake: tuple[Path, RunSummary], wanted: str, ends: tuple[str, str]) -> None:
    told = json.loads(ask(lake, "lineage", wanted))
    events = told["events"]
    assert events[0]["step"] == "fetch"
    last = max(events, key=lambda event: event["started_at"])
    assert (last["step"], last["status"]) == ends
    by_id = json.loads(ask(lake, "lineage", events[0]["document_id"][:12]))
    assert by_id == told


def test_lineage_joins_the_run_its_commit_and_the_rows_of_today(lake: tuple[Path, RunSummary]) -> None:
    summary = lake[1]
    told = json.loads(ask(lake, "lineage", "CM24-0900000"))
    (run,) = told["runs"]
    assert (run["run_id"], run["commit"]["commit_id"]) == (summary.run_id, summary.commit_id)
    (counts,) = told["rows"].values()
    letter = next(event["document_id"] for event in told["events"])
    for table in ("documents", "decisions", "provenance", "sections"):
        assert counts[table] == sum(row["document_id"] == letter for row in rows(lake[0], table))
    published = next(event for event in told["events"] if event["step"] == "extract")
    assert published["rows_out"] == sum(n for table, n in counts.items() if table not in ("sections", "texts"))
    bad = json.loads(ask(lake, "lineage", "damaged-letter.pdf"))
    assert list(bad["rows"].values()) == [{}]


def test_lineage_of_an_unknown_file_exits_with_1(lake: tuple[Path, RunSummary]) -> None:
    assert CliRunner().invoke(app, ["lineage", "nobody.pdf", "--lake", str(lake[0])]).exit_code == 1
