"""Runs that are killed at some moment and started again: the tables are those of an undisturbed run."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from imr.synthetic.writing import write_letters
from imr.tables.declaration import AGGREGATES, LETTER_TABLES
from tests.flows.helpers import row_set, rows
from tests.reliability.runs import Environment, start

LETTERS, BATCH_SIZE = 120, 20


@pytest.fixture(scope="module")
def letters_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("letters")
    write_letters(folder, LETTERS, seed=3)
    return folder


@pytest.fixture(scope="module")
def undisturbed(
    prefect_environment: Environment, letters_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    lake = tmp_path_factory.mktemp("undisturbed")
    assert start(prefect_environment, lake, [letters_folder], BATCH_SIZE).wait() == 0
    return lake


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param("stage/ocr_cleanup/*/texts.parquet", id="while letters are read"),
        pytest.param("stage/extract/*/cases.parquet", id="while records are extracted"),
        pytest.param("journal/*/texts.*.staged", id="while the commit is prepared"),
        pytest.param("journal/commit.json", id="while the commit takes place"),
    ],
)
def test_a_killed_run_is_made_good_by_the_next(
    prefect_environment: Environment, moment: str, letters_folder: Path, undisturbed: Path, tmp_path: Path
) -> None:
    run = start(prefect_environment, tmp_path, [letters_folder], BATCH_SIZE)
    while run.poll() is None and not any(tmp_path.glob(moment)):
        time.sleep(0.001)
    if run.poll() is None:
        os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    if (tmp_path / "tables").exists():
        for table in LETTER_TABLES:
            row_set(tmp_path, table.name)  # readable at any moment, before any recovery
    assert start(prefect_environment, tmp_path, [letters_folder], BATCH_SIZE).wait() == 0
    for table in (*LETTER_TABLES, *AGGREGATES):
        assert row_set(tmp_path, table.name) == row_set(undisturbed, table.name), table.name
    assert not any((tmp_path / "journal").iterdir())
    events = rows(tmp_path, "lineage")
    assert len({event["event_id"] for event in events}) == len(events)
