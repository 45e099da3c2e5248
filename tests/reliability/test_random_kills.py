"""The checks of the random kills see what they are to see, and two kills of real runs; the rest is the program's."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from imr.lake.layout import LakeLayout, Partition
from imr.lake.partitions import letter_partition
from imr.lake.transaction import writing
from imr.tables.declaration import COMMITS, LETTER_TABLES, LINEAGE
from tests.reliability.random_kills import Campaign, waves_of
from tests.reliability.readers import foreign_files
from tests.reliability.runs import Environment
from tests.reliability.small_lakes import document_id, rows_of
from tests.reliability.striking import signs, stage_of_commit, standing
from tests.reliability.whole_letters import READ, faults, whole

LETTERS = {document_id(number): f"CM1{number}-9000001" for number in (7, 8)}
TODAY = dt.date(2026, 1, 2)
DRUGS = Partition("drugs", "year=2017", 90)


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """Two letters, of two years, with two rows each in the tables of items."""
    with writing(LakeLayout(tmp_path), "r1") as tx:
        for table in LETTER_TABLES:
            items = [{name: n for name in table.key if name.endswith("_number")} for n in (1, 2)]
            for letter, case_number in LETTERS.items():
                rows = [{"document_id": letter} | item for item in (items if items[0] else items[:1])]
                tx.upsert(letter_partition(table, letter, case_number), rows_of(table, rows), pa.array([letter]))
        for table in (LINEAGE, COMMITS):
            tx.append(table.name, TODAY, rows_of(table, [{}]))
        tx.commit()
    return tmp_path


def _faults(lake: Path, sound: Path) -> list[str]:
    return [fault for table in READ for fault in faults(lake, table, whole(sound), set(LETTERS), turn=2)]


def test_a_sound_lake_has_no_faults(lake: Path) -> None:
    assert _faults(lake, lake) == []
    assert foreign_files(lake / "tables") == []


def _shortened(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def _doubled(path: Path) -> None:
    shutil.copy(path, path.with_name("part-091.parquet"))


def _without_a_row(path: Path) -> None:
    pq.write_table(pq.ParquetFile(path).read().slice(1), path)


def _removed(path: Path) -> None:
    path.unlink()


def _all_removed(path: Path) -> None:
    shutil.rmtree(path.parent.parent)


@pytest.mark.parametrize(
    ("breaks", "said"),
    [
        pytest.param(_shortened, "polars cannot read drugs", id="half a file"),
        pytest.param(_doubled, "duckdb sees a duplicate in drugs", id="a letter twice"),
        pytest.param(_without_a_row, "pandas, drugs: 1 letters have not the rows they should have", id="half a letter"),
        pytest.param(_removed, "pyarrow, drugs: 1 letters are lost that a run had published", id="a letter lost"),
        pytest.param(_all_removed, "drugs is gone", id="a table lost"),
    ],
)
def test_a_broken_lake_has_faults(
    lake: Path, tmp_path_factory: pytest.TempPathFactory, breaks: Callable[[Path], None], said: str
) -> None:
    sound = tmp_path_factory.mktemp("sound") / "lake"
    shutil.copytree(lake, sound)
    breaks(LakeLayout(lake).file(DRUGS))
    assert any(fault.startswith(said) for fault in _faults(lake, sound)), _faults(lake, sound)


@pytest.mark.parametrize("name", ["drugs/year=2017/.part-090.parquet.tmp", "drugs/README.md", "_x.parquet"])
def test_a_foreign_file_is_told(lake: Path, name: str) -> None:
    (lake / "tables" / name).write_bytes(b"")
    assert foreign_files(lake / "tables") == [name]


@pytest.mark.parametrize(
    ("left", "changes", "stage"),
    [
        pytest.param([], [], "before it", id="nothing"),
        pytest.param(["journal/commit.json"], [], "before it", id="only what the run before left"),
        pytest.param([], ["journal/1"], "while it was prepared", id="a staged file"),
        pytest.param([], ["journal/1", "journal/commit.json"], "while it took place", id="a record"),
        pytest.param([], ["tables/commits/date=2026-01-02/part-000.parquet"], "after it", id="a table changed"),
    ],
)
def test_a_kill_is_counted_by_the_stage_of_the_commit(
    lake: Path, left: list[str], changes: list[str], stage: str
) -> None:
    for name in left:
        (lake / name).touch()
    before = standing(lake)
    for name in changes:
        (lake / name).touch()
        os.utime(lake / name, (1, 1))
    assert stage_of_commit(before, standing(lake)) == stage


def test_what_was_there_before_is_no_sign(lake: Path) -> None:
    (lake / "journal" / "commit.json").touch()
    before = signs(lake, "journal/*")
    assert signs(lake, "journal/*") <= before
    os.utime(lake / "journal" / "commit.json", (1, 1))
    assert not signs(lake, "journal/*") <= before


def test_two_kills_of_real_runs(prefect_environment: Environment, tmp_path: Path) -> None:
    campaign = Campaign(prefect_environment, tmp_path, waves_of(tmp_path, letters=8, wave=8), seed=1)
    tally = campaign.kill(2)
    assert tally.faults == []
    assert tally.kills.total() == 2
    assert "2 kills of living runs" in str(tally)
    _faults_are_told(campaign, tmp_path / "lake-1")


def _faults_are_told(campaign: Campaign, lake: Path) -> None:
    told = campaign.tally.faults
    campaign.compare(lake)
    campaign.look(lake, set())
    assert told == []
    campaign.whole["texts"].update(campaign.whole["texts"].keys())  # as if every letter had to have two
    campaign.look(lake, set())
    assert "after kill 2: duckdb, texts: 8 letters have not the rows they should have" in told
    (lake / "journal" / "commit.json").touch()
    campaign.undisturbed = lake / "nowhere"
    campaign.compare(lake)
    assert "texts is not that of an undisturbed lake" in told
    assert "the journal is not empty in the end" in told
    campaign.leave_alone(lake, [lake / "nowhere"])
    assert told[-1].startswith("a run ended with 2")
