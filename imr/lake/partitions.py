"""In which file of a table the rows of a letter stand, and where a table begins."""

from __future__ import annotations

import datetime as dt

from imr.lake.layout import Partition, single_file
from imr.tables.schema import Table

_HASH_PARTS = 16  # letters without a case number, in wide tables: one file for each first hex digit


def letter_partition(table: Table, document_id: str, case_number: str | None) -> Partition:
    """Where the rows of one letter go: its case number's year and block, or year 0 and a part by hash."""
    if case_number is None:
        return Partition(table.name, f"{table.year_key}=0", int(document_id[0], 16) % _HASH_PARTS if table.wide else 0)
    folder = f"{table.year_key}={2000 + int(case_number[2:4])}"
    return Partition(table.name, folder, int(case_number[5:]) // table.block)


def first_partition(table: Table, date: dt.date) -> Partition:
    """The file of a table that has no rows yet; `date` is the day of the commit that makes it."""
    folders = {"case_year": f"{table.year_key}=0", "run_date": f"date={date.isoformat()}"}
    return Partition(table.name, folders[table.partitioned_by], 0) if table.partitioned_by else single_file(table.name)


def same_block(partition: Partition, table: Table) -> Partition:
    """Where another table, whose files are of as many case numbers, has the rows of the letters of a file."""
    return Partition(table.name, f"{table.year_key}={partition.folder.partition('=')[2]}", partition.part)
