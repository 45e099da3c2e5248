from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr.lake.layout import LakeLayout
from imr.lake.partitions import letter_partition
from imr.tables.declaration import LETTER_TABLES, TABLES
from imr.tables.schema import Table

NARROW, WIDE = TABLES["decisions"], TABLES["texts"]


@pytest.mark.parametrize(
    ("table", "document_id", "case_number", "path"),
    [
        pytest.param(NARROW, "ab", "CM18-9000001", "decisions/year=2018/part-090.parquet", id="narrow"),
        pytest.param(WIDE, "ab", "CM18-9000001", "texts/year=2018/part-900.parquet", id="wide"),
        pytest.param(NARROW, "ab", "CM18-0099999", "decisions/year=2018/part-000.parquet", id="last of a block"),
        pytest.param(NARROW, "ab", "CM18-0100000", "decisions/year=2018/part-001.parquet", id="first of the next"),
        pytest.param(NARROW, "fb", None, "decisions/year=0/part-000.parquet", id="narrow, no number"),
        pytest.param(WIDE, "fb", None, "texts/year=0/part-015.parquet", id="wide, no number: by hash"),
    ],
)
def test_a_letter_has_its_place(table: Table, document_id: str, case_number: str | None, path: str) -> None:
    assert letter_partition(table, document_id, case_number).path == path


@given(st.sampled_from(LETTER_TABLES), st.integers(0, 99), st.integers(0, 9_999_999))
def test_a_place_is_found_again_by_its_path(
    tmp_path_factory: pytest.TempPathFactory, table: Table, year: int, number: int
) -> None:
    lake = LakeLayout(tmp_path_factory.getbasetemp() / "found")
    place = letter_partition(table, "0a", f"CM{year:02}-{number:07}")
    lake.file(place).parent.mkdir(parents=True, exist_ok=True)
    lake.file(place).touch()
    try:
        assert lake.partitions(table.name) == [place]
    finally:
        lake.file(place).unlink()
