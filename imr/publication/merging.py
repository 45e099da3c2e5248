"""The publishing step: the staged rows of a run's letters into the partition files they belong to."""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from imr.lake.layout import Partition
from imr.lake.partitions import letter_partition, same_block
from imr.lake.stage import StageStore
from imr.lake.transaction import Transaction
from imr.publication.batches import StagedBatch
from imr.publication.index_check import index_warnings
from imr.tables.declaration import CASES, CITATIONS, DECISIONS, DOCUMENTS, DRUGS, LETTER_TABLES, TEXTS
from imr.tables.schema import Table
from imr.tables.validation import Violation


class Merged(NamedTuple):
    """The documents whose rows will be public, what they hold, and the checks that kept others back."""

    document_ids: tuple[str, ...]
    decisions: int
    warnings: Mapping[str, int]
    violations: tuple[Violation, ...]


_TABLES_AT_ONCE = min(4, os.cpu_count() or 1)
"""Tables that are merged side by side: Arrow works outside of the interpreter, and the rows are in memory meanwhile."""


def merge(
    transaction: Transaction,
    stage: StageStore,
    batches: Sequence[StagedBatch],
    broken: Sequence[Violation] = (),
    anew: Collection[str] = (),
) -> Merged:
    """Put the rows of all letters that the extract step could do into their partitions.

    A letter that is published already is replaced, wherever its rows stood. One whose rows have `broken` a rule of the
    declaration is left out whole, and said. Rows of letters that are made `anew` are looked for in every file.
    """
    case_numbers = _case_numbers(stage, batches, {violation.document_id for violation in broken})
    earlier = _earlier(transaction, case_numbers)
    if anew := case_numbers.keys() & set(anew):
        earlier = _published_before(transaction, anew) | earlier
        _take_out(transaction, anew)
    incoming = _Incoming(stage, batches)
    places = {table.block: _by_partition(table, case_numbers, earlier) for table in (CASES, TEXTS)}
    ids = pa.array(sorted(case_numbers), pa.string())
    decisions, warnings = list[int](), Counter[str]()

    def put(table: Table) -> None:
        for partition, documents in _in_table(places[table.block], table).items():
            rows = incoming.rows(table, documents)
            if table is DOCUMENTS:
                rows = _keep_first_seen(rows, earlier)
                rows = _warned(rows, index_warnings(transaction, incoming.rows(CASES, documents)))
                warnings.update(rows["warnings"].combine_chunks().flatten().to_pylist())
            if table is DECISIONS:
                decisions.append(rows.num_rows)
            transaction.upsert(partition, rows, ids)

    def put_in_turn(tables: Sequence[Table]) -> None:
        for table in tables:
            put(table)

    # Those with long texts one after the other: what is in memory of a table is mostly theirs.
    turns = [[table for table in LETTER_TABLES if table.wide], *([table] for table in LETTER_TABLES if not table.wide)]
    with ThreadPoolExecutor(_TABLES_AT_ONCE) as threads:
        list(threads.map(put_in_turn, turns))
    for partition in places[CASES.block]:
        _mark_latest(transaction, partition)
    return Merged(tuple(case_numbers), sum(decisions), dict(warnings), tuple(broken))


def withdraw(transaction: Transaction, documents: Collection[str]) -> None:
    """Take the rows of some documents out of all letter tables, wherever they stand."""
    earlier = _earlier(transaction, documents) if documents else {}
    ids = pa.array(sorted(earlier), pa.string())
    for table in LETTER_TABLES:
        for partition in _by_partition(table, {}, earlier):
            transaction.upsert(partition, table.schema.empty_table(), ids)
    for partition in _by_partition(CASES, {}, earlier):
        _mark_latest(transaction, partition)


class _Earlier(NamedTuple):
    """What the lake knows already of a letter that comes again."""

    case_number: str | None
    first_seen_at: dt.datetime


def _case_numbers(
    stage: StageStore, batches: Sequence[StagedBatch], left_out: Collection[str]
) -> dict[str, str | None]:
    """The documents to publish, each with its case number."""
    return {
        document_id: case_number
        for batch in batches
        for document_id, case_number in zip(
            *batch.rows(stage, "documents").select(["document_id", "case_number"]).to_pydict().values(), strict=True
        )
        if document_id not in left_out
    }


def _earlier(transaction: Transaction, documents: Collection[str]) -> dict[str, _Earlier]:
    """What is public of some documents. Of most files of `documents` that is nothing, as their ids alone tell."""
    asked, found = pa.array(list(documents), pa.string()), dict[str, _Earlier]()
    for partition in transaction.partitions("documents") if len(asked) else ():
        is_asked = pc.is_in(transaction.read(partition, ["document_id"])["document_id"], value_set=asked)
        if pc.any(is_asked, min_count=0).as_py():
            rows = transaction.read(partition, ["document_id", "case_number", "first_seen_at"]).filter(is_asked)
            found |= {
                row["document_id"]: _Earlier(row["case_number"], row["first_seen_at"]) for row in rows.to_pylist()
            }
    return found


