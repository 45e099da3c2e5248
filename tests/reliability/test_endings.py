"""Runs that signals end, in their middle: at once, with their workers, said, and the next run goes on."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from imr.synthetic.writing import write_letters
from tests.flows.helpers import rows
from tests.reliability.endings import STEPS, family_of, until_gone
from tests.reliability.runs import Environment, start

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
    run = start(prefect_environment, tmp_path, [letters_folder], 20)
    while run.poll() is None and not any(tmp_path.glob(STEPS[step])):
        time.sleep(0.002)
    family = family_of(run.pid)
    run.send_signal(number)
    assert run.wait(60) == 128 + number
    assert until_gone(family, time.monotonic()) < float("inf")
    assert run.communicate()[0].startswith(b'{"state": "Cancelled"')
    if step != "commit":
        assert not (tmp_path / "tables").exists() or rows(tmp_path, "commits") == []
    after = start(prefect_environment, tmp_path, [letters_folder], 20)
    said = after.communicate()[0]
    assert after.returncode == 0, said
    assert len(rows(tmp_path, "documents")) == LETTERS
