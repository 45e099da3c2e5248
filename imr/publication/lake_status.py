"""What is in a lake, and what its last runs did: counts, as the command and whoever watches a lake ask for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from imr.lake.files import rows_in
from imr.lake.layout import LakeLayout
from imr.lake.public import read_table
from imr.publication.refused import last_refused
from imr.tables.declaration import COMMITS, TABLES

_RUNS = 10
_SUMS = tuple(column.name for column in COMMITS.columns if column.kind in ("int32", "int64"))


def read_status(lake: LakeLayout) -> dict[str, Any]:
    """Counts of letters, decisions, quarantined files and warnings by code; the last run, if it was refused; the
    greatest share of a letter that was not read; how many values DWC's index and the letters agree on (same, compared),
    by measure; and the last runs, newest first, each with the sum of its commits.
    """
    commits = read_table(lake, "commits")
    documents = read_table(lake, "documents", ["warnings", "unread_share"])
    return {
        "letters": _rows(lake, "documents"),
        "decisions": _rows(lake, "decisions"),
        "quarantine": _counts(read_table(lake, "quarantine", ["error_code"])["error_code"]),
        "refused": _refused(lake),
        "doubtful": _counts(pc.list_flatten(documents["warnings"])),
        "unread_share": pc.max(documents["unread_share"]).as_py(),
        "dwc_agreement": _agreement(lake),
        "runs": list(_runs(commits))[:_RUNS],
    }


def public_of(lake: LakeLayout, run_id: str) -> dict[str, Any] | None:
    """What the commits of a run come to, as `read_status` tells of each run; None of one that has none."""
    commits = read_table(lake, "commits")
    return next(_runs(commits.filter(pc.equal(commits["run_id"], run_id))), None)


def _runs(commits: pa.Table) -> Iterator[dict[str, Any]]:
    """Runs, newest first: the row of the last commit with the sums of all, and how many there were."""
    of_runs: dict[str, list[dict[str, Any]]] = {}
    for row in commits.sort_by([("committed_at", "descending")]).to_pylist():
        of_runs.setdefault(row["run_id"], []).append(row)
    for rows in of_runs.values():
        touched = {name for row in rows for name in row["tables"]}
        sums = {name: sum(row[name] for row in rows) for name in _SUMS}
        yield {**rows[0], **sums, "tables": [name for name in TABLES if name in touched], "commits": len(rows)}


def _refused(lake: LakeLayout) -> dict[str, Any] | None:
    run = last_refused(lake)
    return (
        {"run_id": run.run_id, "refused_at": run.refused_at, "why": run.why, "files": len(run.files)} if run else None
    )


def _counts(values: pa.ChunkedArray) -> dict[str, int]:
    return {entry["values"]: entry["counts"] for entry in pc.value_counts(values).to_pylist()}


def _agreement(lake: LakeLayout) -> dict[str, tuple[int, int]]:
    rows = read_table(lake, "dwc_agreement", ["measure", "same", "compared"])
    sums = rows.group_by("measure", use_threads=False).aggregate([("same", "sum"), ("compared", "sum")])
    return {row["measure"]: (row["same_sum"], row["compared_sum"]) for row in sums.to_pylist()}


def _rows(lake: LakeLayout, table: str) -> int:
    return sum(map(rows_in, map(lake.file, lake.partitions(table))))
