"""The whole flow killed at random moments: `python -m tests.reliability.random_kills [--kills N] [--letters N] ...`.

Letters come in by waves, each run given all waves so far. Runs are killed with all their workers, anywhere in their
length or aimed at the commit (or at the recovery of the last one); after every kill and before any recovery four
readers read the tables. A wave has come in when it is published, by a run that was left alone or by one that was
killed too late; after some waves, and at the end, a run is left alone. Then the tables must be those of a lake that
was never disturbed. Where one lake's waves are not enough for the kills, another lake is begun.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from imr.lake.layout import LakeLayout
from imr.lake.public import read_table
from imr.synthetic.writing import write_letters
from imr.tables.declaration import AGGREGATES, LETTER_TABLES
from tests.flows.helpers import row_set
from tests.reliability.readers import READERS, foreign_files
from tests.reliability.runs import Environment, Run, prefect_server, start
from tests.reliability.striking import AIMS, killed, stage_of_commit, standing
from tests.reliability.whole_letters import READ, faults, has_files, whole

BATCH_SIZE = 20
WAVES_BETWEEN_RUNS_LEFT_ALONE = 4
SEED = 5


class Tally:
    """What has happened so far."""

    def __init__(self) -> None:
        self.kills: Counter[str] = Counter()
        """Kills that struck, by where the commit stood."""
        self.left_alone, self.reads, self.lakes = 0, 0, 0
        self.faults: list[str] = []

    def __str__(self) -> str:
        where = ", ".join(f"{number} {place}" for place, number in sorted(self.kills.items()))
        return (
            f"{self.kills.total()} kills of living runs (by how far the commit was: {where}), {self.left_alone} runs to "
            f"their end, {self.lakes} lakes, {self.reads} reads of tables before any recovery: "
            f"{len(self.faults)} anomalies"
        )


class Campaign:
    """Kills over the runs that bring letters into one lake after the other."""

    def __init__(
        self, environment: Environment, root: Path, waves: Sequence[Path], seed: int, piece: int | None = None
    ) -> None:
        self.environment, self.root, self.waves = environment, root, waves
        self.piece = piece
        self.rng, self.tally = random.Random(seed), Tally()
        self.seconds = 0.0
        """How long the last run took that was left alone."""
        self.undisturbed = root / "undisturbed"
        self.leave_alone(self.undisturbed, waves)
        self.whole = whole(self.undisturbed)

    def kill(self, wanted: int) -> Tally:
        """Go on until so many kills have struck living runs."""
        while self.tally.kills.total() < wanted and not self.tally.faults:
            self.tally.lakes += 1
            self.ingest(self.root / f"lake-{self.tally.lakes}", wanted)
        return self.tally

    def ingest(self, lake: Path, wanted: int) -> None:
        """Bring all waves into a lake, killing runs on the way until there are enough kills."""
        acknowledged: set[str] = set()
        for number in range(1, len(self.waves) + 1):
            given, ids = self.waves[:number], letter_ids(self.waves[:number])
            while self.tally.kills.total() < wanted and not ids <= published(lake):
                if self.strike(lake, given):
                    self.look(lake, acknowledged)
                else:
                    acknowledged |= ids
            if number % WAVES_BETWEEN_RUNS_LEFT_ALONE == 0:
                self.leave_alone(lake, given)
                acknowledged |= ids
        self.leave_alone(lake, self.waves)
        self.compare(lake)

    def strike(self, lake: Path, given: Sequence[Path]) -> bool:
        """Start a run and kill it at a moment of its own; whether it was still alive then."""
        aim = self.rng.choices(AIMS, [aim.weight for aim in AIMS])[0]
        moment = self.rng.uniform(0, aim.within if aim.sign else self.seconds)
        before = standing(lake)
        run = self.run(lake, given)
        if self.piece and aim.sign:  # else it would always be the first piece that is struck
            with suppress(subprocess.TimeoutExpired):
                run.wait(self.rng.uniform(0, self.seconds))
        if not killed(run, lake, aim, moment):
            self.ended(run)
            return False
        self.tally.kills[stage_of_commit(before, standing(lake))] += 1
        return True

    def look(self, lake: Path, acknowledged: set[str]) -> None:
        """Read all tables in four ways, one of them every column, and note what is wrong."""
        turn = self.tally.kills.total() % len(READERS)
        found = [f"{name} in the tables" for name in foreign_files(lake / "tables")]
        for table in READ:
            found += faults(lake, table, self.whole, acknowledged, turn)
            self.tally.reads += len(READERS) if has_files(lake, table) else 0
        self.tally.faults += [f"after kill {self.tally.kills.total()}: {fault}" for fault in found]

    def compare(self, lake: Path) -> None:
        """In the end a lake has to be what it would have been without any kill."""
        for table in (*LETTER_TABLES, *AGGREGATES):
            if row_set(lake, table.name) != row_set(self.undisturbed, table.name):
                self.tally.faults.append(f"{table.name} is not that of an undisturbed lake")
        if any((lake / "journal").iterdir()):
            self.tally.faults.append("the journal is not empty in the end")

    def leave_alone(self, lake: Path, given: Sequence[Path]) -> None:
        """A run that nobody kills, whose length is that of runs to come."""
        began = time.monotonic()
        self.ended(self.run(lake, given))
        self.seconds = time.monotonic() - began

    def run(self, lake: Path, given: Sequence[Path]) -> Run:
        """A run, in pieces of so many letters, but for that of the lake that all others are to be like."""
        pieces = ("--commit-every", str(self.piece)) if self.piece and lake != self.undisturbed else ()
        return start(self.environment, lake, given, BATCH_SIZE, *pieces)

    def ended(self, run: Run) -> None:
        """A run that was not killed has to end well."""
        said = run.communicate()[0]
        self.tally.left_alone += 1
        if run.returncode:
            self.tally.faults.append(f"a run ended with {run.returncode}: {said.decode()[-300:]}")


def published(lake: Path) -> set[str]:
    """The letters that are in `documents`, the first table that a commit replaces."""
    return set(read_table(LakeLayout(lake), "documents", ["document_id"])["document_id"].to_pylist())


def letter_ids(folders: Sequence[Path]) -> set[str]:
    """The letters in some folders, by their bytes."""
    return {hashlib.sha256(path.read_bytes()).hexdigest() for folder in folders for path in folder.iterdir()}


def waves_of(folder: Path, letters: int, wave: int) -> list[Path]:
    """Generated letters, so many in each of some folders."""
    write_letters(folder / "all", letters, seed=SEED)
    folders: list[Path] = []
    for number, path in enumerate(sorted((folder / "all").iterdir())):
        if number % wave == 0:
            folders.append(folder / f"wave-{len(folders):03d}")
            folders[-1].mkdir()
        path.rename(folders[-1] / path.name)
    return folders


def main() -> None:
    """Kill, look, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--letters", type=int, default=2_000)
    parser.add_argument("--wave", type=int, default=40, help="letters that come in together")
    parser.add_argument("--commit-every", type=int, help="letters in a piece; else a wave is one commit")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        waves = waves_of(root, chosen.letters, chosen.wave)
        with prefect_server(root / "prefect") as environment:
            tally = Campaign(environment, root, waves, chosen.seed, chosen.commit_every).kill(chosen.kills)
    print(f"{chosen.letters} letters, {tally}")
    for fault in tally.faults:
        print(fault)
    sys.exit(1 if tally.faults else 0)


if __name__ == "__main__":
    main()
