"""Gates before publishing: what a run would make public is held against what it was given and what was public before.

A gate that refuses fails the run before its commit; what earlier pieces of the run made public stays so. Whoever has
looked may let a gate's refusals pass by naming it.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from imr.errors import Code, LakeError
from imr.lake.files import opened, read_parquet
from imr.lake.layout import LakeLayout, Partition
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


class Look(NamedTuple):
    """What the rows of a case year look like: how many they are, nulls by column, how often columns have each value."""

    rows: int
    nulls: Counter[str]
    values: Mapping[str, Counter[str | None]]

    def plus(self, more: Look) -> Look:
        """These rows and some more."""
        values = {name: counts + more.values[name] for name, counts in self.values.items()}
        return Look(self.rows + more.rows, self.nulls + more.nulls, values)


@dataclass(slots=True)
class SoFar:
    """What the pieces of a run have shown up to the one that is judged: a gate holds the same against a run, in
    however many pieces it becomes public.
    """

    tried: int = 0
    failed: int = 0
    rows: dict[Partition, tuple[int, int]] = field(default_factory=dict)
    """The rows of each file before the run, and after it."""
    looks: dict[tuple[str, int], tuple[Look, Look]] = field(default_factory=dict)
    """What the letters of a table's case year look like: those that were public before the run, and those of it."""


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


def error_budget(limits: GateLimits, tried: int, failed: int, so_far: SoFar) -> Iterator[Refusal]:
    """Whether too many of the files that a run tried go to quarantine, of this piece alone or of all up to it."""
    so_far.tried, so_far.failed = so_far.tried + tried, so_far.failed + failed
    for of, wrong in dict.fromkeys([(tried, failed), (so_far.tried, so_far.failed)]):
        if wrong > limits.failed_files and wrong > of * limits.failed_share:
            allowed = f"more than {limits.failed_files} files and {limits.failed_share:.0%}"
            yield Refusal(Gate.ERROR_BUDGET, f"{wrong} of {of} files failed, {allowed}")


def row_counts(limits: GateLimits, transaction: Transaction, so_far: SoFar) -> Iterator[Refusal]:
    """Whether a table loses too many rows."""
    for partition, (before, after) in transaction.row_counts().items():
        so_far.rows[partition] = so_far.rows.get(partition, (before, after))[0], after
    for table in LETTER_TABLES:
        counts = [rows for partition, rows in so_far.rows.items() if partition.table == table.name]
        before, after = (sum(column) for column in zip(*counts, strict=True)) if counts else (0, 0)
        if before >= limits.enough_rows and after < before * (1 - limits.lost_share):
            yield Refusal(Gate.ROW_COUNTS, f"{table.name} would go from {before} to {after} rows")


def drift(
    limits: GateLimits,
    lake: LakeLayout,
    stage: StageStore,
    batches: Sequence[StagedBatch],
    so_far: SoFar,
    *,
    more_to_come: bool = False,
) -> Iterator[Refusal]:
    """Whether the letters of a run look unlike those of their case years that were public before it."""
    for table in (CASES, DECISIONS):
        rows = [batch.rows(stage, table.name) for batch in batches]
        incoming = pa.concat_tables(rows) if rows else table.schema.empty_table()
        for year in sorted(pc.unique(incoming["case_year"]).drop_null().to_pylist()):
            of_year = incoming.filter(pc.equal(incoming["case_year"], year))
            was, now = so_far.looks.get((table.name, year), (None, None))
            if not more_to_come and of_year.num_rows + (now.rows if now else 0) < limits.enough_rows:
                continue
            was = was or _public_look(lake, table, f"year={year}")
            now = _look(table, of_year) if now is None else now.plus(_look(table, of_year))
            so_far.looks[table.name, year] = was, now
            if min(was.rows, now.rows) >= limits.enough_rows:
                yield from _moved(limits, table, f"year={year}", was, now)


def days_without_new(lake: LakeLayout) -> int | None:
    """Whole days since a letter was last published for the first time; None in an empty lake."""
    newest: dt.datetime | None = pc.max(read_table(lake, "documents", ["first_seen_at"])["first_seen_at"]).as_py()
    return (dt.datetime.now(dt.UTC) - newest).days if newest else None


def _moved(limits: GateLimits, table: Table, folder: str, was: Look, now: Look) -> Iterator[Refusal]:
    """What differs between public rows of a year's folder and those that are to join them."""
    for column in table.columns:
        if column.nullable and column.name in was.nulls:
            moved = now.nulls[column.name] / now.rows - was.nulls[column.name] / was.rows
            if abs(moved) > limits.null_shift:
                yield Refusal(Gate.DRIFT, f"nulls of {table.name}.{column.name} in {folder} move by {moved:+.0%}")
    for name in _grouped(table):
        if (shift := _shift(was, now, name)) > limits.value_shift:
            yield Refusal(Gate.DRIFT, f"values of {table.name}.{name} in {folder} move by {shift:.0%}")


def _grouped(table: Table) -> list[str]:
    """The columns of a table that have few values."""
    return [c.name for c in table.columns if (c.values and c.kind == "string") or c.name in _BY_VALUE]


def _look(table: Table, rows: pa.Table) -> Look:
    """What some rows look like."""
    nulls = {column.name: rows[column.name].null_count for column in table.columns if column.nullable}
    return Look(rows.num_rows, Counter(nulls), _values(rows, _grouped(table)))


def _public_look(lake: LakeLayout, table: Table, folder: str) -> Look:
    """What the public rows of a year's folder look like."""
    paths = [lake.file(partition) for partition in lake.partitions(table.name) if partition.folder == folder]
    nulls, rows = _null_counts(paths)
    parts = [read_parquet(path, _grouped(table)).replace_schema_metadata(None) for path in paths]
    return Look(rows, nulls, _values(pa.concat_tables(parts), _grouped(table)) if parts else {})


def _values(rows: pa.Table, columns: Iterable[str]) -> dict[str, Counter[str | None]]:
    """How often each column has each of its values."""
    return {
        name: Counter({entry["values"]: entry["counts"] for entry in rows[name].value_counts().to_pylist()})
        for name in columns
    }


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


def _shift(was: Look, now: Look, column: str) -> float:
    """Half the sum of all differences between two sets of shares: the share of rows that changed their value."""
    before, after = was.values[column], now.values[column]
    return sum(abs(before[value] / was.rows - after[value] / now.rows) for value in {*before, *after}) / 2
