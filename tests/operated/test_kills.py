"""A run whose process, worker or server is killed in the middle: how it ends, and what trying it again does."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from imr.lake.layout import LakeLayout
from imr.synthetic.writing import write_letters
from imr.upkeep.doctor import examine
from tests.flows.helpers import row_set, rows
from tests.operated.helpers import Operated, wait_until

LETTERS = 200
LETTER_TABLES = ("documents", "cases", "decisions", "provenance")


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("letters")
    write_letters(folder, LETTERS, seed=11)
    return folder


@pytest.fixture(scope="module")
def undisturbed(operated: Operated, sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    lake = tmp_path_factory.mktemp("undisturbed")
    run = operated.start("letters/manual", lake=str(lake), sources=[str(sources)], batch_size=25)
    assert operated.ended(run)["name"] == "Completed"
    return lake


def flow_process(operated: Operated) -> psutil.Process:
    """The process in which the worker runs the flow."""
    (process,) = [
        child
        for child in operated.process("worker").children(recursive=True)
        if child.cmdline()[-2:] == ["-m", "prefect.engine"]
    ]
    return process


def at_work(operated: Operated, lake: Path, sources: Path) -> str:
    """A run that has finished a batch and not the last one."""
    run = operated.start("letters/manual", lake=str(lake), sources=[str(sources)], batch_size=25)
    wait_until(lambda: any((lake / "stage" / "ocr_cleanup").glob("[!.]*")), "the run does not begin")
    return run


def is_done_with(operated: Operated, run: str) -> bool:
    """Whether the worker has logged the end of a run itself, after the process that watches over the run has."""
    log = (operated.home / "up" / "worker.log").read_text(encoding="utf-8", errors="replace")
    _, _, after = log.partition(f"Reported flow run '{run}' as crashed")
    return "prefect.flow_runs.worker" in after


def same_tables(lake: Path, other: Path) -> None:
    for table in LETTER_TABLES:
        assert row_set(lake, table) == row_set(other, table)
    assert examine(LakeLayout(lake)).findings == ()


def test_a_run_whose_process_is_killed_has_crashed_and_a_retry_finishes_it(
    operated: Operated, sources: Path, undisturbed: Path, tmp_path: Path
) -> None:
    run = at_work(operated, tmp_path, sources)
    flow_process(operated).kill()
    assert operated.ended(run)["type"] == "CRASHED"
    # Seconds later the worker says the same once more, which would end what was begun in between.
    wait_until(lambda: is_done_with(operated, run), "the worker does not notice the crash")
    assert rows(tmp_path, "commits") == []  # nothing of it is public
    retried(operated, run)
    (commit,) = rows(tmp_path, "commits")
    assert (commit["run_id"], commit["files_published"]) == (run, LETTERS)
    skipped = [row for row in rows(tmp_path, "lineage") if row["skip_reason"] == "staged"]
    assert skipped  # what was done before the kill was not done again
    same_tables(tmp_path, undisturbed)


def test_a_run_whose_worker_is_killed_ends_clearly(
    operated: Operated, sources: Path, undisturbed: Path, tmp_path: Path
) -> None:
    run = at_work(operated, tmp_path, sources)
    operated.process("worker").kill()
    state = operated.ended(run)
    operated.up()
    if state["type"] == "CRASHED":  # Prefect ends it when it notices; it may have been done by then
        assert rows(tmp_path, "commits") == []
        retried(operated, run)
    assert operated.state(run)["name"] == "Completed"
    same_tables(tmp_path, undisturbed)


def retried(operated: Operated, run: str) -> None:
    """Try a run again, as the UI's button does, to its end."""
    again = {"state": {"type": "SCHEDULED", "name": "AwaitingRetry"}, "force": True}
    operated.ask(f"flow_runs/{run}/set_state", again)
    assert operated.ended(run)["name"] == "Completed"


def test_a_run_outlives_its_server(operated: Operated, sources: Path, undisturbed: Path, tmp_path: Path) -> None:
    run = at_work(operated, tmp_path, sources)
    server = operated.process("server")
    for process in [*server.children(recursive=True), server]:
        process.kill()
    operated.up()
    assert operated.ended(run)["name"] == "Completed"
    same_tables(tmp_path, undisturbed)
