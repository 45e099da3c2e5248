"""A commit in which everything occurs that occurs in commits, on a lake of four letters, and the state of that lake.

It touches narrow and wide tables, partitions and single files; it adds, changes and removes letters, moves one to
another year, makes folders, removes a file and erases one that is outside of the tables.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from imr.lake.layout import LakeLayout, Partition
from imr.lake.transaction import Transaction, writing
from imr.tables.declaration import DRUGS, LINEAGE, TABLES, TEXTS
from imr.tables.schema import Table
from tests.reliability.small_lakes import document_id, rows_of

TODAY = dt.date(2026, 1, 2)
SUMMARY = TABLES["outcomes_by_body_part"]
READ = (DRUGS, TEXTS, LINEAGE, SUMMARY)
"""The tables of the commit."""

Content = Mapping[str, list[dict[str, Any]]]
"""All rows of every public file, by its path below the lake; files outside of the tables have none."""


def first_run(lake: LakeLayout) -> None:
    """Three letters of 2017 and one of 2018."""
    with writing(lake, "first") as transaction:
        for table in (DRUGS, TEXTS):
            _put(transaction, table, 2017, [1, 2, 3], [], "old")
            _put(transaction, table, 2018, [4], [], "old")
        _tell(transaction, ["e1", "e2"], ["knee", "hip"])
        transaction.commit()
    lake.quarantine.mkdir()
    (lake.quarantine / f"{document_id(3)}.txt").touch()


def second_run(lake: LakeLayout) -> None:
    """2 is changed, 3 is removed with the copy that was kept of it, 4 moves from 2018, where nothing stays, to 2016, and 5 is new."""
    with writing(lake, "second", lock_timeout=0) as transaction:
        for table in (DRUGS, TEXTS):
            _put(transaction, table, 2016, [4], [], "new")
            _put(transaction, table, 2017, [2, 5], [3], "new")
            _put(transaction, table, 2018, [], [4], "new")
        _tell(transaction, ["e2", "e3"], ["knee", "hip", "hand"])
        transaction.erase([lake.quarantine / f"{document_id(3)}.txt"])
        transaction.commit()


def recovery(lake: LakeLayout) -> None:
    """The beginning of any run: what was decided before is brought about."""
    with writing(lake, "recovering", lock_timeout=0):
        pass


def _put(transaction: Transaction, table: Table, year: int, here: list[int], gone: list[int], text: str) -> None:
    value = {"clean_text": text} if table is TEXTS else {"name": text}
    rows = rows_of(table, [{"document_id": document_id(number)} | value for number in here])
    ids = pa.array([document_id(number) for number in (*here, *gone)])
    transaction.upsert(Partition(table.name, f"year={year}", 0), rows, ids)


def _tell(transaction: Transaction, events: list[str], parts: list[str]) -> None:
    told = rows_of(LINEAGE, [{"event_id": event} for event in events])
    transaction.append("lineage", TODAY, transaction.unseen("lineage", TODAY, told, on="event_id", by="started_at"))
    transaction.write(SUMMARY.name, rows_of(SUMMARY, [{"body_part": part} for part in parts]))


def content(lake: LakeLayout) -> Content:
    """What the tables hold, and which copies are kept beside them."""
    files = [path for folder in (lake.tables, lake.quarantine) for path in folder.rglob("*") if path.is_file()]
    rows = {path: pq.ParquetFile(path).read().to_pylist() if path.suffix == ".parquet" else [] for path in files}
    return {str(path.relative_to(lake.root)): rows[path] for path in files}
