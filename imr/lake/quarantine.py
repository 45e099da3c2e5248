"""Quarantine: the present state of every file that did not make it, and the copies kept of them."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import pyarrow as pa

from imr.errors import TRIED_AGAIN, Code
from imr.lake.layout import Lake, Partition
from imr.lake.lineage import Event
from imr.lake.public import read_table
from imr.lake.tables import QUARANTINE
from imr.lake.transaction import Transaction
from imr.records import LetterRef

POISON_AFTER = 3
"""Runs after which a file that fails in a way worth trying again is left alone all the same."""

Entry = dict[str, Any]
"""One row of `quarantine`."""


def entries(lake: Lake) -> list[Entry]:
    """The present state of every file in quarantine."""
    return list(read_table(lake, "quarantine").to_pylist())


def failed_under(lake: Lake, ids: Collection[str], version: str) -> dict[str, Entry]:
    """Those of some documents that are in quarantine since a run under a version of the steps, by document."""
    rows = (row for row in entries(lake) if row["document_id"] in ids)
    return {row["document_id"]: row for row in rows if row["pipeline_version"] == version}


def update(
    transaction: Transaction,
    failures: Sequence[Event],
    released: Collection[str],
    reached: Collection[str],
    refs: Iterable[LetterRef],
    version: str,
) -> list[Entry]:
    """Bring the quarantine up to date: failures of this run in, published letters out. Returns this run's entries.

    `failures` are `quarantined` events that also name their `source_name`; `released` are documents; `reached` are
    the addresses whose bytes could be read, whatever became of them: what stood there before is past.
    """
    lake = transaction.lake
    suffixes = {ref.document_id: ref.suffix for ref in refs}
    old = {_identity(row): row for row in entries(lake)}
    now = dt.datetime.now(dt.UTC)
    new = {_identity(row): _entry(lake, row, old.get(_identity(row)), suffixes, now, version) for row in failures}
    gone = {
        key: row
        for key, row in old.items()
        if key in new or row["document_id"] in released or row["source_uri"] in reached
    }
    kept = [row for key, row in old.items() if key not in gone]
    touched = {_date(row) for row in [*gone.values(), *new.values()]}
    for date in sorted(touched):
        rows = [row for row in [*kept, *new.values()] if _date(row) == date]
        partition = Partition("quarantine", f"date={date.isoformat()}", 0)
        current = transaction.read(partition, ["source_uri"])["source_uri"].combine_chunks()
        table = pa.Table.from_pylist(rows, schema=QUARANTINE.schema)
        transaction.upsert(partition, table, current, on="source_uri")
    return list(new.values())


def keep_copies(lake: Lake, rows: Iterable[Entry]) -> None:
    """Put a copy of each quarantined file where a person can open it; a link, where the file system has links."""
    for row in rows:
        if row["stored_as"] is None:
            continue
        copy = lake.root / row["stored_as"]
        raw = lake.raw / row["document_id"][:2] / copy.name
        if not copy.exists() and raw.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(raw, copy)
            except OSError:
                shutil.copyfile(raw, copy)


def drop_copies(lake: Lake, released: Iterable[str]) -> None:
    """Remove the copies of documents that left the quarantine."""
    for document_id in released:
        for copy in lake.quarantine.glob(f"{document_id}.*"):
            copy.unlink(missing_ok=True)


def _entry(
    lake: Lake, failure: Event, before: Entry | None, suffixes: dict[str, str], now: dt.datetime, version: str
) -> Entry:
    # A file that was met again but not tried again keeps its count.
    same = before is not None and before["pipeline_version"] == version
    tried = not (same and before is not None and before["is_poison"])
    attempts = (before["attempts"] if before and same else 0) + (1 if tried else 0)
    document_id = failure["document_id"]
    suffix = suffixes.get(document_id) if document_id else None
    stored_as = f"{lake.quarantine.name}/{document_id}{suffix}" if suffix else before and before["stored_as"]
    return {
        **{name: failure.get(name) for name in ("document_id", "source_uri", "source_name", "step")},
        "error_code": str(failure["error_code"]),
        "error_message": failure["error_message"],
        "attempts": attempts,
        "first_seen_at": before["first_seen_at"] if before else now,
        "last_seen_at": now,
        "is_poison": Code(failure["error_code"]) not in TRIED_AGAIN or attempts >= POISON_AFTER,
        "stored_as": stored_as,
        "pipeline_version": version,
    }


def _identity(row: Entry) -> str:
    """A file is known by its content, or by its address while its content could not be read."""
    return str(row["document_id"] or row["source_uri"])


def _date(row: Entry) -> dt.date:
    seen: dt.datetime = row["last_seen_at"]
    return seen.date()
