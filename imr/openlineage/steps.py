"""What a step did of a batch, read back from its stage once it is done: no step has to count for this."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc
from openlineage.client.event_v2 import InputDataset, RunEvent

from imr.fingerprint import step_versions
from imr.lake.layout import LakeLayout
from imr.lake.stage import StageStore
from imr.lake.transaction import Transaction
from imr.openlineage.datasets import merged_tables, public_tables, staged_tables, stored_files
from imr.openlineage.events import JobRun, StepRunFacet, completed


def fetched(run: JobRun, lake: LakeLayout, key: str, inputs: Sequence[InputDataset], *, reused: bool) -> RunEvent:
    """The end of a batch of the fetch step."""
    stage = StageStore.of(lake)
    files = stage.get("fetch", key, "files", ["document_id", "byte_size", "error_code"])
    here = files.filter(files["document_id"].is_valid())
    sizes = dict(zip(here["document_id"].to_pylist(), here["byte_size"].to_pylist(), strict=True))
    facet = _facet("fetch", here.num_rows, stage.get("fetch", key, "lineage", []).num_rows, files, reused=reused)
    return completed(run, inputs, [stored_files(lake, len(sizes), sum(sizes.values()))], facet)


def worked(
    run: JobRun, lake: LakeLayout, step: str, key: str, inputs: Sequence[InputDataset], *, reused: bool
) -> RunEvent:
    """The end of a batch of a letter step."""
    stage = StageStore.of(lake)
    events = stage.get(step, key, "lineage", ["status", "error_code"])
    statuses = events["status"].to_pylist()
    ended = events.filter(pc.equal(events["status"], "quarantined"))
    facet = _facet(step, statuses.count("ok"), statuses.count("retried"), ended, reused=reused)
    rows = {table: count for table, count in stage.row_counts(step, key).items() if table != "lineage"}
    return completed(run, inputs, staged_tables(lake, step, key, rows), facet)


def published(run: JobRun, transaction: Transaction) -> RunEvent:
    """The end of a commit: every public table that it changed."""
    rows = Counter[str]()
    for partition, (_, after) in transaction.row_counts().items():
        rows[partition.table] += after
    outputs = public_tables(transaction.lake, transaction.commit_id, rows)
    return completed(run, merged_tables(transaction.lake, rows), outputs)


def _facet(step: str, ok: int, retried: int, failed: pa.Table, *, reused: bool) -> StepRunFacet:
    """What became of the files of a batch; `failed` has the code of each that ended here."""
    counts = failed["error_code"].drop_null().value_counts().to_pylist()
    codes = {entry["values"]: entry["counts"] for entry in sorted(counts, key=lambda entry: entry["values"])}
    return StepRunFacet(step_versions().of(step), reused, ok, retried, sum(codes.values()), codes)
