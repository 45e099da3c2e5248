"""The one way the public tables are changed: everything of a run at once, or nothing.

New partition files are made outside of the tables, checked and made durable; one journal record decides; then each
file takes its place by a rename. A reader with a plain glob sees the old file or the new, never both, never half.
"""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from imr.errors import Code, LakeError
from imr.lake import containment, journal, ledger, sums
from imr.lake.files import (
    check_rename,
    lake_errors,
    last_in,
    outdated,
    read_parquet,
    rows_in,
    schema_of,
    sha256_of,
    sync_file,
    sync_folder,
    write_parquet,
)
from imr.lake.layout import LakeLayout, Partition, single_file
from imr.lake.lock import only_writer
from imr.lake.partitions import first_partition
from imr.tables.declaration import AGGREGATES, TABLES

_MADE_ANEW = frozenset(table.name for table in AGGREGATES)
"""Tables that are written whole from others: what stood there before is of no consequence."""

PART_ROWS = 500_000
"""Rows that a part of a date's events may grow to, so that a busy day does not rewrite its morning."""


class Changes(NamedTuple):
    """What a transaction did to rows that are known by a key, and which tables it touched."""

    rows_added: int
    rows_removed: int
    tables: tuple[str, ...]


class _Staged(NamedTuple):
    path: Path | None
    rows_before: int
    rows_after: int
    loses: bool = False
    """Whether keys leave the partition: it is replaced before those to which they may have moved."""
    sound: bool = True
    """Whether nothing in it was taken from a file that was not as it had been written."""


