"""The public tables as they stand, for those who only read."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from typing import TypeVar

import pyarrow as pa

from imr.errors import Code, LakeError
from imr.lake.files import outdated, read_parquet
from imr.lake.journal import under_way
from imr.lake.layout import LakeLayout
from imr.tables.declaration import TABLES


def read_table(lake: LakeLayout, table: str, columns: list[str] | None = None) -> pa.Table:
    """All rows of a public table, of some columns if given; an empty table where it has no file yet.

    Raises:
        LakeError: `lake_damaged` when a file cannot be read, `lake_outdated` when it has other columns than declared.
    """
    empty = TABLES[table].schema.empty_table().select(columns or TABLES[table].schema.names)
    parts = [read_parquet(lake.file(partition), columns) for partition in lake.partitions(table)]
    try:
        return pa.concat_tables([part.replace_schema_metadata(None) for part in [empty, *parts]])
    except pa.ArrowInvalid as error:
        raise outdated(table) from error


Read = TypeVar("Read")

_ATTEMPTS, _PAUSE = 20, 0.25  # seconds; a commit's renames take far less


def read_unmixed(lake: LakeLayout, read: Callable[[], Read]) -> Read:
    """What `read` makes of the tables of one commit: it is called again if another was brought about meanwhile.

    Nothing is locked. An error of a table that was replaced while it was read counts for nothing either.

    Raises:
        LakeError: `lake_locked` when commits come faster than they are read, or one was left unfinished; whatever
            `read` raises of tables that stood still.
    """
    for _ in range(_ATTEMPTS):
        before = _state(lake)
        if before is not None:
            try:
                found = read()
            except LakeError:
                if _state(lake) == before:
                    raise
            else:
                if _state(lake) == before:
                    return found
        time.sleep(_PAUSE)
    raise LakeError(Code.LAKE_LOCKED, "commits come faster than the tables are read, or one was left unfinished")


def _state(lake: LakeLayout) -> str | None:
    """The hash over all hashes of the tables, or None while a commit is being brought about."""
    if under_way(lake):
        return None
    sums = lake.sums.read_bytes() if lake.sums.exists() else b""
    return None if under_way(lake) else hashlib.sha256(sums).hexdigest()
