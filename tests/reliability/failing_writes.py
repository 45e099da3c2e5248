"""Writes that fail, each in turn: `python -m tests.reliability.failing_writes [--every N]`.

A commit, and the recovery of one that was decided before, are done again and again; each time another of the calls by
which they write says that the disk is full, broken or forbidden, once or from then on. A file may be half written by
then. The fault must be told as `lake_write_failed`; the tables are as they were if it struck before the journal's
record, else all changes come about, at the latest with the next recovery; and the next commit works.
"""

from __future__ import annotations

import argparse
import errno
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count, product
from pathlib import Path

import pytest

from imr.errors import Code, LakeError
from imr.lake.layout import LakeLayout
from tests.reliability.faulty import Case, Faulty
from tests.reliability.one_commit import READ, Content, content, first_run, recovery, second_run
from tests.reliability.readers import READER_FAULTS, READERS, foreign_files

ERRORS = (errno.ENOSPC, errno.EIO, errno.EACCES)
Act = Callable[[LakeLayout], None]


@dataclass
class Tally:
    """What has happened so far."""

    points: int = 0
    cases: int = 0
    told: int = 0
    after_the_record: int = 0
    anomalies: list[str] = field(default_factory=list)


class Trial:
    """An act that is tried again and again from the same beginning, each time with another fault."""

    def __init__(self, beginning: LakeLayout, act: Act, scratch: Path) -> None:
        self.beginning, self.act, self.lake = beginning, act, LakeLayout(scratch)
        self.tally = Tally()
        self._looked_at: set[str] = set()
        self.afresh()
        self.old = content(self.lake)
        self.tally.points = self.try_with(None)[1].count
        second_run(self.lake)
        self.new = content(self.lake)

    def run(self, cases: Iterable[Case]) -> Tally:
        """Let each of the faults strike."""
        for case in cases:
            self.afresh()
            told, faulty = self.try_with(case)
            self.tally.cases += 1
            self.tally.told += told is not None
            self.tally.after_the_record += faulty.decided
            self.tally.anomalies += [f"{case}: {anomaly}" for anomaly in self._anomalies(case, told, faulty.decided)]
        return self.tally

    def afresh(self) -> None:
        """Begin again."""
        shutil.rmtree(self.lake.root, ignore_errors=True)
        shutil.copytree(self.beginning.root, self.lake.root)

    def try_with(self, case: Case | None) -> tuple[Exception | None, Faulty]:
        """Do it with a fault, if any; what was told of it."""
        faulty = Faulty(self.lake, case)
        with pytest.MonkeyPatch.context() as patch:
            faulty.watch(patch)
            try:
                self.act(self.lake)
            except Exception as error:
                return error, faulty
        return None, faulty

    def _anomalies(self, case: Case, told: Exception | None, decided: bool) -> Iterator[str]:
        if told and not _is_named(told, case.number):
            yield f"told as {type(told).__name__}: {told}"
        comes_about = decided or not told  # a fault of no consequence is not told
        end, now = self.new if comes_about else self.old, content(self.lake)
        yield from self._seen_by_readers(now)
        if decided and told and (case.lasting or self.act is recovery):  # nobody is left to heal it yet
            if any(
                now.get(path) not in (self.old.get(path), self.new.get(path)) for path in {*self.old, *self.new, *now}
            ):
                yield "a file is neither old nor new"
        elif now != end:
            yield f"the tables are not {'as they were to be' if comes_about else 'as they were'}"
        for what, act, wanted in (("recovery", recovery, end), ("commit", second_run, self.new)):
            try:
                act(self.lake)
            except LakeError as error:
                yield f"the next {what} fails: {error}"
            if content(self.lake) != wanted or any(self.lake.journal.iterdir()):
                yield f"the next {what} does not put it right"

    def _seen_by_readers(self, now: Content) -> Iterator[str]:
        """What four readers say to this state of the tables, unless they have said it before."""
        if (state := repr(sorted(now.items()))) in self._looked_at:
            return
        self._looked_at.add(state)
        yield from (f"{name} in the tables" for name in foreign_files(self.lake.tables))
        for table, (name, read) in product(READ, READERS.items()):
            try:
                rows = read(self.lake.tables / table.name, table.key, True)
            except READER_FAULTS as error:
                yield f"{name} cannot read {table.name}: {type(error).__name__}"
            else:
                if len(set(rows)) < len(rows):
                    yield f"{name} sees a duplicate in {table.name}"


def _is_named(error: Exception, number: int) -> bool:
    return (
        isinstance(error, LakeError) and error.code == Code.LAKE_WRITE_FAILED and errno.errorcode[number] in str(error)
    )


def beginnings(folder: Path) -> tuple[LakeLayout, LakeLayout]:
    """A lake as the first run leaves it, and one whose second run ended for good when its record was written."""
    first_run(before := LakeLayout(folder / "before"))
    trial = Trial(before, second_run, folder / "decided")
    for case in (Case(point, errno.EIO, lasting=True) for point in count(1)):
        trial.afresh()
        if trial.try_with(case)[1].decided:
            break
    return before, trial.lake


def cases(points: int, every: int = 1, errors: Iterable[int] = ERRORS) -> Iterator[Case]:
    """All faults at every so manieth call."""
    for point, number, lasting in product(range(1, points + 1, every), errors, (False, True)):
        yield Case(point, number, lasting)


def main() -> None:
    """Let writes fail, and print what became of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="try only every so manieth call")
    every, found = parser.parse_args().every, list[str]()
    with tempfile.TemporaryDirectory() as scratch:
        before, decided = beginnings(Path(scratch))
        for name, beginning, act in (("commit", before, second_run), ("recovery", decided, recovery)):
            trial = Trial(beginning, act, Path(scratch) / "lake")
            tally = trial.run(cases(trial.tally.points, every))
            found += tally.anomalies
            print(
                f"{name}: {tally.points} calls x {len(ERRORS)} errors, passing and lasting: {tally.cases} faults, "
                f"{tally.told} told as lake_write_failed, the others of no consequence; {tally.after_the_record} after "
                f"the journal's record: {len(tally.anomalies)} anomalies"
            )
    for anomaly in found:
        print(anomaly)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