class Transaction:
    """Changes that become public together with `commit`. Threads may prepare them side by side, each its own files."""

    def __init__(self, lake: LakeLayout) -> None:
        self.lake = lake
        self.commit_id = uuid.uuid4().hex
        self._staged: dict[Partition, _Staged] = {}
        self._erased: list[str] = []
        self._added = self._removed = 0
        self._counting = threading.Lock()
        self._folder = lake.journal / self.commit_id
        self._sums = sums.sums_of(lake)
        with lake_errors():
            self._folder.mkdir(parents=True)
            lake.tables.mkdir(exist_ok=True)
            sync_folder(lake.root)

    @property
    def changes(self) -> Changes:
        """What has been prepared so far."""
        touched = {partition.table for partition in self._staged}
        return Changes(self._added, self._removed, tuple(name for name in TABLES if name in touched))

    def partitions(self, table: str) -> list[Partition]:
        """The files that a table will have."""
        there = set(self.lake.partitions(table))
        for partition, staged in list(self._staged.items()):
            if partition.table == table:
                (there.discard if staged.path is None else there.add)(partition)
        return sorted(there)

    def read(self, partition: Partition, columns: list[str] | None = None) -> pa.Table:
        """A partition as it will be; an empty table where there is none."""
        path, schema = self._there(partition), TABLES[partition.table].schema
        if path is None:
            return schema.empty_table().select(columns) if columns else schema.empty_table()
        rows = read_parquet(path, columns)
        if not rows.schema.equals(pa.schema([schema.field(name) for name in columns or schema.names])):
            raise outdated(partition.path)
        return rows.select(columns) if columns else rows

    def read_all(self, table: str, columns: list[str]) -> pa.Table:
        """The columns of a whole table as it will be."""
        empty = TABLES[table].schema.empty_table().select(columns)
        parts = [self.read(partition, columns) for partition in self.partitions(table)]
        return pa.concat_tables([_plain(part) for part in [empty, *parts]])

    def upsert(self, partition: Partition, rows: pa.Table, replace: pa.Array, on: str = "document_id") -> None:
        """Drop the partition's rows whose `on` is among `replace` or in `rows`, add `rows`.

        `replace` names those that have no rows any more as well. A partition that is left empty goes.
        """
        self._check(partition.table, rows)
        named = pa.concat_arrays([pa.array(replace, rows.schema.field(on).type), rows[on].combine_chunks()])
        if not rows.num_rows and not pc.any(pc.is_in(self.read(partition, [on])[on], named), min_count=0).as_py():
            return  # without reading all of it
        kept = self.read(partition)
        goes = pc.is_in(kept[on], value_set=named)
        gone = kept[on].filter(goes)
        if len(gone):
            kept = kept.filter(pc.invert(goes))  # a copy: where nothing goes there need be none
        with self._counting:
            self._added += rows.num_rows
            self._removed += len(gone)
        come_back = pc.is_in(gone, value_set=rows[on].combine_chunks())
        self._stage(
            partition,
            pa.concat_tables([_plain(kept), _plain(rows)]),
            loses=pc.any(pc.invert(come_back), min_count=0).as_py(),
            keeps=kept.num_rows > 0,
        )

    def write(self, table: str, rows: pa.Table) -> None:
        """Replace a table that is a single file."""
        self._check(table, rows)
        self._stage(single_file(table), rows, keeps=table not in _MADE_ANEW, keep_empty=True)

    def rewrite(self, partition: Partition, rows: pa.Table) -> None:
        """Replace a partition by the same rows under the present declaration."""
        self._check(partition.table, rows)
        self._stage(partition, rows)

    def erase(self, paths: Iterable[Path]) -> None:
        """Let files and folders of the lake that are outside of its tables go with this commit.

        Raises:
            LakeError: `lake_damaged` for a path that is none of such a file.
        """
        names = [path.relative_to(self.lake.root).as_posix() for path in paths]
        for name in names:
            containment.erasable(self.lake, name)
        self._erased += names

    def unseen(self, table: str, date: dt.date, rows: pa.Table, on: str, by: str) -> pa.Table:
        """Those of some rows whose `on` no row of a date has, where rows of one `on` have one value in `by` as well.

        So parts that end before the first of these need no reading: of a busy day's that is nearly all.
        """
        parts = self._parts(table, date) if rows.num_rows else []
        first = pc.min(rows[by]).as_py() if parts else None
        parts = [part for part in parts if (last := self._last(part, by)) is None or last >= first]
        if not parts:
            return rows
        known = pa.concat_tables([_plain(self.read(part, [on])) for part in parts])[on].combine_chunks()
        return rows.filter(pc.invert(pc.is_in(rows[on], value_set=known)))

    def append(self, table: str, date: dt.date, rows: pa.Table) -> None:
        """Add rows to a date's newest part, or as a part of their own, of any size, where that would have too many."""
        self._check(table, rows)
        if not rows.num_rows:
            return
        last = next(reversed(self._parts(table, date)), Partition(table, _date_folder(date), 0))
        there = self._rows(last)
        if there and there + rows.num_rows > PART_ROWS:
            last, there = last._replace(part=last.part + 1), 0
        self._stage(last, pa.concat_tables([_plain(self.read(last)), _plain(rows)]) if there else rows)

    def commit(self) -> None:
        """Make all changes public. After this returns, or after the next recovery, all of them are.

        Every declared table is there then: one that has no rows is an empty file with its schema.

        Raises:
            LakeError: `lake_write_failed`. The tables are as they were, unless the journal had been written: then
                the next recovery brings all changes about.
        """
        self._have_every_table()
        order = {name: number for number, name in enumerate(TABLES)}
        staged = sorted(self._staged.items(), key=lambda item: (order[item[0].table], not item[1].loses, item[0]))
        with lake_errors():
            moves = [self._move(partition, entry) for partition, entry in staged]
            hashes = self._hashes(dict(zip((partition for partition, _ in staged), moves, strict=True)))
            for folder in {self.lake.file(partition).parent for partition in self._staged}:
                check_rename(self._folder, folder)
            sync_folder(self._folder)
            sync_folder(self.lake.journal)
            with journal.deciding:
                journal.write_journal(self.lake, self.commit_id, moves, self._erased, hashes)
                journal.apply(self.lake, moves, self._erased, hashes)
                journal.clear(self.lake, self.commit_id)
            ledger.keep(self.lake)

    def row_counts(self) -> dict[Partition, tuple[int, int]]:
        """Rows before and after of each partition that has been changed."""
        return {partition: (staged.rows_before, staged.rows_after) for partition, staged in self._staged.items()}

    @staticmethod
    def _check(table: str, rows: pa.Table) -> None:
        if not rows.schema.equals(TABLES[table].schema, check_metadata=False):
            raise LakeError(Code.INVALID_ROWS, f"rows for {table} do not have its columns and types")

    def _stage(
        self, partition: Partition, rows: pa.Table, *, loses: bool = False, keeps: bool = True, keep_empty: bool = False
    ) -> None:
        """Prepare a partition's file; `keeps` tells that rows of the file before are among its rows."""
        table, before = TABLES[partition.table], self._before(partition, keeps=keeps)
        if not rows.num_rows and not keep_empty:
            self._staged[partition] = _Staged(None, before.rows_before, 0, loses=True)
            return
        path = self._folder / f"{partition.path.replace('/', '.')}.staged"
        with lake_errors():
            write_parquet(_ordered(rows, table.order).cast(table.schema), path, {"commit_id": self.commit_id})
        sound = before.sound or not keeps
        self._staged[partition] = _Staged(path, before.rows_before, rows.num_rows, loses or before.loses, sound)

    def _have_every_table(self) -> None:
        """Prepare an empty file for each table that would have none: what is not there, no reader can open.

        It takes the place of one that goes, if there is one, so that the table is there all the time.
        """
        today = dt.datetime.now(dt.UTC).date()
        for table in TABLES.values():
            if not self.partitions(table.name):
                going = [partition for partition in self._staged if partition.table == table.name]
                partition = min(going, default=first_partition(table, today))
                self._stage(partition, table.schema.empty_table(), keep_empty=True)

    def _parts(self, table: str, date: dt.date) -> list[Partition]:
        """The parts that a date will have."""
        return [partition for partition in self.partitions(table) if partition.folder == _date_folder(date)]

    def _there(self, partition: Partition) -> Path | None:
        """The file of a partition as it will be; None where there will be none."""
        staged = self._staged.get(partition)
        path = staged.path if staged else self.lake.file(partition)
        return path if path and path.exists() else None

    def _rows(self, partition: Partition) -> int:
        """How many rows a partition will have."""
        path = self._there(partition)
        return rows_in(path) if path else 0

    def _last(self, part: Partition, column: str) -> Any:  # noqa: ANN401 - of the column's type
        """The greatest value that a column has in a part as it will be; None where nothing says it."""
        path = self._there(part)
        return last_in(path, column) if path else None

    def _before(self, partition: Partition, *, keeps: bool) -> _Staged:
        """What this transaction has made of a partition so far, or the public file as it is."""
        path = self.lake.file(partition)
        if partition in self._staged:
            return self._staged[partition]
        if partition.table in _MADE_ANEW or not path.exists():
            return _Staged(path, 0, 0)
        rows = rows_in(path)
        return _Staged(path, rows, rows, sound=not keeps or sums.is_as_written(self.lake, self._sums, partition))

    def _hashes(self, moves: Mapping[Partition, journal.Move]) -> str:
        """The list of the tables' hashes as it will be.

        A file that keeps rows of one that was not as it had been written gets no hash of its own: that would hide the
        harm. Its line stays as it was, and the doctor goes on to say so.
        """
        hashes = dict(sums.taken_stock(self.lake) if self._sums is None else self._sums)
        for partition, move in moves.items():
            if self._staged[partition].sound:
                hashes.pop(sums.listed_as(partition), None)
                hashes |= {sums.listed_as(partition): move.sha256} if move.sha256 else {}
        return sums.sums_text(dict(sorted(hashes.items())))

    def _move(self, partition: Partition, staged: _Staged) -> journal.Move:
        """Check a staged file, make it durable, and say where it goes."""
        if staged.path is None:
            return journal.Move(None, partition.path, None, staged.rows_before, 0)
        with pq.ParquetFile(staged.path) as file:
            schema = TABLES[partition.table].schema
            if file.metadata.num_rows != staged.rows_after or not file.schema_arrow.equals(schema):
                raise LakeError(Code.LAKE_WRITE_FAILED, f"a staged file of {partition.table} is not what was written")
        sync_file(staged.path)
        name = f"{self.commit_id}/{staged.path.name}"
        return journal.Move(name, partition.path, sha256_of(staged.path), staged.rows_before, staged.rows_after)


