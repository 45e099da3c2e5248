"""What is in a lake, and what its last runs did: counts, as the command and whoever watches a lake ask for them."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from imr.lake.files import rows_in
from imr.lake.layout import LakeLayout
from imr.lake.public import read_table
from imr.publication.refused import last_refused

_RUNS = 10


def read_status(lake: LakeLayout) -> dict[str, Any]:
    """Counts of letters, decisions, quarantined files and warnings by code; the last run, if it was refused; the
    greatest share of a letter that was not read; how many values DWC's index and the letters agree on (same, compared),
    by measure; and the last runs, newest first.
    """
    commits = read_table(lake, "commits").to_pylist()
    documents = read_table(lake, "documents", ["warnings", "unread_share"])
    return {
        "letters": _rows(lake, "documents"),
        "decisions": _rows(lake, "decisions"),
        "quarantine": _counts(read_table(lake, "quarantine", ["error_code"])["error_code"]),
        "refused": _refused(lake),
        "doubtful": _counts(pc.list_flatten(documents["warnings"])),
        "unread_share": pc.max(documents["unread_share"]).as_py(),
        "dwc_agreement": _agreement(lake),
        "runs": sorted(commits, key=lambda row: row["committed_at"], reverse=True)[:_RUNS],
    }


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
