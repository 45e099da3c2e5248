"""Two writers meet once, are killed and refused once; and what checks it sees what is wrong. The rest is the program's."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from multiprocessing.context import SpawnProcess
from pathlib import Path

import pytest

from imr.lake.layout import LakeLayout
from imr.lake.lock import only_writer
from tests.reliability.two_writers import Tally, faults, kill, once, publish, refused, taken_over


def test_writers_that_meet_are_killed_or_refused(tmp_path: Path) -> None:
    tally = Tally()
    once(tmp_path / "lake", 0, tally)
    assert tally.faults == []
    assert len(tally.published) == 5


@pytest.fixture
def lake(tmp_path: Path) -> LakeLayout:
    for number in (1, 2):
        publish(tmp_path / "lake", number)
    return LakeLayout(tmp_path / "lake")


def _half(lake: LakeLayout) -> None:
    path = lake.tables / "drugs" / "year=2017" / "part-000.parquet"
    path.write_bytes(path.read_bytes()[:-100])


def _doubled(lake: LakeLayout) -> None:
    path = lake.tables / "texts" / "year=2017" / "part-000.parquet"
    shutil.copy(path, path.with_name("part-001.parquet"))


def _left_over(lake: LakeLayout) -> None:
    (lake.journal / "commit.json.tmp").touch()


def _stranger(lake: LakeLayout) -> None:
    (lake.tables / "drugs" / "README.md").touch()


@pytest.mark.parametrize(
    ("breaks", "said"),
    [
        pytest.param(_half, "duckdb cannot read drugs: InvalidInputException", id="half a file"),
        pytest.param(_doubled, "polars does not see the rows of every letter once in texts", id="rows twice"),
        pytest.param(_left_over, "the journal is not empty", id="something in the journal"),
        pytest.param(_stranger, "drugs/README.md in the tables", id="a foreign file"),
    ],
)
def test_what_is_wrong_with_a_lake_is_told(lake: LakeLayout, breaks: Callable[[LakeLayout], None], said: str) -> None:
    assert list(faults(lake.root, [1, 2])) == []
    breaks(lake)
    assert said in list(faults(lake.root, [1, 2]))


def test_a_lost_letter_is_told(lake: LakeLayout) -> None:
    assert "pandas does not see the rows of every letter once in documents" in list(faults(lake.root, [1, 2, 3]))


def test_a_lock_that_is_held_is_told(lake: LakeLayout) -> None:
    with only_writer(lake, "somebody", 0):
        assert "somebody" in list(faults(lake.root, [1, 2]))[-1]


def test_a_dead_writer_that_stands_in_the_way_is_told(lake: LakeLayout) -> None:
    alive: list[SpawnProcess] = []
    _, (fault,) = taken_over(lake.root, 3, decided=False, end=alive.append)
    kill(*alive)
    assert fault.startswith("a dead writer stands in the way of the next: another run is writing this lake")


def _sweep(root: Path, *_: object, **__: object) -> None:
    shutil.rmtree(LakeLayout(root).journal)


@pytest.mark.parametrize(
    ("second", "said"),
    [
        pytest.param(lambda *_, **__: None, ["there were two writers"], id="without a lock"),
        pytest.param(
            _sweep,
            ["there were two writers", "a refused writer touched what the other had prepared"],
            id="one that sweeps the other's work away",
        ),
    ],
)
def test_a_writer_that_should_have_been_refused_is_told(
    tmp_path: Path, second: Callable[..., None], said: list[str]
) -> None:
    assert refused(tmp_path / "lake", 1, second) == said
