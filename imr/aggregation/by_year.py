"""The summary tables from one year's folders after the other: a million letters take the memory of a year's.

All rows of a letter, and what DWC's index says of its case, stand in the folders of one year. What counts them is
summed up over the years; shares and their intervals follow from the sums.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from imr.aggregation.aggregates import aggregate
from imr.aggregation.outcomes import OUTCOMES, fitted, with_rates
from imr.lake.layout import Partition
from imr.tables.declaration import TABLES
from imr.tables.schema import Table

_READ = ("decisions", "cases", "drugs", "citations", "dwc_index")
"""The tables in which a year has its folder."""


def aggregate_by_year(
    partitions: Callable[[str], Sequence[Partition]], read: Callable[[Partition, list[str]], pa.Table]
) -> dict[str, pa.Table]:
    """All summary tables by name, from the files that each table has and what each file holds in some columns."""
    files = cache(partitions)

    def of_year(year: str) -> dict[str, pa.Table]:
        def rows(table: str, columns: list[str]) -> pa.Table:
            parts = [read(file, columns) for file in files(table) if _year(file) == year]
            parts = parts or [TABLES[table].schema.empty_table().select(columns)]
            return pa.concat_tables([part.replace_schema_metadata(None) for part in parts])

        return aggregate(rows)

    years = {_year(file) for table in _READ for file in files(table)}
    parts = [of_year(year) for year in sorted(years) or [""]]
    return {name: together(TABLES[name], [part[name] for part in parts]) for name in parts[0]}


def together(table: Table, parts: Sequence[pa.Table]) -> pa.Table:
    """A summary table of everything from those of its parts."""
    rows, key = pa.concat_tables(parts), list(table.key)
    if table.name == "processing_times":  # no year is in two parts
        return fitted(table, {name: rows[name] for name in rows.column_names})
    counts = [column.name for column in table.columns if column.kind == "int64"]
    sums = rows.group_by(key).aggregate([(name, "sum") for name in counts]).rename_columns([*key, *counts])
    columns = {name: sums[name] for name in sums.column_names}
    if set(OUTCOMES) <= columns.keys():
        return fitted(table, with_rates(columns))
    if table.name == "dwc_agreement":
        columns["agreement_rate"] = pc.divide(sums["same"].cast(pa.float64()), sums["compared"])
    return fitted(table, columns)


def _year(file: Partition) -> str:
    return file.folder.partition("=")[2]
