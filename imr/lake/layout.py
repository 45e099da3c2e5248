"""Where everything in a lake stands: its folders, and the files of its tables."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple


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
    def tables(self) -> Path:
        """The public tables."""
        return self.root / "tables"

    @property
    def raw(self) -> Path:
        """Source bytes by their hash."""
        return self.root / "raw"

    @property
    def stage(self) -> Path:
        """What each step made of each batch. May be deleted: it is made again."""
        return self.root / "stage"

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
    def accuracy(self) -> Path:
        """The last measurement against labelled letters, for the next to be compared with."""
        return self.root / "accuracy.json"

    @property
    def journal(self) -> Path:
        """Where a commit is prepared and written down; empty between commits."""
        return self.root / "journal"

    @property
    def lock(self) -> Path:
        """The file whose lock makes its holder the only writer."""
        return self.root / "lock"

    def file(self, partition: Partition) -> Path:
        """The public file of a partition, there or not."""
        return self.tables / partition.path

    def partitions(self, table: str) -> list[Partition]:
        """The files that a table has now."""
        return sorted(_parse(table, path) for path in (self.tables / table).rglob("*.parquet"))

    def table_paths(self, table: str) -> list[str]:
        """The paths of these files, relative to the lake's folder."""
        return [f"{self.tables.name}/{partition.path}" for partition in self.partitions(table)]


def single_file(table: str) -> Partition:
    """The partition of a table that is a single file."""
    return Partition(table, "", 0)


def _parse(table: str, path: Path) -> Partition:
    folder = path.parent.name if "=" in path.parent.name else ""
    return Partition(table, folder, int(path.stem.removeprefix("part-")) if folder else 0)
