"""What changed between two states of the tables: rows added and removed, and values changed, column by column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import duckdb

from imr.lake.layout import LakeLayout
from imr.tables.declaration import AGGREGATES, DWC_INDEX, LETTER_TABLES
from imr.tables.schema import Table
from imr.upkeep.views import rows_of

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


def diff(old: LakeLayout, new: LakeLayout, examples: int = 0) -> list[TableDiff]:
    """Every compared table, old against new; each of the two may be a lake or a release's folder.

    Rows are the same by the table's key, or, in `provenance`, which has none, by all their values.
    """
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        return [_table_diff(connection, table, old, new, examples) for table in COMPARED]


def _table_diff(
    connection: duckdb.DuckDBPyConnection, table: Table, old: LakeLayout, new: LakeLayout, examples: int
) -> TableDiff:
    for side, lake in (("old", old), ("new", new)):
        connection.execute(f"CREATE OR REPLACE TEMP VIEW {side} AS {rows_of(table, lake)}")
    before, after = (_one(connection, f"SELECT count(*) FROM {side}")[0] for side in ("old", "new"))
    if not table.key:
        same = ", ".join(f'"{name}"' for name in table.schema.names)
        removed = _one(connection, f"SELECT count(*) FROM (SELECT {same} FROM old EXCEPT ALL SELECT {same} FROM new)")[
            0
        ]
        return TableDiff(table.name, before, after, after - before + removed, removed, 0, {}, ())
    values = [name for name in table.schema.names if name not in table.key and name not in OF_THE_RUN]
    pairs = f"old FULL JOIN new ON {_both(table.key)}"
    there = {side: f"{side}.filename IS NOT NULL" for side in ("old", "new")}
    both = f"{there['old']} AND {there['new']}"
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
    changed = {name: count for name, count in zip(values, counts[3:], strict=True) if count}
    added, removed, rows_changed = counts[:3]
    return TableDiff(table.name, before, after, added, removed, rows_changed, changed, tuple(found))


def _both(key: Sequence[str]) -> str:
    return " AND ".join(f'old."{name}" IS NOT DISTINCT FROM new."{name}"' for name in key)


def _any(conditions: Sequence[str]) -> str:
    return " OR ".join(conditions) or "false"


def _one(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[int, ...]:
    return next(iter(connection.execute(sql).fetchall()))
