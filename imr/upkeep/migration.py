"""A lake under a changed declaration: every file of every table rewritten in one commit, or nothing."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator

import pyarrow as pa

from imr.aggregation.by_year import aggregate_by_year
from imr.errors import Code, LakeError
from imr.lake.files import read_parquet, schema_of
from imr.lake.layout import LakeLayout, Partition, single_file
from imr.lake.partitions import same_block
from imr.lake.transaction import Transaction, writing
from imr.publication.derived import DERIVED, with_derived
from imr.publication.run_summary import note_commit
from imr.tables.declaration import AGGREGATES, CASES, TABLES
from imr.tables.schema import Table
from imr.upkeep.run_names import name_runs


def migrate(lake: LakeLayout, lock_timeout: float = 60.0) -> dict[str, int]:
    """Rewrite all files whose schema is not the declared one, or whose rows name a run that never published; gives how
    many files of each table were.

    A new column that is made of others is filled, any other that may be null is null in all rows; a column that is no
    longer declared goes; a column of another type is cast where no value is lost. Summaries are made anew.

    Raises:
        LakeError: `lake_outdated` when the declaration asks for values that the old rows do not have: then the
            tables have to be made anew from the letters. Nothing was changed.
    """
    run_id = str(uuid.uuid4())
    with writing(lake, run_id, lock_timeout, any_declaration=True) as transaction:
        old = _outdated(lake)
        rewritten = {partition for partition in old if partition.table not in _SUMMARIES}
        for partition in rewritten:
            transaction.rewrite(partition, adapted(read_parquet(lake.file(partition)), TABLES[partition.table]))
        blocks = sorted(
            {same_block(partition, CASES) for partition, schema in old.items() if _lacks(partition, schema)}
        )
        for block in blocks:
            rewritten.update(_fill(transaction, block))
        if blocks or _SUMMARIES & {partition.table for partition in old}:
            rewritten.update(_summarise(transaction))
        counts = Counter(partition.table for partition in rewritten)
        counts |= Counter(name_runs(transaction))
        if counts:
            note_commit(transaction, "migrate", run_id=run_id)
            transaction.commit()
    return dict(counts)


_SUMMARIES = {table.name for table in AGGREGATES}


def _outdated(lake: LakeLayout) -> dict[Partition, pa.Schema]:
    """The files that were written under another declaration, each with its schema."""
    schemas = {partition: schema_of(lake.file(partition)) for name in TABLES for partition in lake.partitions(name)}
    return {
        partition: schema for partition, schema in schemas.items() if not schema.equals(TABLES[partition.table].schema)
    }


def _lacks(partition: Partition, schema: pa.Schema) -> bool:
    """Whether a file has not all columns of its table that are made of others."""
    return not set(DERIVED.get(partition.table, ())) <= set(schema.names)


def _fill(transaction: Transaction, block: Partition) -> Iterator[Partition]:
    """Make the derived columns of the letters of one block anew; gives the files that this changes."""
    partitions = {name: same_block(block, TABLES[name]) for name in DERIVED}
    rows = {name: transaction.read(partition) for name, partition in partitions.items()}
    for name, made in with_derived(rows).items():
        if not made.equals(rows[name]):
            transaction.rewrite(partitions[name], made)
            yield partitions[name]


def _summarise(transaction: Transaction) -> Iterator[Partition]:
    """Make all summaries anew; gives their files."""
    for name, rows in aggregate_by_year(transaction.partitions, transaction.read).items():
        transaction.write(name, rows)
        yield single_file(name)


def adapted(rows: pa.Table, table: Table) -> pa.Table:
    """Rows of an older declaration under the present one.

    Raises:
        LakeError: `lake_outdated`.
    """
    arrays = []
    for field in table.schema:
        if field.name in rows.schema.names:
            arrays.append(_cast(rows[field.name], field, table))
        elif field.nullable:
            arrays.append(pa.nulls(rows.num_rows, field.type))
        else:
            raise _cannot(table, field)
    return pa.Table.from_arrays(arrays, schema=table.schema)


def _cast(values: pa.ChunkedArray, field: pa.Field, table: Table) -> pa.ChunkedArray:
    if values.null_count and not field.nullable:
        raise _cannot(table, field)
    try:
        return values.cast(field.type)
    except pa.ArrowInvalid as error:
        raise _cannot(table, field) from error


def _cannot(table: Table, field: pa.Field) -> LakeError:
    return LakeError(
        Code.LAKE_OUTDATED,
        f"the rows of {table.name} have no values for {field.name} as it is declared now; "
        "set the lake's tables aside and run again with all sources: all letters are read anew but those removed",
    )
