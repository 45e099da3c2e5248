"""The one declaration of the lake's tables: columns, types, meanings, keys, vocabularies, partitions.

The Arrow schemas, the row checks, the data dictionary and `datapackage.json` all come from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import pyarrow as pa

SCHEMA_VERSION = "1"
"""Written into every file; raised when a column is added or changes."""

PartitionedBy = Literal["case_year", "run_date"]

TYPES: Mapping[str, pa.DataType] = {
    "string": pa.string(),
    "strings": pa.list_(pa.string()),
    "offsets": pa.list_(pa.int32()),
    "int16": pa.int16(),
    "int32": pa.int32(),
    "int64": pa.int64(),
    "float32": pa.float32(),
    "float64": pa.float64(),
    "bool": pa.bool_(),
    "date": pa.date32(),
    "instant": pa.timestamp("us", tz="UTC"),
}
"""The short names of types that the declarations use."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its type by short name, its meaning, whether null is allowed and which values are."""

    name: str
    kind: str
    meaning: str
    nullable: bool = True
    values: tuple[str, ...] = ()

    def arrow(self) -> pa.Field:
        """The Arrow field, with the meaning as its description."""
        return pa.field(self.name, TYPES[self.kind], self.nullable, {"description": self.meaning})


@dataclass(frozen=True, slots=True)
class Table:
    """One public table. `block` is how many consecutive case numbers share a file of a `case_year` table."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    partitioned_by: PartitionedBy | None = None
    block: int = 0
    schema: pa.Schema = field(init=False)

    def __post_init__(self) -> None:
        schema = pa.schema([column.arrow() for column in self.columns], {"schema_version": SCHEMA_VERSION})
        object.__setattr__(self, "schema", schema)

    @property
    def wide(self) -> bool:
        """Whether the table holds long texts, and so has small blocks."""
        return self.block == WIDE


NARROW, WIDE = 100_000, 10_000
"""Case numbers per file, so that files of narrow and of wide tables stay between ten and some hundred MB."""
