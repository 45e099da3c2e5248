"""`imr.Lake`: the public tables as Arrow, pandas and DuckDB have them, and letters by their names."""

from __future__ import annotations

import gc
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import imr
from imr.tables.declaration import TABLES


@pytest.fixture
def lake(lake_folder: Path) -> imr.Lake:
    return imr.Lake(lake_folder)


@pytest.mark.parametrize("table", list(TABLES))
def test_every_table_has_the_declared_columns_in_every_form(lake: imr.Lake, table: str) -> None:
    rows, declared = lake.arrow(table), TABLES[table].schema
    assert rows.schema.equals(declared)
    frame = lake.pandas(table)
    assert (list(frame.columns), len(frame)) == (declared.names, rows.num_rows)
    relation = lake.sql(f"FROM {table}")
    assert [
        name for name in relation.columns if name not in ("year", "date") or name in declared.names
    ] == declared.names
    assert relation.to_arrow_table().num_rows == rows.num_rows
    assert table in lake.tables


def test_columns_may_be_chosen(lake: imr.Lake) -> None:
    columns = ["outcome", "case_number"]
    assert lake.arrow("decisions", columns).column_names == columns
    assert list(lake.pandas("decisions", columns).columns) == columns
    assert lake.arrow("decisions", ("outcome",)).num_rows == lake.arrow("decisions").num_rows


def test_numbers_and_truth_values_bear_nulls_in_pandas(lake: imr.Lake) -> None:
    rows, frame = lake.arrow("decisions"), lake.pandas("decisions")
    for name, kind in {"quantity": "Int32", "case_year": "Int16", "states_medically_necessary": "boolean"}.items():
        assert frame[name].dtype == kind
        assert [None if pd.isna(value) else value for value in frame[name]] == rows[name].to_pylist()
    assert frame["decision_date"].dtype.kind == "M"


def test_a_relation_outlives_the_lake_and_goes_on_as_one_likes(lake_folder: Path) -> None:
    relation = imr.Lake(lake_folder).sql("SELECT outcome FROM decisions WHERE case_year = 2024")
    gc.collect()
    assert relation.filter("outcome = 'upheld'").aggregate("count(*)").fetchall() == [(6,)]


def test_a_query_takes_parameters(lake: imr.Lake) -> None:
    for query, parameters in (("year = ?", [2024]), ("year = $year", {"year": 2024})):
        counted = lake.sql(f"SELECT count(*) FROM decisions WHERE {query}", parameters)
        assert counted.fetchall() == [(8,)]


def test_a_query_reaches_nothing_but_the_tables(lake: imr.Lake, tmp_path: Path) -> None:
    (tmp_path / "outside.csv").write_text("a\n1\n", encoding="utf-8")
    with pytest.raises(duckdb.Error):
        lake.sql(f"FROM '{tmp_path}/outside.csv'").fetchall()


@pytest.mark.parametrize(
    ("query", "error"),
    [
        pytest.param("SELEC 1", duckdb.Error, id="no SQL"),
        pytest.param("-- a remark", ValueError, id="nothing asked"),
    ],
)
def test_what_is_no_query_is_said(lake: imr.Lake, query: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        lake.sql(query)


def test_an_unknown_table_is_said_with_those_that_there_are(lake: imr.Lake) -> None:
    with pytest.raises(ValueError, match="no table 'decision'; there are documents, cases, decisions"):
        lake.arrow("decision")


def test_a_folder_without_tables_is_no_lake(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no lake is there"):
        imr.Lake(tmp_path)


def test_a_table_that_holds_nothing_yet_is_empty(tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    lake = imr.Lake(str(tmp_path))
    assert lake.arrow("decisions").schema.equals(TABLES["decisions"].schema)
    assert lake.sql("SELECT outcome, year FROM decisions").fetchall() == []
    assert lake.sql("SELECT run_id, date FROM commits").fetchall() == []


def test_a_lake_of_another_declaration_says_what_to_do(tmp_path: Path) -> None:
    folder = tmp_path / "tables" / "removals"
    folder.mkdir(parents=True)
    pq.write_table(pa.table({"document_id": ["a"], "why": ["b"]}), folder / "removals.parquet")
    with pytest.raises(imr.LakeError, match="imr migrate") as caught:
        imr.Lake(tmp_path).arrow("removals")
    assert caught.value.code == imr.Code.LAKE_OUTDATED


def test_a_damaged_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "tables" / "removals").mkdir(parents=True)
    (tmp_path / "tables" / "removals" / "removals.parquet").write_bytes(b"no Parquet")
    with pytest.raises(imr.LakeError) as caught:
        imr.Lake(tmp_path).pandas("removals")
    assert caught.value.code == imr.Code.LAKE_DAMAGED
    with pytest.raises(imr.LakeError, match="removals cannot be read"):
        imr.Lake(tmp_path).sql("FROM decisions")


def test_a_published_letter_is_what_reading_its_file_gives(lake: imr.Lake) -> None:
    names = lake.arrow("documents")["source_name"].to_pylist()
    assert len(names) > 15
    for name in names:
        assert lake.letter(name) == imr.read_letter(lake.path / "landing" / name), name


@pytest.mark.parametrize("wanted", ["CM24-0900000", "cm24-0900000", "CM24-0900000.pdf"])
def test_a_letter_is_found_by_its_names(lake: imr.Lake, wanted: str) -> None:
    (row,) = lake.find(wanted)
    letter = lake.letter(wanted)
    assert letter.case.case_number == row["case_number"] == "CM24-0900000"
    assert lake.letter(letter.document_id[:12]) == letter
    assert lake.letter(str(lake.path / "landing" / letter.source_name)) == letter


def test_a_letter_that_is_not_published_is_not_found(lake: imr.Lake) -> None:
    assert lake.find("damaged-letter.pdf") == []
    with pytest.raises(KeyError, match=r"damaged-letter\.pdf"):
        lake.letter("damaged-letter.pdf")
