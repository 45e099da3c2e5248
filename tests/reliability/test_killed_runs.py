"""Runs that are killed at some moment and started again: the tables are those of an undisturbed run."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path

import pytest

from imr.lake.layout import LakeLayout
from imr.synthetic.writing import write_letters
from imr.tables.declaration import AGGREGATES, LETTER_TABLES
from imr.upkeep.doctor import examine
from tests.flows.helpers import row_set, rows
from tests.reliability.readers import READERS
from tests.reliability.runs import Environment, start
from tests.reliability.whole_letters import READ, faults, torn, whole

LETTERS, BATCH_SIZE = 60, 10
PIECE = 15


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


def test_a_run_killed_in_its_third_piece_leaves_two_and_the_next_does_the_rest(
    prefect_environment: Environment, letters_folder: Path, undisturbed: Path, tmp_path: Path
) -> None:
    words = (BATCH_SIZE, "--commit-every", str(PIECE))
    run, rows_of_letters = start(prefect_environment, tmp_path, [letters_folder], *words), whole(undisturbed)
    public, seen = 0, {"documents": set[str](), "decisions": set[str]()}
    while run.poll() is None and public < 2:  # meanwhile, whoever reads sees whole letters, and never fewer
        public = commits(tmp_path)
        for table in seen if public else ():
            letters = READERS["pyarrow"](tmp_path / "tables" / table, ["document_id"], False)
            assert torn(letters, rows_of_letters[table]) == []
            before, seen[table] = seen[table], {letter for (letter,) in letters}
            assert before <= seen[table]
        time.sleep(0.005)
    os.killpg(run.pid, signal.SIGKILL)
    assert run.wait() == -signal.SIGKILL
    assert [fault for table in READ for fault in faults(tmp_path, table, rows_of_letters, set())] == []
    again = start(prefect_environment, tmp_path, [letters_folder], *words)
    told = json.loads(again.communicate()[0])
    assert (again.returncode, told["files_in"]) == (0, LETTERS)
    assert told["files_published"] in (LETTERS - 2 * PIECE, LETTERS - 3 * PIECE)
    for table in (*LETTER_TABLES, *AGGREGATES):
        assert row_set(tmp_path, table.name) == row_set(undisturbed, table.name), table.name
    assert examine(LakeLayout(tmp_path)).findings == ()


def commits(lake: Path) -> int:
    """How many commits are public."""
    return len(rows(lake, "commits")) if (lake / "tables" / "commits").exists() else 0
