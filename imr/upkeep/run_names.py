"""Rows that name a run which never published, as older versions left them where a run used what another had staged.

The run that made them public is known by their commit: they are made to name it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from imr.lake.transaction import Transaction

Row = dict[str, Any]


def name_runs(transaction: Transaction) -> dict[str, int]:
    """Have every event name the run of its commit, and every document a run that published it, where that is known;
    gives how many files of each table were changed.
    """
    commits = transaction.read_all("commits", ["commit_id", "run_id"])
    run_of = dict(zip(*commits.to_pydict().values(), strict=True))
    known = set(run_of.values())
    published = _last_published(transaction, run_of)

    def of_event(row: Row) -> str | None:
        return run_of.get(row["commit_id"])

    def of_document(row: Row) -> str | None:
        return None if row["run_id"] in known else published.get(row["document_id"])

    found = {
        "documents": _renamed(transaction, "documents", "document_id", of_document),
        "lineage": _renamed(transaction, "lineage", "commit_id", of_event),
    }
    return {table: files for table, files in found.items() if files}


def _last_published(transaction: Transaction, run_of: Mapping[str, str]) -> dict[str, str]:
    """The run whose commit published each document last."""
    events = transaction.read_all("lineage", ["document_id", "step", "status", "finished_at", "commit_id"])
    done = events.filter(pc.and_(pc.equal(events["step"], "publish"), pc.equal(events["status"], "ok")))
    ordered = done.sort_by("finished_at").select(["document_id", "commit_id"])
    pairs = zip(*ordered.to_pydict().values(), strict=True)
    return {document_id: run_of[commit_id] for document_id, commit_id in pairs if commit_id in run_of}


def _renamed(transaction: Transaction, table: str, key: str, run_of: Callable[[Row], str | None]) -> int:
    """Put the right run into the rows of a table; gives in how many files there was another."""
    changed = 0
    for partition in transaction.partitions(table):
        rows = transaction.read(partition, [key, "run_id"]).to_pylist()
        named = [run_of(row) or row["run_id"] for row in rows]
        if named != [row["run_id"] for row in rows]:
            whole = transaction.read(partition)
            index = whole.schema.get_field_index("run_id")
            column = pa.array(named, pa.string())
            transaction.rewrite(partition, whole.set_column(index, whole.schema.field(index), column))
            changed += 1
    return changed
