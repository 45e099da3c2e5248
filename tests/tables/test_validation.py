"""Every gate is shown to let good rows pass and to stop bad ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from imr.tables.declaration import LETTER_TABLES, TABLES
from imr.tables.schema import Table
from imr.tables.validation import violations

Rows = Callable[..., pa.Table]
Ids = Callable[[int], str]


@pytest.mark.parametrize("table", LETTER_TABLES, ids=lambda table: table.name)
def test_good_rows_pass(table: Table, rows: Rows, document_id: Ids) -> None:
    assert violations(table, rows(table, {"document_id": document_id(1)}, {"document_id": document_id(2)})) == []
    assert violations(table, table.schema.empty_table()) == []


@pytest.mark.parametrize(
    ("table", "bad", "column", "rule"),
    [
        pytest.param("cases", {"outcome": None}, "outcome", "must not be null", id="null"),
        pytest.param("cases", {"outcome": "partially_overturned"}, "outcome", "is not in its vocabulary", id="word"),
        pytest.param(
            "documents",
            {"warnings": ["dates_out_of_order", "new_moon"]},
            "warnings",
            "is not in its vocabulary",
            id="word of a list",
        ),
        pytest.param("cases", {"case_number": "18-9000001"}, "case_number", "has not its form", id="form"),
        pytest.param("drugs", {"drug_number": 0}, "drug_number", "is counted from 1", id="counted from 0"),
        pytest.param(
            "sections", {"clean_start": 9, "clean_end": 8}, "clean_end", "must not be before its start", id="span"
        ),
        pytest.param(
            "provenance",
            {"raw_start": 9, "raw_end": 8},
            "raw_end",
            "must not be before its start",
            id="span that may be null",
        ),
    ],
)
def test_a_bad_row_is_found_and_only_its_letter_is_named(
    rows: Rows, document_id: Ids, table: str, bad: dict[str, Any], column: str, rule: str
) -> None:
    given = rows(TABLES[table], *({"document_id": document_id(n)} | (bad if n == 2 else {}) for n in range(4)))
    assert violations(TABLES[table], given) == [(table, column, rule, document_id(2))]


def test_an_id_that_is_no_hash_is_found(rows: Rows) -> None:
    found = violations(TABLES["texts"], rows(TABLES["texts"], {"document_id": "A1"}))
    assert found == [("texts", "document_id", "has not its form", "A1")]


def test_two_rows_of_one_key_are_found(rows: Rows, document_id: Ids) -> None:
    items = [{"document_id": document_id(n), "decision_number": d} for n, d in ((1, 1), (1, 2), (2, 1), (2, 1))]
    found = violations(TABLES["decisions"], rows(TABLES["decisions"], *items))
    assert found == [("decisions", "document_id,decision_number", "must be unique", document_id(2))]


def test_all_violations_are_told_at_once_each_once_per_letter(rows: Rows, document_id: Ids) -> None:
    bad = {"outcome": "granted", "decision_number": 0, "rationale": None, "treatment_request": None}
    given = [{"document_id": document_id(n), **bad} for n in (1, 2)]
    found = violations(TABLES["decisions"], rows(TABLES["decisions"], *given, *given))
    assert len(found) == len(set(found)) == 2 * 4  # vocabulary, count, null, key
