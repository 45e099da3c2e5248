"""One run on a full disk, and what would be wrong with another; more of them are the program's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.reliability.full_disk import MORE, THERE, NoMountError, Trial, small_disk, wrong
from tests.reliability.runs import Environment


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    try:
        with small_disk(tmp_path_factory.mktemp("full") / "disk") as folder:
            yield folder
    except NoMountError:
        pytest.skip("no tmpfs may be mounted here: only the superuser may, and not everywhere")


@pytest.fixture(scope="module")
def trial(prefect_environment: Environment, disk: Path, tmp_path_factory: pytest.TempPathFactory) -> Trial:
    return Trial(prefect_environment, tmp_path_factory.mktemp("letters"), disk)


def test_a_commit_on_a_full_disk_fails_and_the_next_run_brings_all_in(trial: Trial) -> None:
    assert list(trial.anomalies(1500)) == []
    half = trial.lake / "tables" / "drugs" / "year=2014" / "part-009.parquet"
    half.write_bytes(half.read_bytes()[:-100])
    seen = list(wrong(trial.lake, THERE + MORE + 1))
    assert "duckdb cannot read drugs: InvalidInputException" in seen
    assert "polars does not see 81 letters in cases" in seen


def test_a_disk_with_room_makes_no_run_fail(trial: Trial) -> None:
    seen = list(trial.anomalies(8000))
    assert seen[:2] == ["a run ended with 0 and told None", "the tables are not as they were"]
    assert "pandas does not see 20 letters in documents" in seen
