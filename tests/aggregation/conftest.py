"""A lake of a few rows, as the aggregation reads it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from imr.tables.declaration import TABLES

Row = dict[str, Any]

_DEFAULTS: dict[str, Row] = {
    "decisions": {
        "document_id": "a",
        "decision_number": 1,
        "outcome": "upheld",
        "is_latest": True,
        "claims_administrator_cites_none": False,
        "reviewer_cites_none": False,
    },
    "cases": {"document_id": "a", "is_latest": True},
    "drugs": {"document_id": "a", "decision_number": 1},
    "citations": {"document_id": "a", "decision_number": 1, "cited_by": "reviewer", "source": "MTUS"},
}


@pytest.fixture(scope="session")
def reader() -> Callable[..., Callable[[str, list[str]], pa.Table]]:
    """Makes a reader over the rows given by table; what a row does not say has a default or is null."""

    def over(**rows: list[Row]) -> Callable[[str, list[str]], pa.Table]:
        def read(name: str, columns: list[str]) -> pa.Table:
            schema = pa.schema([TABLES[name].schema.field(column).with_nullable(True) for column in columns])
            return pa.Table.from_pylist([{**_DEFAULTS[name], **row} for row in rows.get(name, [])], schema=schema)

        return read

    return over
