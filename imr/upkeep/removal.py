"""Removing letters on request: out of every table, the stage, the raw bytes and the quarantine, and for good."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from imr.aggregation.aggregates import aggregate
from imr.lake.layout import LakeLayout
from imr.lake.public import read_table
from imr.lake.traces import kept_of, staged_with
from imr.lake.transaction import Transaction, writing
from imr.publication import quarantine
from imr.publication.dwc_index import withdraw_cases
from imr.publication.merging import withdraw
from imr.publication.run_summary import note_commit
from imr.sources.cache import forget
from imr.tables.declaration import LINEAGE, REMOVALS
from imr.upkeep.releases import releases_with


class Removal(NamedTuple):
    """What a removal did, and the releases that still hold what it removed: immutable, they can only be withdrawn."""

    document_ids: tuple[str, ...]
    rows_removed: int
    commit_id: str
    still_in: tuple[str, ...]


def remove(lake: LakeLayout, documents: Collection[str], reason: str, lock_timeout: float = 60.0) -> Removal:
    """Remove some documents, published or in quarantine or never seen, and keep them out from now on.

    Everything happens in one commit: the rows of all tables, lineage included, the tombstones in `removals`, the
    summaries, and the files outside of the tables.

    Raises:
        LakeError: the lake cannot be written; nothing was removed.
    """
    run_id = str(uuid.uuid4())
    with writing(lake, run_id, lock_timeout) as transaction:
        forget(lake, documents)  # only a cache: if nothing comes of this, the files are read once more
        before = transaction.changes.rows_removed
        cases = _case_numbers(transaction, documents)
        withdraw(transaction, documents)
        withdraw_cases(transaction, cases - _case_numbers(transaction))
        rows = transaction.changes.rows_removed - before
        _forget_events(transaction, documents)
        quarantine.update(transaction, quarantine.Met([], released=documents), [], "")
        _mark(transaction, documents, reason)
        transaction.erase([*kept_of(lake, documents), *staged_with(lake, documents)])
        if rows:
            for name, table in aggregate(transaction.read_all).items():
                transaction.write(name, table)
        note_commit(transaction, "remove", run_id=run_id, rows_removed=rows)
        transaction.commit()
    return Removal(tuple(sorted(documents)), rows, transaction.commit_id, releases_with(lake, documents))


def _case_numbers(transaction: Transaction, documents: Collection[str] | None = None) -> set[str]:
    """The case numbers of some documents, or of all, as the tables will be."""
    rows = transaction.read_all("documents", ["document_id", "case_number"])
    if documents is not None:
        rows = rows.filter(pc.is_in(rows["document_id"], value_set=pa.array(list(documents), pa.string())))
    return set(rows["case_number"].drop_null().to_pylist())


def _forget_events(transaction: Transaction, documents: Collection[str]) -> None:
    ids = pa.array(sorted(documents), pa.string())
    for partition in transaction.partitions("lineage"):
        transaction.upsert(partition, LINEAGE.schema.empty_table(), ids)


def _mark(transaction: Transaction, documents: Collection[str], reason: str) -> None:
    """Write a tombstone for each document; one that has been removed before keeps its first."""
    old = read_table(transaction.lake, "removals")
    known, now = set(old["document_id"].to_pylist()), dt.datetime.now(dt.UTC)
    marks = [
        {"document_id": document, "reason": reason, "removed_at": now, "commit_id": transaction.commit_id}
        for document in documents
        if document not in known
    ]
    new = pa.Table.from_pylist(marks, schema=REMOVALS.schema).replace_schema_metadata(None)
    transaction.write("removals", pa.concat_tables([old, new]).cast(REMOVALS.schema))
