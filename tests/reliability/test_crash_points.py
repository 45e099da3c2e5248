"""A commit is killed at every one of its side effects; readers never notice, and the next run puts it right.

The commit touches narrow and wide tables, partitions and single files; it adds, changes and removes letters, moves one
to another year, makes folders, removes a file and erases what the lake holds of a letter beside its tables. At the k-th side effect the process "dies": that effect does not
happen, or only half of it, and nothing after it does, as no handler of a dead process runs.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from imr.lake.layout import LakeLayout, Partition
from imr.lake.transaction import Transaction, writing
from imr.tables.declaration import DRUGS, LINEAGE, TABLES, TEXTS
from imr.tables.schema import Table

SUMMARY = TABLES["outcomes_by_body_part"]
READ = {"drugs": "document_id", "texts": "document_id", "lineage": "event_id", SUMMARY.name: "body_part"}
"""The tables of the commit, each with a column of which no value may come twice."""

TODAY = dt.date(2026, 1, 2)


class Killed(BaseException):
    """The process is dead."""


Effect = Callable[..., object]


class Grim:
    """Counts side effects and kills at one of them; from then on none happens any more, as in a dead process."""

    def __init__(self, at: int | None, *, torn: bool) -> None:
        self.at, self.torn, self.count = at, torn, 0

    def effect(self, happen: Effect, halve: Effect | None = None) -> Effect:
        """`happen`, unless the process dies here or is dead already."""

        def watched(*args: object, **kwargs: object) -> object:
            self.count += 1
            if self.at is None or self.count < self.at:
                return happen(*args, **kwargs)
            if self.torn and halve and self.count == self.at:
                halve(*args, **kwargs)
            if self.count > self.at and happen.__name__ == "close":
                return None  # called by the garbage collector, which takes no exceptions
            raise Killed

        return watched

    def watch(self, patch: pytest.MonkeyPatch) -> None:
        """Stand between the lake and the file system."""
        for name in ("replace", "rename", "unlink", "remove", "mkdir", "rmdir", "fsync"):
            patch.setattr(os, name, self.effect(getattr(os, name)))
        for name in ("write_bytes", "write_text"):
            patch.setattr(Path, name, self.effect(getattr(Path, name), _half_written))
        for name in ("__init__", "write_table", "close"):
            happen = getattr(pq.ParquetWriter, name)
            patch.setattr(pq.ParquetWriter, name, self.effect(happen, _half_parquet if name == "__init__" else None))


def _half_written(path: Path, content: bytes | str, **_: object) -> None:
    with io.open(path, "wb" if isinstance(content, bytes) else "w") as file:  # noqa: UP020 - not watched
        file.write(content[: len(content) // 2])


def _half_parquet(_: object, path: Path, *__: object, **___: object) -> None:
    with io.open(path, "wb") as file:  # noqa: UP020 - not watched
        file.write(b"PAR1 and then nothing")


def _id(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()


RAW = f"raw/{_id(3)[:2]}/{_id(3)}.pdf"
BATCH = f"stage/extract/{_id(33)}"


def _rows(table: Table, key: str, values: list[str], **others: object) -> pa.Table:
    some = {"string": "x", "offsets": [0], "int16": 1, "int32": 1, "int64": 1, "float64": 0.5, "bool": True}
    some["instant"] = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)
    needed = {c.name: c.values[0] if c.values else some[c.kind] for c in table.columns if not c.nullable}
    return pa.Table.from_pylist([needed | others | {key: value} for value in values], schema=table.schema)


def _put(tx: Transaction, table: Table, folder: str, here: list[int], gone: list[int], text: str) -> None:
    others = {"clean_text": text} if table is TEXTS else {"name": text}
    rows = _rows(table, "document_id", [_id(n) for n in here], **others)
    tx.upsert(Partition(table.name, folder, 0), rows, pa.array([_id(n) for n in [*here, *gone]]))


def _first_run(tx: Transaction) -> None:
    for table in (DRUGS, TEXTS):
        _put(tx, table, "year=2017", [1, 2, 3], [], "old")
        _put(tx, table, "year=2018", [4], [], "old")
    tx.append("lineage", TODAY, _rows(LINEAGE, "event_id", ["e1", "e2"]))
    tx.write(SUMMARY.name, _rows(SUMMARY, "body_part", ["knee", "hip"]))
    tx.commit()


def _second_run(tx: Transaction) -> None:
    """2 is changed, 3 is removed, 4 moves from 2018, where nothing stays, to 2016, and 5 is new."""
    for table in (DRUGS, TEXTS):
        _put(tx, table, "year=2016", [4], [], "new")
        _put(tx, table, "year=2017", [2, 5], [3], "new")
        _put(tx, table, "year=2018", [], [4], "new")
    tx.append(
        "lineage",
        TODAY,
        tx.unseen("lineage", TODAY, _rows(LINEAGE, "event_id", ["e2", "e3"]), "event_id", "started_at"),
    )
    tx.write(SUMMARY.name, _rows(SUMMARY, "body_part", ["knee", "hip", "hand"]))
    tx.erase([tx.lake.root / RAW, tx.lake.root / BATCH])
    tx.commit()


def _content(lake: LakeLayout) -> dict[str, list[dict[str, Any]]]:
    """All rows of every public file, by path, and the files beside the tables."""
    paths = [path for path in lake.tables.rglob("*") if path.is_file()]
    beside: dict[str, list[dict[str, Any]]] = {
        str(path): [] for folder in ("raw", "stage") for path in map(_relative(lake), (lake.root / folder).rglob("*.*"))
    }
    rows = {str(path.relative_to(lake.tables)): pq.ParquetFile(path).read().to_pylist() for path in paths}
    return rows | beside


def _relative(lake: LakeLayout) -> Callable[[Path], Path]:
    return lambda path: path.relative_to(lake.root)


READERS: dict[str, Callable[[str, str], list[Any]]] = {
    "pandas": lambda folder, column: pd.read_parquet(folder, columns=[column])[column].tolist(),
    "pyarrow": lambda folder, column: ds.dataset(folder).to_table([column])[column].to_pylist(),
    "duckdb": lambda folder, column: [
        row[0] for row in duckdb.sql(f"SELECT {column} FROM '{folder}/**/*.parquet'").fetchall()
    ],
    "polars": lambda folder, column: pl.read_parquet(f"{folder}/**/*.parquet")[column].to_list(),
}


class Witness:
    """Looks at the tables as they are after a kill, before any recovery."""

    def __init__(self, old: dict[str, Any], new: dict[str, Any]) -> None:
        self.old, self.new = old, new
        self.states: set[str] = set()

    def look(self, lake: LakeLayout) -> None:
        """Every file is old or new, and four readers read every table without fault and without a duplicate."""
        content = _content(lake)
        for path in {*self.old, *self.new, *content}:
            if "/." in path:
                continue  # of a folder that is being erased, which has lost its name first
            assert content.get(path) in (self.old.get(path), self.new.get(path)), path
        if (state := repr(sorted(content.items()))) in self.states:
            return
        self.states.add(state)
        for table, column in READ.items():
            wanted = sorted(row[column] for path, rows in content.items() if path.startswith(table) for row in rows)
            assert len(wanted) == len(set(wanted)), table
            for name, read in READERS.items():
                assert sorted(read(str(lake.tables / table), column)) == wanted, (name, table)


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> LakeLayout:
    """The lake as the first run leaves it."""
    lake = LakeLayout(tmp_path_factory.mktemp("before") / "lake")
    with writing(lake, "first") as tx:
        _first_run(tx)
    for name in (RAW, f"{BATCH}/texts.parquet", f"{BATCH}/lineage.parquet"):
        (lake.root / name).parent.mkdir(parents=True, exist_ok=True)
        (lake.root / name).write_bytes(b"what the letter says")
    return lake


def _copy(source: LakeLayout, folder: Path) -> LakeLayout:
    """A fresh copy of a lake."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(source.root, folder)
    return LakeLayout(folder)


