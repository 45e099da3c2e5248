"""The tables as those who use them read them: by a plain glob, in pandas, PyArrow, DuckDB, Polars and Spark."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from imr.lake.layout import LakeLayout
from imr.lake.transaction import writing
from imr.publication.dwc_index import merge_index
from imr.tables.declaration import AGGREGATES, COMMITS, DWC_INDEX, LINEAGE, QUARANTINE, REMOVALS, TABLES
from imr.tables.schema import Table

NUMBERS = ("CM17-9000001", "CM18-9000001", "CM18-9100001", None)
DUCKDB = {
    "string": "VARCHAR",
    "strings": "VARCHAR[]",
    "offsets": "INTEGER[]",
    "shares": "FLOAT[]",
    "int16": "SMALLINT",
    "int32": "INTEGER",
    "int64": "BIGINT",
    "float32": "FLOAT",
    "float64": "DOUBLE",
    "bool": "BOOLEAN",
    "date": "DATE",
    "instant": "TIMESTAMP WITH TIME ZONE",
}
POLARS = {
    "string": pl.String,
    "strings": pl.List(pl.String),
    "offsets": pl.List(pl.Int32),
    "shares": pl.List(pl.Float32),
    "int16": pl.Int16,
    "int32": pl.Int32,
    "int64": pl.Int64,
    "float32": pl.Float32,
    "float64": pl.Float64,
    "bool": pl.Boolean,
    "date": pl.Date,
    "instant": pl.Datetime("us", "UTC"),
}
PANDAS = {
    "string": {"str", "object"},
    "strings": {"object"},
    "offsets": {"object"},
    "shares": {"object"},
    "int16": {"int16", "float64"},  # float64 where there are nulls
    "int32": {"int32", "float64"},
    "int64": {"int64"},
    "float32": {"float32"},
    "float64": {"float64"},
    "bool": {"bool", "object"},
    "date": {"object"},
    "instant": {"datetime64[us, UTC]"},
}
SPARK = {
    "string": "string",
    "strings": "array<string>",
    "offsets": "array<int>",
    "shares": "array<float>",
    "int16": "smallint",
    "int32": "int",
    "int64": "bigint",
    "float32": "float",
    "float64": "double",
    "bool": "boolean",
    "date": "date",
    "instant": "timestamp",
}


@pytest.fixture(scope="module")
def full(
    tmp_path_factory: pytest.TempPathFactory, rows: Callable[..., pa.Table], publish: Callable[..., None]
) -> LakeLayout:
    """A lake in which every table has rows, and those of letters several files."""
    lake = LakeLayout(tmp_path_factory.mktemp("readers") / "lake")
    with writing(lake, "r1") as tx:
        for number, case_number in enumerate(NUMBERS):
            publish(tx, number, case_number)
        for table in (LINEAGE, COMMITS, QUARANTINE):
            for day in (1, 2):
                tx.append(table.name, dt.date(2026, 1, day), rows(table, {}))
        listed = ({"case_number": number, "case_year": 2000 + int(number[2:4])} for number in NUMBERS if number)
        merge_index(tx, rows(DWC_INDEX, *listed))
        for table in (REMOVALS, *AGGREGATES):
            tx.write(table.name, rows(table, {}))
        tx.commit()
    return lake


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> LakeLayout:
    """A lake whose first commit had nothing to tell: every table is there, and has no rows."""
    lake = LakeLayout(tmp_path_factory.mktemp("empty") / "lake")
    with writing(lake, "r1") as tx:
        tx.commit()
    return lake


@pytest.fixture(scope="module")
def grown(empty: LakeLayout, rows: Callable[..., pa.Table], publish: Callable[..., None]) -> LakeLayout:
    """The empty lake after letters came: files with and without rows stand beside each other."""
    root = empty.root.parent / "grown"
    shutil.copytree(empty.root, root)
    lake = LakeLayout(root)
    with writing(lake, "r2") as tx:
        publish(tx, 1, NUMBERS[0])
        tx.append("quarantine", dt.date(2026, 1, 1), rows(QUARANTINE, {}))
        tx.commit()
    return lake


@pytest.fixture(scope="module", params=["full", "empty", "grown"])
def any_lake(request: pytest.FixtureRequest) -> LakeLayout:
    """Each of these."""
    return request.getfixturevalue(request.param)


def _count(lake: LakeLayout, name: str) -> int:
    return sum(pq.read_metadata(lake.file(place)).num_rows for place in lake.partitions(name))


def _glob(lake: LakeLayout, name: str) -> str:
    return str(lake.tables / name / "**" / "*.parquet")


def _types(table: Table, names: dict[str, object]) -> dict[str, object]:
    return {column.name: names[column.kind] for column in table.columns}


def test_there_is_something_to_read(full: LakeLayout) -> None:
    assert all(_count(full, name) >= 1 for name in TABLES)
    assert _count(full, "decisions") == 8
    assert len(full.partitions("texts")) == len(full.partitions("decisions")) == 4


@pytest.mark.parametrize("name", TABLES)
def test_all_files_of_a_table_have_one_schema(any_lake: LakeLayout, name: str) -> None:
    schemas = [pq.read_schema(any_lake.file(place)) for place in any_lake.partitions(name)]
    assert schemas
    assert all(schema.equals(TABLES[name].schema) and schema == schemas[0] for schema in schemas)


@pytest.mark.parametrize("name", TABLES)
def test_pyarrow(any_lake: LakeLayout, name: str) -> None:
    table = ds.dataset(any_lake.tables / name).to_table()
    assert table.schema.equals(TABLES[name].schema)
    assert table.num_rows == _count(any_lake, name)


@pytest.mark.parametrize("name", TABLES)
def test_pyarrow_hive(any_lake: LakeLayout, name: str) -> None:
    table = ds.dataset(any_lake.tables / name, partitioning="hive").to_table()
    assert table.select(TABLES[name].schema.names).schema.equals(TABLES[name].schema)
    assert table.num_rows == _count(any_lake, name)


@pytest.mark.parametrize("name", TABLES)
def test_pandas(any_lake: LakeLayout, name: str) -> None:
    frame = pd.read_parquet(any_lake.tables / name)
    assert len(frame) == _count(any_lake, name)
    for column in TABLES[name].columns:
        if frame[column.name].notna().any():
            assert str(frame[column.name].dtype) in PANDAS[column.kind], column.name


@pytest.mark.parametrize("name", TABLES)
def test_duckdb(any_lake: LakeLayout, name: str) -> None:
    found = duckdb.sql(f"SELECT * FROM '{_glob(any_lake, name)}'")
    types = {column: str(kind) for column, kind in zip(found.columns, found.types, strict=True)}
    assert {column: types[column] for column in TABLES[name].schema.names} == _types(TABLES[name], DUCKDB)
    assert len(found.fetchall()) == _count(any_lake, name)


@pytest.mark.parametrize("hive", [False, True], ids=["glob", "hive"])
@pytest.mark.parametrize("name", TABLES)
def test_polars(any_lake: LakeLayout, name: str, hive: bool) -> None:
    frame = pl.scan_parquet(_glob(any_lake, name), hive_partitioning=hive).collect()
    assert {column: frame.schema[column] for column in TABLES[name].schema.names} == _types(TABLES[name], POLARS)
    assert frame.height == _count(any_lake, name)


def test_the_folders_year_is_the_case_year_and_0_without_one(full: LakeLayout) -> None:
    pairs = duckdb.sql(f"SELECT DISTINCT year, case_year FROM '{_glob(full, 'cases')}' ORDER BY year").fetchall()
    assert pairs == [(0, None), (2017, 2017), (2018, 2018)]


def test_one_letter_is_found_in_all_its_tables(full: LakeLayout, document_id: Callable[[int], str]) -> None:
    query = " JOIN ".join(
        [
            f"'{_glob(full, 'documents')}' d",
            f"'{_glob(full, 'cases')}' c USING (document_id)",
            f"'{_glob(full, 'decisions')}' i USING (document_id)",
            f"'{_glob(full, 'texts')}' t USING (document_id)",
        ]
    )
    assert duckdb.sql(f"SELECT count(*) FROM {query} WHERE document_id = '{document_id(1)}'").fetchall() == [(2,)]


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> object:
    """A Spark session whose time zone is that of the tables."""
    sql = pytest.importorskip("pyspark.sql", reason="pyspark is not installed (extra `spark`)")
    if shutil.which("java") is None:
        pytest.skip("Spark needs java, and there is none on PATH")
    builder = sql.SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
    builder = builder.config("spark.sql.session.timeZone", "UTC").config("spark.sql.shuffle.partitions", "1")
    session = builder.config("spark.sql.warehouse.dir", str(tmp_path_factory.mktemp("warehouse"))).getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


def test_spark(any_lake: LakeLayout, spark: object) -> None:
    for name, table in TABLES.items():
        frame = spark.read.parquet(str(any_lake.tables / name))
        types = dict(frame.dtypes)
        assert {column: types[column] for column in table.schema.names} == _types(table, SPARK), name
        assert frame.count() == _count(any_lake, name), name


def test_spark_tells_instants_in_utc(full: LakeLayout, spark: object) -> None:
    seen = spark.read.parquet(str(full.tables / "documents")).selectExpr("cast(first_seen_at as string)").first()
    assert seen[0] == "2026-01-02 03:04:05.678901"


def test_the_year_of_a_citation_is_not_that_of_its_folder(full: LakeLayout) -> None:
    """`citations` has a column `year` of its own: its folder key has another name, or most readers would fail."""
    found = duckdb.sql(f"SELECT DISTINCT case_year, year FROM '{_glob(full, 'citations')}' ORDER BY ALL")
    assert found.fetchall() == [(0, None), (2017, None), (2018, None)]
