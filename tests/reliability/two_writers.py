"""Two writers of one lake at the same moment: `python -m tests.reliability.two_writers [--times N]`.

Each time two processes are let go together, each to publish another letter into the same files of the same tables;
one of them has to wait for the other, and afterwards the lake holds both letters, whole. Then a writer is killed
while it holds the lock, before and after its commit was decided: the next takes over at once. And a writer that does
not wait is refused, told by whom, and leaves alone what the other has prepared.
"""

from __future__ import annotations

import argparse
import datetime as dt
import multiprocessing
import os
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from multiprocessing.context import SpawnProcess
from multiprocessing.synchronize import Barrier, Event
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from imr.errors import Code, LakeError
from imr.lake import journal
from imr.lake.layout import LakeLayout, Partition
from imr.lake.public import read_table
from imr.lake.transaction import Transaction, writing
from imr.tables.declaration import DOCUMENTS, DRUGS, LINEAGE, TABLES, TEXTS
from tests.reliability.readers import READER_FAULTS, READERS, foreign_files
from tests.reliability.small_lakes import document_id, rows_of

SPAWN = multiprocessing.get_context("spawn")
TODAY = dt.date(2026, 1, 2)
DRUGS_EACH = 3
ROWS = {"documents": 1, "drugs": DRUGS_EACH, "texts": 1, "lineage": 1}
"""Rows of a letter in each table."""


class Times(NamedTuple):
    """When a writer asked for the lock, and when it had done its work."""

    asked: float
    done: float


def prepare(transaction: Transaction, number: int) -> None:
    """Prepare one letter, in the same partitions as any other."""
    letter = {"document_id": document_id(number)}
    drugs = [letter | {"drug_number": n} for n in range(1, DRUGS_EACH + 1)]
    for table, rows in ((DOCUMENTS, [letter]), (DRUGS, drugs), (TEXTS, [letter])):
        transaction.upsert(Partition(table.name, "year=2017", 0), rows_of(table, rows), pa.array([document_id(number)]))
    event = letter | {"event_id": f"letter {number} is public"}
    transaction.append("lineage", TODAY, rows_of(LINEAGE, [event]))


def publish(root: Path, number: int, timeout: float = 60) -> None:
    """Publish one letter."""
    with writing(LakeLayout(root), f"writer of {number}", timeout) as transaction:
        prepare(transaction, number)
        transaction.commit()


def publish_together(root: Path, number: int, together: Barrier, times: multiprocessing.Queue[Times]) -> None:
    """Publish one letter at the same moment as another process does."""
    together.wait(60)
    asked = time.monotonic()
    publish(root, number)
    times.put(Times(asked, time.monotonic()))


def meet(root: Path, numbers: Sequence[int]) -> bool:
    """Let two writers go at the same moment; whether one came while the other was at work."""
    together, times = SPAWN.Barrier(len(numbers)), SPAWN.Queue()
    writers = [SPAWN.Process(target=publish_together, args=(root, number, together, times)) for number in numbers]
    for writer in writers:
        writer.start()
    first, second = sorted((times.get(timeout=120) for _ in writers), key=lambda entry: entry.done)
    for writer in writers:
        writer.join()
    return bool(second.asked < first.done)


def hold(root: Path, number: int, decided: bool, held: Event) -> None:
    """Prepare a letter and, if so wished, decide its commit, then stop in the middle of it with the lock held."""

    def stop(*_: object) -> None:
        held.set()
        time.sleep(600)

    with writing(LakeLayout(root), f"holder of {number}") as transaction:
        prepare(transaction, number)
        if decided:
            journal.apply = stop  # the record is written, nothing of it is brought about
            transaction.commit()
        stop()


def holder(root: Path, number: int, *, decided: bool) -> SpawnProcess:
    """A process that is in the middle of its commit by now."""
    held = SPAWN.Event()
    process = SPAWN.Process(target=hold, args=(root, number, decided, held))
    process.start()
    if not held.wait(60):
        kill(process)
        raise TimeoutError("the holder never came to hold the lock")
    return process


