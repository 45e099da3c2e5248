"""The flow on a disk that is really full: `python -m tests.reliability.full_disk` (needs the right to mount a tmpfs).

A lake with some letters stands on a small disk of its own. A run that is to add more is left little room, each time a
little more, so that it fails in another place: at the first file, between the steps, in the middle of the commit. It
must exit with 1 and say `lake_write_failed`, the tables must be as they were, byte for byte, and readable; and when
there is room again, the next run must bring everything in.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from imr.errors import Code
from imr.synthetic.writing import write_letters
from imr.tables.declaration import LETTER_TABLES
from tests.reliability.readers import READER_FAULTS, READERS
from tests.reliability.runs import Environment, prefect_server, start

SIZE_MIB = 16
THERE, MORE = 20, 60
"""Letters that are in the lake, and that come when there is no room."""
ROOM_KIB = (0, 200, 500, 1000, 1500, 2000)
"""The room that is left, from none to almost enough."""


class NoMountError(Exception):
    """No disk may be mounted here."""


@contextmanager
def small_disk(folder: Path, size_mib: int = SIZE_MIB) -> Iterator[Path]:
    """A folder that is a disk of its own, as long as the block runs.

    Raises:
        NoMountError: only the superuser may mount, and not everywhere.
    """
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size_mib}m", "tmpfs", str(folder)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise NoMountError from error
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


class Ended(NamedTuple):
    """How a run ended: its exit code, and the error code it told."""

    exit_code: int
    error_code: str | None


class Trial:
    """A lake on a small disk, the letters that are in it and those that are to come."""

    def __init__(self, environment: Environment, root: Path, disk: Path) -> None:
        self.environment, self.disk, self.lake = environment, disk, disk / "lake"
        self.letters = (root / "there", root / "more")
        for seed, (folder, number) in enumerate(zip(self.letters, (THERE, MORE), strict=True)):
            write_letters(folder, number, seed)
        self.saved = root / "saved"
        if self.run(self.letters[:1]) != (0, None):
            raise RuntimeError("the disk is too small for the first letters")
        shutil.copytree(self.lake, self.saved)

    def run(self, folders: Sequence[Path]) -> Ended:
        """Run the flow on some letters."""
        run = start(self.environment, self.lake, folders)
        said = json.loads(run.communicate()[0])
        return Ended(run.returncode, said.get("error_code"))

    def anomalies(self, room_kib: int) -> Iterator[str]:
        """What goes wrong when a run has so much room, and when the next has enough."""
        shutil.rmtree(self.lake)
        shutil.copytree(self.saved, self.lake)
        before = table_files(self.lake)
        with self.filled(room_kib):
            ended = self.run(self.letters)
            if ended != (1, Code.LAKE_WRITE_FAILED):
                yield f"a run ended with {ended.exit_code} and told {ended.error_code}"
            if table_files(self.lake) != before:
                yield "the tables are not as they were"
            yield from wrong(self.lake, THERE)
        if (ended := self.run(self.letters)) != (0, None):
            yield f"the next run ended with {ended.exit_code} and told {ended.error_code}"
        yield from wrong(self.lake, THERE + MORE)

    @contextmanager
    def filled(self, room_kib: int) -> Iterator[None]:
        """The disk with so much room while the block runs."""
        ballast = self.disk / "ballast"
        ballast.write_bytes(bytes(shutil.disk_usage(self.disk).free - 1024 * room_kib))
        try:
            yield
        finally:
            ballast.unlink()


def table_files(lake: Path) -> Mapping[Path, bytes]:
    """All files of the tables, foreign ones as well."""
    return {path: path.read_bytes() for path in (lake / "tables").rglob("*") if path.is_file()}


def wrong(lake: Path, letters: int) -> Iterator[str]:
    """What four readers do not find as it should be in a lake of so many letters."""
    for table in LETTER_TABLES:
        for name, read in READERS.items():
            try:
                rows = read(lake / "tables" / table.name, table.key or ("document_id",), True)
            except READER_FAULTS as error:
                yield f"{name} cannot read {table.name}: {type(error).__name__}"
                continue
            if table.key and len(set(rows)) < len(rows):
                yield f"{name} sees a duplicate in {table.name}"
            if table.key == ("document_id",) and len(Counter(row[0] for row in rows)) != letters:
                yield f"{name} does not see {letters} letters in {table.name}"


def main() -> None:
    """Fill the disk, and print what became of the runs."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    found: list[str] = []
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        try:
            with small_disk(root / "disk") as disk, prefect_server(root / "prefect") as environment:
                trial = Trial(environment, root, disk)
                for room_kib in ROOM_KIB:
                    found += [f"with {room_kib} KiB left: {anomaly}" for anomaly in trial.anomalies(room_kib)]
        except NoMountError:
            print("no tmpfs may be mounted here: nothing was tried")
            return
    print(
        f"{len(ROOM_KIB)} runs on a disk with {ROOM_KIB[0]} to {ROOM_KIB[-1]} KiB left: each ended with 1 and "
        f"lake_write_failed, the next with 0: {len(found)} anomalies"
    )
    for anomaly in found:
        print(anomaly)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
