"""Whether files are what was written: those of the tables page by page and as a whole, and bytes by their hashes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from imr.errors import LakeError
from imr.lake.files import outdated, read_through, schema_of
from imr.lake.layout import LakeLayout, partition_at
from imr.lake.sums import files_there, is_as_written, sums_of_tables
from imr.tables.declaration import TABLES
from imr.upkeep.advice import Advice


class Fault(NamedTuple):
    """What is wrong with one file, by its path below the lake, and what to do; `path` is what a repair sets aside."""

    where: str
    what: str
    advice: Advice
    path: Path | None = None


def unreadable_files(lake: LakeLayout) -> Iterator[Fault]:
    """Whatever keeps the tables from being read: what is no file of theirs, damaged, or of another declaration."""
    for path in sorted(path for path in lake.tables.rglob("*") if not _is_plain_folder(path)):
        name = path.relative_to(lake.tables).as_posix()
        partition = partition_at(name)
        if partition is None or path.is_symlink() or not path.is_file():
            what = "no file of a table: readers may stumble over it"
            yield Fault(f"tables/{name}", what, Advice.SET_ASIDE, path)
            continue
        try:
            if not schema_of(path).equals(TABLES[partition.table].schema):
                yield Fault(f"tables/{name}", outdated(name).message, Advice.MIGRATE)
            else:
                read_through(path)
        except LakeError as error:
            yield Fault(f"tables/{name}", error.message, Advice.SET_ASIDE, path)


def unlisted_files(lake: LakeLayout, *, deep: bool) -> Iterator[Fault]:
    """Whatever differs from the list of hashes that the last commit left; `deep` hashes every file."""
    there = files_there(lake)
    try:
        sums = sums_of_tables(lake)
    except LakeError as error:
        if there:
            yield Fault(lake.sums.name, f"{error.message}: files cannot be held against their hashes", Advice.REPAIR)
        return
    for name in sorted(sums.keys() - there.keys()):
        yield Fault(name, "is gone", Advice.PUT_BACK)
    for name, partition in sorted(there.items()):
        if name not in sums:
            yield Fault(name, "no commit wrote it", Advice.SET_ASIDE, lake.root / name)
        elif deep and not is_as_written(lake, sums, partition):
            yield Fault(name, "is not what its commit wrote", Advice.SET_ASIDE, lake.root / name)


def _is_plain_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink() and path.suffix != ".parquet"
