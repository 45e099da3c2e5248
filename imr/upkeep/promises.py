"""Asking a lake's tables whether they keep what is promised of them: row by row, and between rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import duckdb
import pyarrow as pa

from imr.lake.files import read_parquet
from imr.lake.layout import LakeLayout, Partition
from imr.lake.ledger import written_off
from imr.tables.declaration import LETTER_TABLES, TABLES
from imr.tables.validation import Violation, violations
from imr.upkeep.invariants import Invariant
from imr.upkeep.views import rows_of


class Broken(NamedTuple):
    """An invariant that does not hold, and of what it does not."""

    invariant: Invariant
    offenders: list[str]


def broken_rows(lake: LakeLayout) -> Iterator[tuple[Partition, Violation]]:
    """Rows of letters that break their table's declaration, file by file."""
    for table in LETTER_TABLES:
        for partition in lake.partitions(table.name):
            for violation in violations(table, read_parquet(lake.file(partition))):
                yield partition, violation


def broken(lake: LakeLayout, invariants: Iterable[Invariant]) -> Iterator[Broken]:
    """Those of some invariants that do not hold."""
    with duckdb.connect() as connection:
        for name, table in TABLES.items():
            connection.execute(f"CREATE TEMP VIEW {name} AS {rows_of(table, lake)}")
        connection.register("written_off", pa.table({"commit_id": pa.array(sorted(written_off(lake)), pa.string())}))
        for invariant in invariants:
            if found := connection.execute(invariant.offenders).fetchall():
                yield Broken(invariant, [str(row[0]) for row in found])
