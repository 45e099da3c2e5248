"""Where everything in a lake stands: its folders, and the files of its tables."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from imr.errors import Code, LakeError
from imr.lake import place
from imr.lake.place import is_lake
from imr.tables.declaration import TABLES


class Partition(NamedTuple):
    """One file of a table: `folder` is `year=…` (`case_year=…`), `date=…` or empty for a table of a single file."""

    table: str
    folder: str
    part: int

    @property
    def path(self) -> str:
        """Its path below the lake's `tables/`."""
        name = f"part-{self.part:03d}.parquet" if self.folder else f"{self.table}.parquet"
        return "/".join(filter(None, (self.table, self.folder, name)))


@dataclass(frozen=True, slots=True)
class LakeLayout:
    """The folders of one lake. Only `tables/` is public; a table's folder holds finished Parquet and nothing else."""

    root: Path

    @property
    def is_there(self) -> bool:
        """Whether a run has begun to make it. A folder with nothing but letters to read is no lake yet."""
        return is_lake(self.root)

    @property
    def tables(self) -> Path:
        """The public tables."""
        return self.root / place.TABLES

    @property
    def raw(self) -> Path:
        """Source bytes by their hash."""
        return self.root / place.RAW

    @property
    def stage(self) -> Path:
        """What each step made of each batch. May be deleted: it is made again."""
        return self.root / place.STAGE

    @property
    def quarantine(self) -> Path:
        """Copies of the files that did not make it."""
        return self.root / "quarantine"

    @property
    def ocr(self) -> Path:
        """Recognised pages by the hash of their document. May be deleted: they are recognised again."""
        return self.root / "ocr"

    @property
    def releases(self) -> Path:
        """Immutable snapshots of the tables, a folder each."""
        return self.root / "releases"

    @property
    def ledger(self) -> Path:
        """A second copy of what cannot be made anew: which letters were removed, and what was committed."""
        return self.root / "ledger"

    @property
    def set_aside(self) -> Path:
        """Damaged files that a repair took out of their places."""
        return self.root / "set_aside"

    @property
    def search(self) -> Path:
        """The search index of what is public. May be deleted: it is made again."""
        return self.root / "search"

    @property
    def accuracy(self) -> Path:
        """The last measurement against labelled letters, for the next to be compared with."""
        return self.root / "accuracy.json"

    @property
    def report(self) -> Path:
        """The report as upkeep last made it; its workbook stands beside it."""
        return self.root / "report.html"

    @property
    def refused(self) -> Path:
        """What the last run had found, if a gate refused it."""
        return self.root / "refused.json"

    @property
    def journal(self) -> Path:
        """Where a commit is prepared and written down; empty between commits."""
        return self.root / "journal"

    @property
    def sums(self) -> Path:
        """The hashes of all files of the tables, as the last commit left them."""
        return self.root / "SHA256SUMS"

    @property
    def store(self) -> Path:
        """Where its object store is, if it has one."""
        return self.root / "store.json"

    @property
    def lock(self) -> Path:
        """The file whose lock makes its holder the only writer."""
        return self.root / "lock"

    def file(self, partition: Partition) -> Path:
        """The public file of a partition, there or not."""
        return self.tables / partition.path

    def partitions(self, table: str) -> list[Partition]:
        """The files that a table has now.

        Raises:
            LakeError: `lake_damaged` when something else stands among them that a reader's glob would take for one.
        """
        return sorted(map(self._partition, (self.tables / table).rglob("*.parquet")))

    def table_paths(self, table: str) -> list[str]:
        """The paths of these files, relative to the lake's folder."""
        return [f"{self.tables.name}/{partition.path}" for partition in self.partitions(table)]

    def _partition(self, path: Path) -> Partition:
        name = path.relative_to(self.tables).as_posix()
        if (partition := partition_at(name)) is None:
            raise LakeError(Code.LAKE_DAMAGED, f"tables/{name} is no file of a table: move it elsewhere")
        return partition


def single_file(table: str) -> Partition:
    """The partition of a table that is a single file."""
    return Partition(table, "", 0)


def partition_at(name: str) -> Partition | None:
    """The partition whose path below `tables/` this is; None for whatever else may stand there."""
    table = TABLES.get(name.partition("/")[0])
    if table is None:
        return None
    partition: Partition | None = single_file(table.name)
    if table.partitioned_by:
        found = re.fullmatch(_BELOW_TABLE[table.partitioned_by].format(table.year_key), name.partition("/")[2])
        partition = Partition(table.name, found["folder"], int(found["part"])) if found else None
    return partition if partition and partition.path == name else None


_BELOW_TABLE = {
    "case_year": r"(?P<folder>{0}=(?:0|[1-9]\d{{0,3}}))/part-(?P<part>\d{{3,}})\.parquet",
    "run_date": r"(?P<folder>date=\d{{4}}-\d\d-\d\d)/part-(?P<part>\d{{3,}})\.parquet",
}
