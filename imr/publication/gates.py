"""Gates before publishing: what a run would make public is held against what it was given and what was public before.

A gate that refuses fails the run before its commit; the tables stay as they were. Whoever has looked may let a gate's
refusals pass by naming it.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from imr.errors import Code, LakeError
from imr.lake.files import opened, read_parquet
from imr.lake.layout import LakeLayout
from imr.lake.public import read_table
from imr.lake.stage import StageStore
from imr.lake.transaction import Transaction
from imr.publication.batches import StagedBatch
from imr.settings import Gate, GateLimits
from imr.tables.declaration import CASES, DECISIONS, LETTER_TABLES
from imr.tables.schema import Table

_BY_VALUE = frozenset({"treatment_category"})
"""Columns with few values although the declaration does not list them."""


class Refusal(NamedTuple):
    """One thing that one gate holds against a commit, in numbers and names of columns."""

    gate: Gate
    why: str


def pass_gates(refusals: Iterable[Refusal], accepted: Collection[str]) -> tuple[Refusal, ...]:
    """The refusals that were let pass.

    Raises:
        LakeError: `gate_refused`, naming every refusal that was not.
    """
    refusals = tuple(refusals)
    if held := [refusal for refusal in refusals if refusal.gate not in accepted]:
        said = "; ".join(f"{refusal.gate}: {refusal.why}" for refusal in held)
        gates = " ".join(f"--accept {gate}" for gate in dict.fromkeys(refusal.gate for refusal in held))
        look = "Look at the files: imr quarantine list --refused"
        raise LakeError(Code.GATE_REFUSED, f"{said}. {look}. To publish all the same: {gates}")
    return refusals


def error_budget(limits: GateLimits, tried: int, failed: int) -> Iterator[Refusal]:
    """Whether too many of the files that a run tried go to quarantine."""
    if failed > limits.failed_files and failed > tried * limits.failed_share:
        allowed = f"more than {limits.failed_files} files and {limits.failed_share:.0%}"
        yield Refusal(Gate.ERROR_BUDGET, f"{failed} of {tried} files failed, {allowed}")


def row_counts(limits: GateLimits, transaction: Transaction) -> Iterator[Refusal]:
    """Whether a table loses too many rows."""
    counts = transaction.row_counts()
    for table in LETTER_TABLES:
        before, after = counts.get(table.name, (0, 0))
        if before >= limits.enough_rows and after < before * (1 - limits.lost_share):
            yield Refusal(Gate.ROW_COUNTS, f"{table.name} would go from {before} to {after} rows")


def drift(limits: GateLimits, lake: LakeLayout, stage: StageStore, batches: Sequence[StagedBatch]) -> Iterator[Refusal]:
    """Whether the letters of a run look unlike the public ones of their case years."""
    for table in (CASES, DECISIONS):
        rows = [batch.rows(stage, table.name) for batch in batches]
        incoming = pa.concat_tables(rows) if rows else table.schema.empty_table()
        years = pc.value_counts(incoming["case_year"]).to_pylist()
        for year in sorted(y["values"] for y in years if y["values"] is not None and y["counts"] >= limits.enough_rows):
            of_year = incoming.filter(pc.equal(incoming["case_year"], year))
            yield from _drift_of_year(limits, lake, table, of_year, f"year={year}")


def days_without_new(lake: LakeLayout) -> int | None:
    """Whole days since a letter was last published for the first time; None in an empty lake."""
    newest: dt.datetime | None = pc.max(read_table(lake, "documents", ["first_seen_at"])["first_seen_at"]).as_py()
    return (dt.datetime.now(dt.UTC) - newest).days if newest else None


def _drift_of_year(
    limits: GateLimits, lake: LakeLayout, table: Table, rows: pa.Table, folder: str
) -> Iterator[Refusal]:
    """What differs between some rows and the public ones of a year's folder."""
    paths = [lake.file(partition) for partition in lake.partitions(table.name) if partition.folder == folder]
    nulls, public = _null_counts(paths)
    if public < limits.enough_rows:
        return
    for column in table.columns:
        if column.nullable and column.name in nulls:
            moved = rows[column.name].null_count / rows.num_rows - nulls[column.name] / public
            if abs(moved) > limits.null_shift:
                yield Refusal(Gate.DRIFT, f"nulls of {table.name}.{column.name} in {folder} move by {moved:+.0%}")
    grouped = [c.name for c in table.columns if (c.values and c.kind == "string") or c.name in _BY_VALUE]
    before = pa.concat_tables([read_parquet(path, grouped).replace_schema_metadata(None) for path in paths])
    for name in grouped:
        if (shift := _shift(before[name], rows[name])) > limits.value_shift:
            yield Refusal(Gate.DRIFT, f"values of {table.name}.{name} in {folder} move by {shift:.0%}")


def _null_counts(paths: Iterable[Path]) -> tuple[Counter[str], int]:
    """Nulls of each flat column in some files, from their footers, and their rows. Footers do not tell null lists from
    empty ones."""
    nulls, rows = Counter[str](), 0
    for path in paths:
        with opened(path) as file:
            footer = file.metadata
        rows += footer.num_rows
        for group in map(footer.row_group, range(footer.num_row_groups)):
            for column in map(group.column, range(group.num_columns)):
                nulls[column.path_in_schema] += column.statistics.null_count
    return nulls, rows


def _shift(was: pa.ChunkedArray, now: pa.ChunkedArray) -> float:
    """Half the sum of all differences between two sets of shares: the share of rows that changed their value."""
    shares = [
        {entry["values"]: entry["counts"] / len(values) for entry in values.value_counts().to_pylist()}
        for values in (was, now)
    ]
    moved: float = sum(abs(shares[0].get(value, 0) - shares[1].get(value, 0)) for value in {*shares[0], *shares[1]})
    return moved / 2
