"""What the doctor mends by itself: whatever is a copy, a sum or a left-over. Letters are read again by a run."""

from __future__ import annotations

import datetime as dt
import shutil
import uuid
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from imr.aggregation.by_year import aggregate_by_year
from imr.errors import LakeError
from imr.lake import ledger
from imr.lake.files import read_parquet, sync_folder
from imr.lake.layout import LakeLayout, Partition
from imr.lake.public import read_table
from imr.lake.shared_store import erase_kept, shared_store
from imr.lake.transaction import Transaction, writing
from imr.publication.run_summary import note_commit
from imr.tables.declaration import COMMITS, REMOVALS, TABLES
from imr.tables.schema import Table
from imr.upkeep.removal import remove

_TIMES_OF_RUNS = ("lineage", "quarantine", "commits")


def set_aside(lake: LakeLayout, paths: Iterable[Path]) -> None:
    """Move files and folders of a lake to `set_aside/`, under the moment and their path. Nothing is deleted."""
    folder = lake.set_aside / f"{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%S.%fZ}"
    for path in paths:
        target = folder / path.relative_to(lake.root)
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() or path.is_symlink():
            shutil.move(path, target)
            sync_folder(path.parent)
        elif (store := shared_store(lake)) and (data := store.get(path.relative_to(lake.root).as_posix())) is not None:
            target.write_bytes(data)
            erase_kept(lake, path.relative_to(lake.root).as_posix())


def set_journal_aside(lake: LakeLayout) -> None:
    """Move a commit that cannot be finished out of the way; what it had of removals holds all the same."""
    for staged in lake.journal.glob("*/removals.*"):
        with suppress(LakeError, KeyError, pa.ArrowInvalid):
            ledger.add(lake, REMOVALS, read_parquet(staged))
    set_aside(lake, [lake.journal])


def put_right(lake: LakeLayout, lock_timeout: float) -> bool:
    """Put rows of runs and removals back from the ledger, take out what was removed, make summaries anew.

    Gives whether anything was to be done.

    Raises:
        LakeError: `lake_locked`, `lake_write_failed`, or `lake_damaged` when a table cannot be read.
    """
    run_id = str(uuid.uuid4())
    with writing(lake, run_id, lock_timeout) as transaction:
        _restore_commits(transaction)
        _restore_removals(transaction)
        for name in _TIMES_OF_RUNS:
            for partition in transaction.partitions(name):
                _drop_repeated(transaction, partition, TABLES[name])
        _sum_up(transaction)
        mended = bool(transaction.changes.tables)
        if mended:
            note_commit(transaction, "reprocess", run_id=run_id)
            transaction.commit()
    back = _back(lake)
    if back:
        remove(lake, back, "", lock_timeout)
    return mended or bool(back)


def _restore_commits(transaction: Transaction) -> None:
    rows = ledger.lost(transaction.lake, COMMITS)
    dates = pc.cast(rows["committed_at"], pa.date32())
    for date in pc.unique(dates):
        of_date = rows.filter(pc.equal(dates, date)).cast(COMMITS.schema)
        partition = Partition("commits", f"date={date.as_py().isoformat()}", 0)
        transaction.upsert(partition, of_date, of_date["commit_id"].combine_chunks(), on="commit_id")


def _restore_removals(transaction: Transaction) -> None:
    if ledger.lost(transaction.lake, REMOVALS).num_rows:
        transaction.write("removals", ledger.whole(transaction.lake, REMOVALS).cast(REMOVALS.schema))


def _drop_repeated(transaction: Transaction, partition: Partition, table: Table) -> None:
    """Keep the first of rows that have one key, which nothing but a fault can have written twice."""
    keys = transaction.read(partition, list(table.key))
    numbered = keys.append_column("number", pa.array(range(keys.num_rows), pa.int64()))
    firsts = numbered.group_by(list(table.key)).aggregate([("number", "min")])["number_min"]
    if len(firsts) < keys.num_rows:
        transaction.rewrite(partition, transaction.read(partition).take(firsts.sort()))


def _sum_up(transaction: Transaction) -> None:
    if not transaction.partitions("decisions"):
        return
    for name, rows in aggregate_by_year(transaction.partitions, transaction.read).items():
        order = [(column, "ascending") for column in TABLES[name].order]
        try:
            public = read_table(transaction.lake, name)
        except LakeError:
            public = None
        if public is None or not public.sort_by(order).equals(rows.replace_schema_metadata(None).sort_by(order)):
            transaction.write(name, rows)


def _back(lake: LakeLayout) -> set[str]:
    """The letters that were removed and of which there is something all the same."""
    gone = set(read_table(lake, "removals", ["document_id"])["document_id"].to_pylist())
    there = {
        document_id
        for table in ("documents", "cases", "quarantine")
        for document_id in read_table(lake, table, ["document_id"])["document_id"].to_pylist()
    }
    events = read_table(lake, "lineage", ["document_id", "skip_reason"])
    told = pc.fill_null(pc.not_equal(events["skip_reason"], "removed"), True)
    return gone & (there | set(events["document_id"].filter(told).to_pylist()))
