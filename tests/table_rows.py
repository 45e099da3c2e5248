"""Rows for the lake's tables, made from the declaration: every column that may not be null has some value."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from imr.lake.layout import LakeLayout
from imr.lake.partitions import letter_partition
from imr.lake.transaction import Transaction
from imr.tables.declaration import LETTER_TABLES
from imr.tables.schema import Table

SOME_VALUE: dict[str, Any] = {
    "string": "words",
    "strings": [],
    "offsets": [0],
    "int16": 1,
    "int32": 1,
    "int64": 1,
    "float32": 1.0,
    "float64": 0.5,
    "bool": True,
    "date": dt.date(2017, 5, 4),
    "instant": dt.datetime(2026, 1, 2, 3, 4, 5, 678901, dt.UTC),
}

Rows = Callable[..., pa.Table]


def _id(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()


def rows_of(table: Table, *rows: dict[str, Any]) -> pa.Table:
    """Rows of a table; columns that a row does not name have some value if they need one, else null."""
    needed = {
        column.name: column.values[0] if column.values and column.kind == "string" else SOME_VALUE[column.kind]
        for column in table.columns
        if not column.nullable
    }
    return pa.Table.from_pylist([needed | row for row in rows], schema=table.schema)


def _publish(transaction: Transaction, number: int, case_number: str | None, items: int = 2, text: str = "a") -> None:
    """Put one letter into all tables of letters, as publishing does."""
    document = {"document_id": _id(number)}
    case = {"case_number": case_number, "case_year": case_number and 2000 + int(case_number[2:4])}
    numbers = {"decisions": "decision_number", "drugs": "drug_number", "citations": "citation_number"}
    for table in LETTER_TABLES:
        known = document | {key: value for key, value in case.items() if key in table.schema.names}
        known |= {"clean_text": text} if table.name == "texts" else {}
        numbered = numbers.get(table.name)
        repeated = [known | {numbered: n} for n in range(1, items + 1)] if numbered else [known]
        ids = pa.array([_id(number)])
        transaction.upsert(letter_partition(table, _id(number), case_number), rows_of(table, *repeated), ids)


@pytest.fixture
def lake(tmp_path: Path) -> LakeLayout:
    """A lake that is not there yet."""
    return LakeLayout(tmp_path / "lake")


@pytest.fixture(scope="session")
def document_id() -> Callable[[int], str]:
    """The id of a letter by its number."""
    return _id


@pytest.fixture(scope="session")
def rows() -> Rows:
    """`rows_of`."""
    return rows_of


@pytest.fixture(scope="session")
def publish() -> Callable[..., None]:
    """`_publish`."""
    return _publish
