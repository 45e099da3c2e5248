"""The one declaration of the lake's tables: columns, types, meanings, keys, vocabularies, partitions.

The Arrow schemas, the row checks, the data dictionary and `datapackage.json` all come from here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import pyarrow as pa

SCHEMA_VERSION = "3"
"""Written into every file; raised when a column is added or changes."""

FORMS: Mapping[str, str] = {"document_id": r"^[0-9a-f]{64}$", "case_number": r"^CM\d{2}-\d{7}$"}
"""The form of the values of these columns, in every table that has them."""

COUNTED_FROM_ONE = frozenset({"decision_number", "drug_number", "citation_number", "section_number"})
"""Columns that number things as a person would."""

SPANS = (("clean_start", "clean_end"), ("raw_start", "raw_end"))
"""Columns that hold the two ends of a half-open range."""

NARROW, WIDE = 100_000, 10_000
"""Case numbers per file, so that files of narrow and of wide tables stay between ten and some hundred MB."""

PartitionedBy = Literal["case_year", "run_date"]

TYPES: Mapping[str, pa.DataType] = {
    "string": pa.string(),
    "strings": pa.list_(pa.string()),
    "offsets": pa.list_(pa.int32()),
    "shares": pa.list_(pa.float32()),
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

LARGEST: Mapping[str, int] = {"int16": 2**15 - 1, "int32": 2**31 - 1, "int64": 2**63 - 1}
"""The largest number that a column of each of these types holds."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its type by short name, its meaning, whether null is allowed and which values are."""

    name: str
    kind: str
    meaning: str
    nullable: bool = True
    values: tuple[str, ...] = ()

    def arrow(self) -> pa.Field:
        """The Arrow field: its metadata have the meaning as `description`, a closed vocabulary as JSON in `values`."""
        values = {"values": json.dumps(self.values)} if self.values else {}
        return pa.field(self.name, TYPES[self.kind], self.nullable, {"description": self.meaning, **values})


def required(name: str, kind: str, meaning: str, values: tuple[str, ...] = ()) -> Column:
    """A column that is never null."""
    return Column(name, kind, meaning, nullable=False, values=values)


def optional(name: str, kind: str, meaning: str, values: tuple[str, ...] = ()) -> Column:
    """A column that is null where there is nothing to say."""
    return Column(name, kind, meaning, values=values)


@dataclass(frozen=True, slots=True)
class Table:
    """One public table.

    `block` is how many consecutive case numbers share a file of a `case_year` table; `order` is how the rows of a
    file are sorted, by the key unless told. `letters` is, for a summary, the way back: SQL over the tables that gives
    the decisions, or the letters, which a row sums up, with `$name` where the value of its column `name` stands.
    """

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    partitioned_by: PartitionedBy | None = None
    block: int = 0
    order: tuple[str, ...] = ()
    letters: str = ""
    schema: pa.Schema = field(init=False)
    year_key: str = field(init=False)
    """The folder key of the case year: a name that no column of the table has, as most readers fail on a clash."""

    def __post_init__(self) -> None:
        about = {"schema_version": SCHEMA_VERSION} | ({"letters": self.letters} if self.letters else {})
        schema = pa.schema([column.arrow() for column in self.columns], about)
        object.__setattr__(self, "schema", schema)
        object.__setattr__(self, "order", self.order or self.key)
        object.__setattr__(self, "year_key", "case_year" if "year" in schema.names else "year")

    @property
    def wide(self) -> bool:
        """Whether the table holds long texts, and so has small blocks."""
        return self.block == WIDE