def _published_before(transaction: Transaction, documents: Collection[str]) -> dict[str, _Earlier]:
    """When letters whose rows are lost were first published, as their events tell."""
    events = transaction.read_all("lineage", ["document_id", "step", "status", "finished_at"])
    asked = pc.is_in(events["document_id"], value_set=pa.array(sorted(documents), pa.string()))
    ends = events.filter(pc.and_(asked, pc.and_(pc.equal(events["step"], "publish"), pc.equal(events["status"], "ok"))))
    first = ends.group_by("document_id").aggregate([("finished_at", "min")])
    return {row["document_id"]: _Earlier(None, row["finished_at_min"]) for row in first.to_pylist()}


def _take_out(transaction: Transaction, documents: Collection[str]) -> None:
    """Take the rows of some documents out of every file, also where they should not stand."""
    ids = pa.array(sorted(documents), pa.string())
    for table in LETTER_TABLES:
        for partition in transaction.partitions(table.name):
            transaction.upsert(partition, table.schema.empty_table(), ids)


def _by_partition(
    table: Table, case_numbers: Mapping[str, str | None], earlier: Mapping[str, _Earlier]
) -> dict[Partition, list[str]]:
    """Where each letter's rows go, and, with no letter of their own, the partitions they have to leave."""
    partitions: dict[Partition, list[str]] = defaultdict(list)
    for document_id, case_number in case_numbers.items():
        partitions[letter_partition(table, document_id, case_number)].append(document_id)
    for document_id, known in earlier.items():
        partitions.setdefault(letter_partition(table, document_id, known.case_number), [])
    return dict(sorted(partitions.items()))


def _in_table(places: Mapping[Partition, list[str]], table: Table) -> dict[Partition, list[str]]:
    """Where a table has the rows of the letters of the partitions of another, whose files are of as many letters."""
    return {same_block(partition, table): documents for partition, documents in places.items()}


class _Incoming:
    """The staged rows of some batches by document. A document is in one batch."""

    def __init__(self, stage: StageStore, batches: Sequence[StagedBatch]) -> None:
        self._stage, self._batches = stage, batches
        self._batch_of = {ref.document_id: number for number, batch in enumerate(batches) for ref in batch.letters}

    def rows(self, table: Table, documents: Sequence[str]) -> pa.Table:
        """The rows that a table has of some documents; batches without any are not worth reading."""
        by_batch: dict[int, list[str]] = defaultdict(list)
        for document_id in documents:
            by_batch[self._batch_of[document_id]].append(document_id)
        parts = [table.schema.remove_metadata().empty_table()]
        for number, wanted in sorted(by_batch.items()):
            rows = self._batches[number].rows(self._stage, table.name)
            parts.append(rows.filter(pc.is_in(rows["document_id"], value_set=pa.array(wanted, pa.string()))))
        return pa.concat_tables(parts)


def _keep_first_seen(rows: pa.Table, earlier: Mapping[str, _Earlier]) -> pa.Table:
    seen = [
        earlier[document_id].first_seen_at if document_id in earlier else now
        for document_id, now in zip(rows["document_id"].to_pylist(), rows["first_seen_at"].to_pylist(), strict=True)
    ]
    return _with_column(rows, "first_seen_at", pa.array(seen, rows.schema.field("first_seen_at").type))


def _warned(rows: pa.Table, more: Mapping[str, list[str]]) -> pa.Table:
    """The rows of `documents` with further warnings."""
    if not more:
        return rows
    pairs = zip(rows["document_id"].to_pylist(), rows["warnings"].to_pylist(), strict=True)
    warnings = [[*known, *more.get(document_id, [])] for document_id, known in pairs]
    return _with_column(rows, "warnings", pa.array(warnings, rows.schema.field("warnings").type))


def _mark_latest(transaction: Transaction, cases: Partition) -> None:
    """Set `is_latest` where a newer letter of the same case number has come, or the only newer one has gone.

    Letters of one case number share their partition. The later decision date is newer; between equal dates the
    greater hash, so that the order of arrival does not matter.
    """
    rows = transaction.read(cases, ["document_id", "case_number", "decision_date", "is_latest"])
    numbered = rows.filter(rows["case_number"].is_valid())
    if numbered.num_rows == pc.count_distinct(numbered["case_number"]).as_py() and pc.all(rows["is_latest"]).as_py():
        return
    undated = dt.date.min
    letters = sorted(
        (row["decision_date"] or undated, row["document_id"], row["case_number"]) for row in numbered.to_pylist()
    )
    newest = {case_number: document_id for _, document_id, case_number in letters}
    flags = {row["document_id"]: newest[row["case_number"]] == row["document_id"] for row in numbered.to_pylist()}
    for table in (CASES, DECISIONS, DRUGS, CITATIONS):
        partition = same_block(cases, table)
        current = transaction.read(partition)
        latest = pa.array([flags.get(document_id, True) for document_id in current["document_id"].to_pylist()])
        changed = pc.not_equal(current["is_latest"], latest)
        if pc.any(changed).as_py():
            marked = _with_column(current, "is_latest", latest).filter(changed)
            transaction.upsert(partition, marked, marked["document_id"].combine_chunks())


def _with_column(rows: pa.Table, name: str, values: pa.Array) -> pa.Table:
    index = rows.schema.get_field_index(name)
    return rows.set_column(index, rows.schema.field(index), values)
