"""DWC's index in the lake: what is listed takes the place of what was, and what was not listed stays."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest

from imr.lake.layout import LakeLayout
from imr.lake.public import read_table
from imr.lake.transaction import Changes, writing
from imr.publication.dwc_index import merge_index, withdraw_cases
from imr.tables.declaration import DWC_INDEX

MONDAY = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)
TUESDAY = dt.datetime(2026, 1, 6, tzinfo=dt.UTC)
ONE, TWO, FAR, OLD = "CM17-9000001", "CM17-9000002", "CM17-9100001", "CM16-9000001"
Row = dict[str, Any]


def case(number: str, *items: str, at: dt.datetime = MONDAY, **more: object) -> list[Row]:
    row = {"case_number": number, "case_year": 2000 + int(number[2:4]), "listed_at": at, **more}
    return [row | {"item_number": place, "treatment_category": item} for place, item in enumerate(items, 1)]


def merge(lake: LakeLayout, *cases: list[Row], removed: tuple[str, ...] = ()) -> Changes:
    listed = pa.Table.from_pylist([row for rows in cases for row in rows], schema=DWC_INDEX.schema.remove_metadata())
    with writing(lake, "run") as transaction:
        merge_index(transaction, listed, removed)
        transaction.commit()
        return transaction.changes


def known(lake: LakeLayout) -> dict[str, list[tuple[int, str, dt.datetime]]]:
    found: dict[str, list[tuple[int, str, dt.datetime]]] = {}
    for row in read_table(lake, "dwc_index").to_pylist():
        item = row["item_number"], row["treatment_category"], row["listed_at"]
        found.setdefault(row["case_number"], []).append(item)
    return found


def test_cases_go_to_the_files_of_their_numbers(lake: LakeLayout) -> None:
    merge(lake, case(ONE, "A"), case(FAR, "A"), case(OLD, "A"))
    assert [partition.path for partition in lake.partitions("dwc_index")] == [
        "dwc_index/year=2016/part-090.parquet",
        "dwc_index/year=2017/part-090.parquet",
        "dwc_index/year=2017/part-091.parquet",
    ]


@pytest.mark.parametrize(
    ("listed", "items", "added", "removed"),
    [
        pytest.param(case(ONE, "A", "B", at=TUESDAY), [(1, "A", MONDAY), (2, "B", MONDAY)], 0, 0, id="as before"),
        pytest.param(case(ONE, "A", "C", at=TUESDAY), [(1, "A", TUESDAY), (2, "C", TUESDAY)], 2, 2, id="other item"),
        pytest.param(case(ONE, "A", at=TUESDAY), [(1, "A", TUESDAY)], 1, 2, id="an item less"),
        pytest.param(
            case(ONE, "A", "B", "C", at=TUESDAY),
            [(1, "A", TUESDAY), (2, "B", TUESDAY), (3, "C", TUESDAY)], 3, 2, id="an item more",
        ),
        pytest.param(
            case(ONE, "A", "B", at=TUESDAY, case_outcome="mixed"),
            [(1, "A", TUESDAY), (2, "B", TUESDAY)], 2, 2, id="other value of the case",
        ),
        pytest.param([], [(1, "A", MONDAY), (2, "B", MONDAY)], 0, 0, id="not listed"),
        pytest.param(
            [*case(ONE, "X", "Y", "Z"), *case(TWO, "A"), *case(ONE, "A", "D", at=TUESDAY)],
            [(1, "A", TUESDAY), (2, "D", TUESDAY)], 2, 2, id="listed twice, the last time counts",
        ),
    ],
)  # fmt: skip
def test_a_case_is_as_it_was_listed_last(
    lake: LakeLayout, listed: list[Row], items: list[tuple[int, str, dt.datetime]], added: int, removed: int
) -> None:
    merge(lake, case(ONE, "A", "B"), case(TWO, "A"))
    changes = merge(lake, listed)
    assert known(lake) == {ONE: items, TWO: [(1, "A", MONDAY)]}
    assert (changes.rows_added, changes.rows_removed) == (added, removed)


def test_a_case_without_items_has_one_row(lake: LakeLayout) -> None:
    listed = case(ONE, "A")[0] | {"treatment_category": None}
    merge(lake, [listed])
    assert known(lake) == {ONE: [(1, None, MONDAY)]}


def test_the_case_of_a_removed_letter_stays_out(lake: LakeLayout) -> None:
    listed = case(ONE, "A", source_uri="https://x.example/1.pdf"), case(TWO, "A", source_uri="https://x.example/2.pdf")
    merge(lake, *listed, removed=("https://x.example/1.pdf",))
    assert set(known(lake)) == {TWO}


def test_cases_can_be_taken_out(lake: LakeLayout) -> None:
    merge(lake, case(ONE, "A", "B"), case(TWO, "A"), case(OLD, "A"))
    with writing(lake, "run") as transaction:
        withdraw_cases(transaction, {ONE, OLD, FAR})
        transaction.commit()
    assert set(known(lake)) == {TWO}
