"""Asking a lake's tables whether they keep what is promised of them: row by row, and between rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import pyarrow as pa

from imr.lake.files import pieces_of
from imr.lake.layout import LakeLayout, Partition
from imr.lake.ledger import written_off
from imr.lake.views import database, rows_of
from imr.tables.declaration import LETTER_TABLES, TABLES
from imr.tables.validation import Violation, violations
from imr.upkeep.invariants import Invariant

_SMALL = 8 << 20
"""Bytes of a table's files below which they are read once for all questions, not once for each."""


class Broken(NamedTuple):
    """An invariant that does not hold, and of what it does not."""

    invariant: Invariant
    offenders: list[str]


def broken_rows(lake: LakeLayout) -> Iterator[tuple[Partition, Violation]]:
    """Rows of letters that break their table's declaration, file by file; a key that stands twice is an invariant's."""
    for table in LETTER_TABLES:
        for partition in lake.partitions(table.name):
            pieces = pieces_of(lake.file(partition))
            yield from ((partition, v) for v in dict.fromkeys(v for rows in pieces for v in violations(table, rows)))


def broken(lake: LakeLayout, invariants: Iterable[Invariant]) -> Iterator[Broken]:
    """Those of some invariants that do not hold."""
    with database() as connection:
        for name, table in TABLES.items():
            kind = "TABLE" if table in LETTER_TABLES and _size(lake, name) < _SMALL else "VIEW"
            connection.execute(f"CREATE TEMP {kind} {name} AS {rows_of(table, lake)}")
        connection.register("written_off", pa.table({"commit_id": pa.array(sorted(written_off(lake)), pa.string())}))
        for invariant in invariants:
            if found := connection.execute(invariant.offenders).fetchall():
                yield Broken(invariant, [str(row[0]) for row in found])


def _size(lake: LakeLayout, table: str) -> int:
    return sum(lake.file(partition).stat().st_size for partition in lake.partitions(table))