def kill(process: SpawnProcess) -> None:
    """End a process as nothing else does: no handler of it runs."""
    os.kill(process.pid or 0, signal.SIGKILL)
    process.join()


def faults(root: Path, numbers: Sequence[int]) -> Iterator[str]:
    """What is wrong with a lake that should hold exactly these letters and be at rest."""
    lake = LakeLayout(root)
    wanted = {document_id(number) for number in numbers}
    for (table, each), (name, read) in product(ROWS.items(), READERS.items()):
        columns = tuple(dict.fromkeys(("document_id", *TABLES[table].key)))
        try:
            rows = read(lake.tables / table, columns, True)
        except READER_FAULTS as error:
            yield f"{name} cannot read {table}: {type(error).__name__}"
            continue
        if len(set(rows)) < len(rows) or Counter(row[0] for row in rows) != dict.fromkeys(wanted, each):
            yield f"{name} does not see the rows of every letter once in {table}"
    yield from (f"{name} in the tables" for name in foreign_files(lake.tables))
    if any(lake.journal.iterdir()):
        yield "the journal is not empty"
    try:
        with writing(lake, "a visitor", lock_timeout=0):
            pass
    except LakeError as error:
        yield f"the lake cannot be written: {error.message}"


def taken_over(
    root: Path, number: int, *, decided: bool, end: Callable[[SpawnProcess], None] = kill
) -> tuple[float, list[str]]:
    """End a writer in the middle of its commit, publish the next letter; the seconds it took, and what is wrong."""
    end(holder(root, number, decided=decided))
    began = time.monotonic()
    try:
        publish(root, number + 1, timeout=0)
    except LakeError as error:
        return time.monotonic() - began, [f"a dead writer stands in the way of the next: {error.message}"]
    seconds = time.monotonic() - began
    there = read_table(LakeLayout(root), "documents", ["document_id"])["document_id"].to_pylist()
    return seconds, [] if (document_id(number) in there) == decided else ["a killed commit was half done"]


def refused(root: Path, number: int, publish_too: Callable[..., None] = publish) -> list[str]:
    """What is wrong when a writer that does not wait meets one in the middle of its commit."""
    other, found = holder(root, number, decided=False), []
    prepared = sorted(LakeLayout(root).journal.rglob("*"))
    try:
        publish_too(root, number + 1, timeout=0)
        found.append("there were two writers")
    except LakeError as error:
        if error.code != Code.LAKE_LOCKED:
            found.append(f"a writer was refused with {error.code}")
        if f"holder of {number}" not in error.message or str(other.pid) not in error.message:
            found.append("a writer was not told who the other is")
    if not prepared or sorted(LakeLayout(root).journal.rglob("*")) != prepared:
        found.append("a refused writer touched what the other had prepared")
    kill(other)
    return found


@dataclass
class Tally:
    """What has happened so far in one lake."""

    published: list[int] = field(default_factory=list)
    met: int = 0
    seconds: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def once(root: Path, first: int, tally: Tally) -> None:
    """All of it once, with letters from a number on."""
    tally.faults += refused(root, first)
    tally.met += meet(root, pair := (first + 11, first + 12))
    tally.published += pair
    tally.faults += faults(root, tally.published)
    for number, decided in ((first + 21, False), (first + 31, True)):
        took, found = taken_over(root, number, decided=decided)
        tally.seconds.append(took)
        tally.published += [number, number + 1] if decided else [number + 1]
        tally.faults += [*found, *faults(root, tally.published)]


def main() -> None:
    """Let writers meet, and print what became of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=20)
    times, tally = parser.parse_args().times, Tally()
    with tempfile.TemporaryDirectory() as scratch:
        for number in range(times):
            once(Path(scratch) / "lake", 1000 * number, tally)
    print(
        f"{times} times two writers at once, {tally.met} of them met, all letters published; {len(tally.seconds)} killed "
        f"with the lock in hand, the next was done within {max(tally.seconds):.2f} s; {times} refused by name: "
        f"{len(tally.faults)} anomalies"
    )
    for fault in tally.faults:
        print(fault)
    sys.exit(1 if tally.faults else 0)


if __name__ == "__main__":
    main()