@contextmanager
def writing(
    lake: LakeLayout, run_id: str, lock_timeout: float = 60.0, *, any_declaration: bool = False
) -> Iterator[Transaction]:
    """A transaction on a lake that is locked, and healed first if a run before was killed.

    Leaving the block without `commit` leaves the tables as they were. A lake whose tables were declared otherwise
    when they were written is refused, as a table never has files of two schemas, but for who migrates it.

    Raises:
        LakeError: `lake_locked`, `lake_outdated`, `lake_damaged` or `lake_write_failed`.
    """
    with only_writer(lake, run_id, lock_timeout):
        with lake_errors():
            journal.recover(lake)
        if not any_declaration and (old := first_outdated(lake)):
            raise outdated(old.path)
        transaction = Transaction(lake)
        try:
            yield transaction
        finally:
            with lake_errors():
                journal.recover(lake)  # nothing decided is left by now, unless the commit itself failed half-way


def first_outdated(lake: LakeLayout) -> Partition | None:
    """A partition that was written under another declaration, if there is one.

    One file of each table is looked at: a commit leaves all files of a table under one schema.
    """
    for name, table in TABLES.items():
        for partition in lake.partitions(name)[:1]:
            if not schema_of(lake.file(partition)).equals(table.schema):
                return partition
    return None


def _plain(table: pa.Table) -> pa.Table:
    """The table without its file's own metadata, which would keep equal schemas apart."""
    return table.replace_schema_metadata(None)


def _ordered(rows: pa.Table, columns: Sequence[str]) -> pa.Table:
    """Rows in the order of some columns; those that stand so, of which there may be a million, are not copied."""
    order = pc.sort_indices(rows, [(column, "ascending") for column in columns])
    stands_so = np.array_equal(order.to_numpy(), np.arange(rows.num_rows, dtype=np.uint64))
    return rows if stands_so else rows.take(order)


def _date_folder(date: dt.date) -> str:
    return f"date={date.isoformat()}"
