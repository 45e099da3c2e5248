"""A backfill that is public in pieces: `python -m tests.benchmarks.backfill FOLDER --letters 300000`.

Generates letters in FOLDER/letters, unless they are there, and brings them into FOLDER/lake by one `imr run` in pieces
of the default's size, or ten smaller ones. Prints for each piece when it was public, its letters by second and by
second of CPU, and the peak memory of each process until then; at the end the size of the lake. `large_lake_commands`
measures what a lake costs afterwards.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import psutil
import pyarrow.parquet as pq

from imr.settings import CommitEvery
from imr.synthetic.writing import write_letters

PIECES = 10
_IMR = str(Path(sys.executable).with_name("imr"))


class Piece(NamedTuple):
    """A piece that has become public: seconds since the start, CPU seconds of all processes, peak bytes by kind."""

    seconds: float
    cpu_seconds: float
    peak_bytes: Mapping[str, int]


class Family:
    """A run and all that it has started: what each process has used so far."""

    def __init__(self, run: psutil.Process) -> None:
        self._run = run
        self._cpu: dict[int, float] = {}
        self.peak_bytes: dict[str, int] = {}

    @property
    def cpu_seconds(self) -> float:
        """Of all processes, also of those that have ended, as they were last seen."""
        return sum(self._cpu.values())

    def look(self) -> None:
        """Look at each process."""
        for process in [self._run, *self._run.children(recursive=True)]:
            with suppress(psutil.Error):
                times, kind = process.cpu_times(), self._kind(process)
                self._cpu[process.pid] = times.user + times.system
                self.peak_bytes[kind] = max(self.peak_bytes.get(kind, 0), process.memory_info().rss)

    def _kind(self, process: psutil.Process) -> str:
        if process == self._run:
            return "run"
        return "server" if "uvicorn" in " ".join(process.cmdline()) else "worker"


def brought_in(letters: Path, lake: Path, piece: int) -> Iterator[Piece]:
    """Run, and tell of each piece as soon as it is public."""
    began, public = time.monotonic(), 0
    command = [_IMR, "run", str(letters), "--lake", str(lake), "--commit-every", str(piece), "--json"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as run:
        family = Family(psutil.Process(run.pid))
        while run.poll() is None:
            family.look()
            if (now := commits(lake)) > public:
                public = now
                yield Piece(time.monotonic() - began, family.cpu_seconds, dict(family.peak_bytes))
            time.sleep(1.0)
    if run.returncode:
        raise SystemExit(f"imr run ended with {run.returncode}")


def commits(lake: Path) -> int:
    """How many commits are public."""
    return sum(pq.read_metadata(path).num_rows for path in (lake / "tables" / "commits").glob("*/*.parquet"))


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path)
    options.add_argument("--letters", type=int, default=300_000)
    chosen = options.parse_args()
    letters, lake = chosen.folder / "letters", chosen.folder / "lake"
    piece = min(chosen.letters // PIECES, CommitEvery().letters or chosen.letters)
    if not letters.exists():
        write_letters(letters, chosen.letters, seed=300)
    last = Piece(0.0, 0.0, {})
    for number, now in enumerate(brought_in(letters, lake, piece), 1):
        seconds, cpu = now.seconds - last.seconds, now.cpu_seconds - last.cpu_seconds
        memory = ", ".join(f"{kind} {peak / 2**20:.0f} MiB" for kind, peak in now.peak_bytes.items())
        rates = f"{piece / seconds:.0f} letters/s, {piece / cpu:.0f} for each second of CPU"
        print(f"piece {number}: public after {now.seconds:.0f} s, {rates}; peaks: {memory}", flush=True)
        last = now
    files = [path.stat().st_size for path in lake.rglob("*") if path.is_file()]
    print(f"{last.seconds:.0f} s, {last.cpu_seconds:.0f} s of CPU; {len(files)} files, {sum(files) / 2**20:.0f} MiB")


if __name__ == "__main__":
    main()
