"""Runs that signals end, in their middle: at once, with their workers, said, and the next run goes on."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import httpx
import pytest

from imr.synthetic.writing import write_letters
from tests.flows.helpers import rows
from tests.openlineage.conforming import assert_conforms
from tests.openlineage.receiving import Event, to_file, written
from tests.reliability.endings import STEPS, family_of, until_gone
from tests.reliability.runs import Environment, Run, start

LETTERS = 60


@pytest.fixture(scope="module")
def letters_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("letters")
    write_letters(folder, LETTERS, seed=3)
    return folder


@pytest.mark.parametrize(
    ("step", "number"),
    [
        pytest.param("fetch", signal.SIGINT, id="Ctrl-C while letters are fetched"),
        pytest.param("extract", signal.SIGTERM, id="SIGTERM while records are extracted"),
        pytest.param("commit", signal.SIGINT, id="Ctrl-C while the commit takes place"),
    ],
)
def test_a_signal_ends_a_run_and_all_that_belongs_to_it(
    prefect_environment: Environment, letters_folder: Path, tmp_path: Path, step: str, number: signal.Signals
) -> None:
    told = tmp_path.with_name(f"{tmp_path.name}-events")
    lineage = {f"OPENLINEAGE_{name}": value for name, value in to_file(told).items()}
    run = _run_at({**prefect_environment, **lineage}, letters_folder, tmp_path, step)
    family = family_of(run.pid)
    run.send_signal(number)
    assert run.wait(60) == 128 + number
    assert until_gone(family, time.monotonic()) < float("inf")
    assert run.communicate()[0].startswith(b'{"state": "Cancelled"')
    if step != "commit":
        assert not (tmp_path / "tables").exists() or rows(tmp_path, "commits") == []
    assert_every_start_has_an_end(written(told))
    _goes_on(prefect_environment, letters_folder, tmp_path)


def assert_every_start_has_an_end(events: list[Event]) -> None:
    """Of all that OpenLineage was told to have started, and the run was aborted."""
    of_runs: dict[str, list[str]] = {}
    for event in events:
        of_runs.setdefault(event["run"]["runId"], []).append(event["eventType"])
        assert_conforms(event)
    assert next(iter(of_runs.values())) == ["START", "ABORT"]
    assert all(len(types) == 2 for types in of_runs.values() if "START" in types), of_runs


def test_a_cancellation_ends_a_run_that_no_worker_has(
    prefect_environment: Environment, letters_folder: Path, tmp_path: Path
) -> None:
    run = _run_at(prefect_environment, letters_folder, tmp_path, "ocr_cleanup")
    family = family_of(run.pid)
    with httpx.Client(base_url=f"{prefect_environment['PREFECT_API_URL']}/") as server:
        found = server.post("flow_runs/filter", json={"sort": "START_TIME_DESC"}).json()
        flow_run = next(each["id"] for each in found if each["parameters"]["lake"] == str(tmp_path))
        server.post(f"flow_runs/{flow_run}/set_state", json={"state": {"type": "CANCELLING"}}).raise_for_status()
        assert run.wait(60) == 128 + signal.SIGTERM
        assert server.get(f"flow_runs/{flow_run}").json()["state"]["type"] == "CANCELLED"
    assert until_gone(family, time.monotonic()) < float("inf")
    assert not (tmp_path / "tables").exists() or rows(tmp_path, "commits") == []
    _goes_on(prefect_environment, letters_folder, tmp_path)


def _run_at(environment: Environment, letters: Path, lake: Path, step: str) -> Run:
    """A run that has come to a step."""
    run = start(environment, lake, [letters], 20)
    while run.poll() is None and not any(lake.glob(STEPS[step])):
        time.sleep(0.002)
    return run


def _goes_on(environment: Environment, letters: Path, lake: Path) -> None:
    """The next run brings everything in."""
    after = start(environment, lake, [letters], 20)
    said = after.communicate()[0]
    assert after.returncode == 0, said
    assert len(rows(lake, "documents")) == LETTERS