def _killed_at(point: int | None, run: Callable[[Transaction], None], lake: LakeLayout, *, torn: bool = False) -> int:
    """A run killed at one of its side effects, if at all; gives how many there were."""
    grim = Grim(point, torn=torn)
    with pytest.MonkeyPatch.context() as patch:
        grim.watch(patch)
        with suppress(Killed), writing(lake, "killed", lock_timeout=0) as tx:
            run(tx)
    return grim.count


def _recovered(lake: LakeLayout) -> dict[str, Any]:
    """The content of the tables as the next run finds them."""
    with writing(lake, "recovering", lock_timeout=0):
        content = _content(lake)
    assert list(lake.journal.iterdir()) == []
    return content


@pytest.mark.parametrize("torn", [False, True], ids=["not at all", "half"])
def test_a_commit_killed_anywhere_is_all_or_nothing(before: LakeLayout, tmp_path: Path, torn: bool) -> None:
    lake = _copy(before, tmp_path / "lake")
    points = _killed_at(None, _second_run, lake)
    old, new = _content(before), _content(lake)
    witness, ends = Witness(old, new), []
    for point in range(1, points + 1):
        lake = _copy(before, tmp_path / "lake")
        _killed_at(point, _second_run, lake, torn=torn)
        witness.look(lake)
        ends.append(_recovered(lake))
        with writing(lake, "again", lock_timeout=0) as tx:
            _second_run(tx)
        assert _content(lake) == new, point
    decided = ends.index(new)
    assert ends == [old] * decided + [new] * (points - decided)  # there is one commit point
    assert points >= 48
    assert len(witness.states) >= 8  # readers have seen the lake between any two moves


def test_a_recovery_killed_anywhere_is_finished_by_the_next(before: LakeLayout, tmp_path: Path) -> None:
    lake = _copy(before, tmp_path / "lake")
    _killed_at(None, _second_run, lake)
    witness = Witness(_content(before), _content(lake))
    decided = _copy(before, tmp_path / "decided")
    point = 1
    while not (decided.journal / "commit.json").exists():
        decided = _copy(before, tmp_path / "decided")
        _killed_at(point := point + 1, _second_run, decided)
    points = _killed_at(None, lambda _: None, _copy(decided, tmp_path / "lake"))
    for point in range(1, points + 1):
        lake = _copy(decided, tmp_path / "lake")
        _killed_at(point, lambda _: None, lake)
        witness.look(lake)
        assert _recovered(lake) == witness.new, point
    assert points >= 16
