"""Readers while a writer writes: `python -m tests.reliability.readers_during_writes [--commits N] [--reads N]`.

A writer makes one commit after the other: some letters get a new version, some come, some go, some move to another
year. Meanwhile pandas, PyArrow, DuckDB and Polars read the tables in other processes, without pause and without any
lock. What the lake holds after each commit follows from the seed alone, so every reader knows what it may see: what
any of the commits left that were the newest while it read. No partition is ever emptied, as a reader that has listed
a file which then goes cannot but fail; and letters between two years, which may be seen in neither or in both for a
moment, are counted apart.

DuckDB and Polars look at a file more than once by its name. When it is replaced between two looks they may fail, and
have to be asked again: such reads are counted as refused. PyArrow and pandas open each file once.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, fields
from itertools import cycle, product
from multiprocessing.managers import ValueProxy
from pathlib import Path
from threading import Event
from typing import NamedTuple

from imr.lake.layout import LakeLayout
from imr.lake.transaction import writing
from tests.reliability.changing_lake import COLUMNS, Sight, State, change, judge, states
from tests.reliability.readers import READER_FAULTS, READERS, Rows

READER_PROCESSES = 3
TRIES = {"duckdb": 4, "polars": 4}
"""How often those may be asked that look at a file more than once."""


class Wanted(NamedTuple):
    """How many commits there have to be, and how many reads by a process."""

    commits: int
    reads: int


@dataclass
class Tally:
    """What was seen: `met` are the reads during which a commit ended."""

    reads: int = 0
    met: int = 0
    moving: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    anomalies: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(getattr(self, part.name) + getattr(other, part.name) for part in fields(self)))

    def __str__(self) -> str:
        refused = "".join(f", {number} by {reader}" for reader, number in sorted(self.refused.items()))
        return (
            f"{self.reads} reads by {len(READERS)} readers, {self.met} of them while a commit ended: "
            f"{self.anomalies.total()} anomalies; {self.refused.total()} refused and asked again{refused}; "
            f"{self.moving} times a letter seen in no year or in two as it moved"
        )


def write(root: Path, seed: int, newest: ValueProxy[int], stop: Event) -> None:
    """Commit after commit, until told to stop; `newest` is the number of the last that is done."""
    plan = states(seed)
    old = next(plan)
    while not stop.is_set():
        with writing(LakeLayout(root), "writer") as transaction:
            change(transaction, old, new := next(plan))
            transaction.commit()
        old, newest.value = new, newest.value + 1


def read(root: Path, seed: int, newest: ValueProxy[int], stop: Event, wanted: Wanted, first: int) -> Tally:
    """Read all tables with all readers in turn, until there were so many reads and commits, or the writer is gone."""
    plan, known, tally = states(seed), list[State](), Tally()
    turns = list(product(COLUMNS, READERS))
    for table, reader in cycle(turns[first:] + turns[:first]):
        if stop.is_set() or (tally.reads >= wanted.reads and newest.value >= wanted.commits):
            break
        before = newest.value
        rows = rows_read(root, table, reader, tally)
        after = newest.value + 1  # the next one may have been under way
        known += (next(plan) for _ in range(after + 1 - len(known)))
        sight = judge(table, rows, known[before : after + 1]) if rows is not None else Sight((), 0)
        tally.reads += 1
        tally.met += after > before + 1
        tally.moving += sight.moving
        tally.anomalies.update(f"{reader}: a letter of {table} is {fault}" for fault in sight.faults)
    return tally


def rows_read(root: Path, table: str, reader: str, tally: Tally) -> Rows | None:
    """What a reader sees, asked again where it may have met two files under one name; None if it cannot read."""
    for tries_left in reversed(range(TRIES.get(reader, 1))):
        try:
            return READERS[reader](root / "tables" / table, COLUMNS[table], False)
        except READER_FAULTS as error:
            if tries_left:
                tally.refused[reader] += 1
            else:
                tally.anomalies[f"{reader}: {table} unreadable: {type(error).__name__}: {str(error)[:200]}"] += 1
    return None


def run(root: Path, commits: int, reads: int, seed: int) -> tuple[Tally, int]:
    """One writer and some readers on a new lake; what was seen, and how many commits were made."""
    with writing(LakeLayout(root), "first") as transaction:
        change(transaction, {}, next(states(seed)))
        transaction.commit()
    spawn = multiprocessing.get_context("spawn")  # the readers' libraries have threads, which a fork would break
    with spawn.Manager() as manager, ProcessPoolExecutor(1 + READER_PROCESSES, mp_context=spawn) as pool:
        newest, stop = manager.Value("i", 0), manager.Event()
        wanted = Wanted(commits, -(-reads // READER_PROCESSES))
        writer = pool.submit(write, root, seed, newest, stop)
        writer.add_done_callback(lambda _: stop.set())
        try:
            shares = [pool.submit(read, root, seed, newest, stop, wanted, 4 * n) for n in range(READER_PROCESSES)]
            tally = sum((done.result() for done in shares), Tally())
        finally:
            stop.set()
        writer.result()
        return tally, newest.value


def main() -> None:
    """Write, read, and print what was seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--commits", type=int, default=200)
    parser.add_argument("--reads", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        tally, commits = run(Path(scratch) / "lake", chosen.commits, chosen.reads, chosen.seed)
    print(f"{commits} commits, {tally}")
    for what, number in sorted(tally.anomalies.items()):
        print(f"{number:6d}  {what}")
    sys.exit(1 if tally.anomalies else 0)


if __name__ == "__main__":
    main()
