"""What changed between two states of the tables: rows added and removed, and values changed, column by column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import duckdb

from imr.lake.files import rows_in, sha256_of
from imr.lake.layout import LakeLayout, Partition
from imr.lake.views import database, rows_of
from imr.tables.declaration import AGGREGATES, DWC_INDEX, LETTER_TABLES
from imr.tables.schema import Table

COMPARED = (*LETTER_TABLES, DWC_INDEX, *AGGREGATES)
"""The tables that are compared; those of the runs differ between any two states."""

OF_THE_RUN = frozenset(
    {"run_id", "first_seen_at", "processed_at", "listed_at", "text_version", "split_version", "extract_version"}
)
"""Columns that say when and by what a row was made, not what is in it."""


class TableDiff(NamedTuple):
    """What changed in one table. `changed` counts rows with another value, by column; `examples` are keys of such."""

    table: str
    before: int
    after: int
    added: int
    removed: int
    rows_changed: int
    changed: dict[str, int]
    examples: tuple[tuple[object, ...], ...]

    @property
    def anything(self) -> bool:
        """Whether the table differs at all."""
        return bool(self.added or self.removed or self.rows_changed)


class _Counts(NamedTuple):
    """What differs between the rows of two sides."""

    added: int = 0
    removed: int = 0
    rows_changed: int = 0
    changed: Mapping[str, int] = MappingProxyType({})
    examples: tuple[tuple[object, ...], ...] = ()

    def and_within(self, other: _Counts) -> _Counts:
        """These with the values that changed in rows of others."""
        examples = (*self.examples, *other.examples)
        rows, both = self.rows_changed + other.rows_changed, Counter(self.changed) + Counter(other.changed)
        return self._replace(rows_changed=rows, changed=both, examples=examples)


def diff(old: LakeLayout, new: LakeLayout, examples: int = 0) -> list[TableDiff]:
    """Every compared table, old against new; each of the two may be a lake or a release's folder.

    Rows are the same by the table's key, or, in `provenance`, which has none, by all their values. Files that are the
    same byte by byte are not looked into, the others are compared place by place: what this takes depends on what
    differs, not on the size of the lake.
    """
    with database() as connection:
        return [_table_diff(connection, table, old, new, examples) for table in COMPARED]


def _table_diff(
    connection: duckdb.DuckDBPyConnection, table: Table, old: LakeLayout, new: LakeLayout, examples: int
) -> TableDiff:
    sides = [lake.partitions(table.name) for lake in (old, new)]
    before, after = (sum(map(rows_in, map(lake.file, there))) for lake, there in zip((old, new), sides, strict=True))
    places = sorted(place for place in {*sides[0], *sides[1]} if not _is_same(old.file(place), new.file(place)))
    counts = _Counts()
    for number, place in enumerate(places):
        for side, lake, there in zip(("old", "new"), (old, new), sides, strict=True):
            rows = rows_of(table, lake, {place} & set(there))
            connection.execute(f"CREATE OR REPLACE TEMP VIEW {side} AS {rows}")
        of_place = _compared(connection, table, examples)
        counts = counts.and_within(of_place)
        if len(places) == 1:
            counts = counts._replace(added=of_place.added, removed=of_place.removed)
        else:
            _keep_unmatched(connection, table, begin=number == 0)
    if len(places) > 1:
        counts = _with_moved(connection, table, counts, (old, new), places, examples)
    shown = sorted(counts.examples, key=lambda key: [(value is None, value) for value in key])[:examples]
    changed = {name: count for name in table.schema.names if (count := counts.changed.get(name))}
    return TableDiff(
        table.name, before, after, counts.added, counts.removed, counts.rows_changed, changed, tuple(shown)
    )


def _is_same(old: Path, new: Path) -> bool:
    """Whether two files hold the same bytes; those of a release are the lake's own files until they are replaced."""
    if not (old.exists() and new.exists()):
        return False
    return old.samefile(new) or (old.stat().st_size == new.stat().st_size and sha256_of(old) == sha256_of(new))


def _compared(connection: duckdb.DuckDBPyConnection, table: Table, examples: int) -> _Counts:
    """The view `old` against the view `new`."""
    if not table.key:
        same = _columns(table.schema.names)
        sql = "SELECT count(*) FROM (SELECT {same} FROM {one} EXCEPT ALL SELECT {same} FROM {other})"
        removed = _one(connection, sql.format(same=same, one="old", other="new"))[0]
        return _Counts(_one(connection, sql.format(same=same, one="new", other="old"))[0], removed)
    values = [name for name in table.schema.names if name not in table.key and name not in OF_THE_RUN]
    pairs = f"old FULL JOIN new ON {_both(table.key)}"
    both = "old.filename IS NOT NULL AND new.filename IS NOT NULL"
    differs = [f'old."{name}" IS DISTINCT FROM new."{name}"' for name in values]
    counts = _one(
        connection,
        f"SELECT count(*) FILTER (old.filename IS NULL), count(*) FILTER (new.filename IS NULL), "
        f"count(*) FILTER ({both} AND ({_any(differs)})), "
        + ", ".join(f"count(*) FILTER ({both} AND {one})" for one in differs)
        + f" FROM {pairs}",
    )
    keys = ", ".join(f'new."{name}"' for name in table.key)
    found = connection.execute(
        f"SELECT {keys} FROM {pairs} WHERE {both} AND ({_any(differs)}) ORDER BY ALL LIMIT {int(examples)}"
    ).fetchall()
    added, removed, rows_changed = counts[:3]
    return _Counts(added, removed, rows_changed, dict(zip(values, counts[3:], strict=True)), tuple(found))


def _keep_unmatched(connection: duckdb.DuckDBPyConnection, table: Table, *, begin: bool) -> None:
    """Keep the keys of rows that only one side has in this place: they may stand elsewhere on the other."""
    names = _columns(table.key or table.schema.names)
    for side, other in (("old", "new"), ("new", "old")):
        rows = f"SELECT {names} FROM {side} EXCEPT ALL SELECT {names} FROM {other}"
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE only_{side} AS {rows}" if begin else f"INSERT INTO only_{side} {rows}"
        )


def _with_moved(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    counts: _Counts,
    lakes: tuple[LakeLayout, LakeLayout],
    places: Sequence[Partition],
    examples: int,
) -> _Counts:
    """The counts with those of rows that stand in another file than before, which are neither added nor removed."""
    names = _columns(table.key or table.schema.names)
    both = f"SELECT {names} FROM only_old INTERSECT ALL SELECT {names} FROM only_new"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE moved AS {both}")
    removed, added, moved = (
        _one(connection, f"SELECT count(*) FROM {name}")[0] for name in ("only_old", "only_new", "moved")
    )
    counts = counts._replace(added=added - moved, removed=removed - moved)
    if not moved or not table.key:
        return counts
    for side, lake in zip(("old", "new"), lakes, strict=True):
        rows = rows_of(table, lake, [place for place in places if lake.file(place).exists()])
        unmatched = f"SELECT * FROM ({rows}) SEMI JOIN moved USING ({names})"
        connection.execute(f"CREATE OR REPLACE TEMP VIEW {side} AS {unmatched}")
    return counts.and_within(_compared(connection, table, examples))


def _columns(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _both(key: Sequence[str]) -> str:
    return " AND ".join(f'old."{name}" IS NOT DISTINCT FROM new."{name}"' for name in key)


def _any(conditions: Sequence[str]) -> str:
    return " OR ".join(conditions) or "false"


def _one(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[int, ...]:
    return next(iter(connection.execute(sql).fetchall()))
