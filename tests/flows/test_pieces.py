"""A long run is published in pieces: each a whole commit, and all of them together what one commit would have been."""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import flows.ingest
from flows.letters import letters
from imr.cli.main import app
from imr.errors import Code, LakeError
from imr.extraction.header import case_number_in_name
from imr.lake.layout import LakeLayout
from imr.publication.run_summary import RunSummary
from imr.settings import CommitEvery, GateLimits
from imr.tables.declaration import AGGREGATES, LETTER_TABLES
from imr.upkeep.doctor import examine
from tests.flows.helpers import last_events, row_set, rows, run
from tests.flows.test_letters import SPANISH, write_letters

PUBLIC = [table.name for table in (*LETTER_TABLES, *AGGREGATES)]
LETTERS = 13
IN_PIECES: dict[str, Any] = {"batch_size": 2, "commit_every": CommitEvery(letters=5, minutes=None)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Letters, two of them under two addresses, and a file that is none."""
    folder = tmp_path_factory.mktemp("letters")
    paths = write_letters(folder / "all", range(LETTERS))
    (folder / "copies").mkdir()
    for path in (paths[0], paths[-1]):
        (folder / "copies" / f"copy of {path.name}").write_bytes(path.read_bytes())
    (folder / "all" / "CM17-0000001.txt").write_text(SPANISH, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def whole(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The lake of one commit."""
    lake = tmp_path_factory.mktemp("whole")
    assert run(lake, folder)[1].commits == 1
    return lake


class Finished(logging.Handler):
    """Takes note of the names of task runs that finish."""

    def __init__(self) -> None:
        super().__init__()
        self.names = set[str]()

    def emit(self, record: logging.LogRecord) -> None:
        if record.getMessage().startswith("Finished in state Completed"):
            self.names.add(record.__dict__["task_run_name"])


@pytest.fixture(scope="module")
def finished() -> Iterator[Finished]:
    tasks, handler = logging.getLogger("prefect.task_runs"), Finished()
    tasks.addHandler(handler)
    yield handler
    tasks.removeHandler(handler)


@pytest.fixture(scope="module")
def cut(folder: Path, finished: Finished, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, RunSummary]:
    """The lake of a run in pieces."""
    lake = tmp_path_factory.mktemp("cut")
    return lake, run(lake, folder, **IN_PIECES)[1]


def test_the_tables_are_those_of_one_commit(whole: Path, cut: tuple[Path, RunSummary]) -> None:
    for table in PUBLIC:
        assert row_set(cut[0], table) == row_set(whole, table), table
    assert examine(LakeLayout(cut[0])).findings == ()


def test_the_summary_is_the_sum_of_the_commits(cut: tuple[Path, RunSummary], finished: Finished) -> None:
    lake, summary = cut
    commits = rows(lake, "commits")
    assert len(commits) == summary.commits == 4
    for name in ("files_in", "files_published", "files_skipped", "files_quarantined", "rows_added", "rows_removed"):
        assert sum(commit[name] for commit in commits) == getattr(summary, name), name
    assert (summary.files_in, summary.files_published) == (LETTERS + 3, LETTERS)
    assert Counter(map(len, last_events(lake, summary.run_id).values())) == {1: LETTERS + 3}
    assert {"publish", "publish 2", "commit 4", "aggregate 3", "extract 1", "fetch 8"} <= finished.names


def test_status_and_lineage_tell_runs_and_commits_apart(cut: tuple[Path, RunSummary]) -> None:
    lake, summary = cut
    (told,) = _asked("status", lake)["runs"]
    assert (told["run_id"], told["commits"], told["files_in"]) == (summary.run_id, 4, summary.files_in)
    of_copies = _asked("lineage", lake, rows(lake, "documents")[0]["document_id"])
    of_events = {event["commit_id"] for event in of_copies["events"]}
    assert {entry["commit"]["commit_id"] for entry in of_copies["runs"]} == of_events


def _asked(command: str, lake: Path, *words: str) -> dict[str, Any]:
    done = CliRunner().invoke(app, [command, *words, "--lake", str(lake), "--json"])
    assert done.exit_code == 0, done.output
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_a_second_run_has_nothing_to_do_in_one_commit(folder: Path, cut: tuple[Path, RunSummary]) -> None:
    _, again = run(cut[0], folder, **IN_PIECES)
    assert (again.commits, again.files_published, again.files_in) == (1, 0, cut[1].files_in)


def _limits(**given: Any) -> dict[str, Any]:
    return {**IN_PIECES, "limits": GateLimits(**given)}


def test_what_was_public_before_a_refusal_stays_and_is_said(tmp_path: Path) -> None:
    paths = write_letters(tmp_path / "in", range(12))
    for path in sorted(paths, key=lambda path: case_number_in_name(path.name) or "")[6:]:
        path.write_text(SPANISH + path.name, encoding="utf-8")  # each its own, as copies are no failures
    words = ["run", str(tmp_path / "in"), "--lake", str(tmp_path / "lake"), "--commit-every", "5", "--batch-size", "2"]
    gate = ["--max-failed", "1", "--max-failed-share", "0.3"]
    done = CliRunner().invoke(app, [*words, *gate, "--json"])
    told = json.loads(done.stdout)
    assert (done.exit_code, told["error_code"]) == (1, Code.GATE_REFUSED)
    assert told["published"] == {"commits": 1, "files_published": 5}
    assert len(rows(tmp_path / "lake", "documents")) == 5
    again = CliRunner().invoke(app, [*words, *gate, "--accept", "error_budget"])
    assert again.exit_code == 3
    assert len(rows(tmp_path / "lake", "documents")) == 6


def test_a_run_that_breaks_off_is_taken_up_where_it_was(
    folder: Path, whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_public = flows.ingest.make_public

    def breaks_off(run: Any, piece: Any, listing: Any, terms: Any, place: Any, lock_timeout: float) -> RunSummary:
        if place.number == 3:
            raise LakeError(Code.LAKE_WRITE_FAILED, "the lake cannot be written (ENOSPC)")
        return make_public(run, piece, listing, terms, place, lock_timeout)

    with monkeypatch.context() as patch:
        patch.setattr(flows.ingest, "make_public", breaks_off)
        state = letters([str(folder)], lake=str(tmp_path), return_state=True, **IN_PIECES)
    assert state.is_failed()
    assert "published before: 10 files" in str(state.message)
    assert len(rows(tmp_path, "commits")) == 2
    public = set(row_set(tmp_path, "documents"))
    _, rest = run(tmp_path, folder, **IN_PIECES)
    assert rest.files_published == LETTERS - len(public)
    for table in PUBLIC:
        assert row_set(tmp_path, table) == row_set(whole, table), table
