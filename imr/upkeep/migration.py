"""A lake under a changed declaration: every file of every table rewritten in one commit, or nothing."""

from __future__ import annotations

import uuid

import pyarrow as pa

from imr.errors import Code, LakeError
from imr.lake.files import read_parquet, schema_of
from imr.lake.layout import LakeLayout
from imr.lake.transaction import writing
from imr.publication.run_summary import note_commit
from imr.tables.declaration import TABLES
from imr.tables.schema import Table
from imr.upkeep.run_names import name_runs


def migrate(lake: LakeLayout, lock_timeout: float = 60.0) -> dict[str, int]:
    """Rewrite all files whose schema is not the declared one, or whose rows name a run that never published; gives how
    many files of each table were.

    A new column that may be null is null in all rows; a column that is no longer declared goes; a column of another
    type is cast where no value is lost.

    Raises:
        LakeError: `lake_outdated` when the declaration asks for values that the old rows do not have: then the
            tables have to be made anew from the letters. Nothing was changed.
    """
    run_id, rewritten = str(uuid.uuid4()), dict[str, int]()
    with writing(lake, run_id, lock_timeout, any_declaration=True) as transaction:
        for name, table in TABLES.items():
            for partition in lake.partitions(name):
                path = lake.file(partition)
                if not schema_of(path).equals(table.schema):
                    transaction.rewrite(partition, adapted(read_parquet(path), table))
                    rewritten[name] = rewritten.get(name, 0) + 1
        for name, files in name_runs(transaction).items():
            rewritten[name] = max(files, rewritten.get(name, 0))
        if rewritten:
            note_commit(transaction, "migrate", run_id=run_id)
            transaction.commit()
    return rewritten


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
