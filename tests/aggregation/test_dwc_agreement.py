from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest

from imr.aggregation.dwc_agreement import dwc_agreement
from imr.tables.declaration import CASES, DECISIONS, DWC_INDEX

DAY, NEXT = dt.date(2017, 1, 9), dt.date(2017, 1, 10)


def _rows(schema: pa.Schema, rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=pa.schema([pa.field(field.name, field.type) for field in schema]))


def _case(number: str = "CM17-9000001", **more: object) -> dict[str, Any]:
    return {"case_number": number, "decision_date": DAY, "outcome": "upheld", "decision_count": 1, **more}


def _decision(number: str = "CM17-9000001", **more: object) -> dict[str, Any]:
    said = {"outcome": "upheld", "treatment_category": "Surgery", "treatment_subcategory": "Spine"}
    return {"case_number": number, **said, **more}


def _listed(number: str = "CM17-9000001", item: int = 1, **more: object) -> dict[str, Any]:
    row = {**_decision(number), "case_year": 2017, "item_number": item, "decision_date": DAY, "case_outcome": "upheld"}
    return {**row, **more}


def _agreement(
    index: list[dict[str, Any]], cases: list[dict[str, Any]], decisions: list[dict[str, Any]]
) -> dict[tuple[str, str | None], tuple[int, int]]:
    tables = _rows(DWC_INDEX.schema, index), _rows(CASES.schema, cases), _rows(DECISIONS.schema, decisions)
    rows = dwc_agreement(*tables).to_pylist()
    assert {row["case_year"] for row in rows} <= {2017}
    assert all(row["agreement_rate"] == row["same"] / row["compared"] for row in rows)
    return {(row["measure"], row["treatment_category"]): (row["compared"], row["same"]) for row in rows}


@pytest.mark.parametrize(
    ("measure", "listed", "said", "counts"),
    [
        pytest.param("case_outcome", {}, {}, (1, 1), id="outcome, same"),
        pytest.param("case_outcome", {"case_outcome": "mixed"}, {}, (1, 0), id="outcome, other"),
        pytest.param("case_outcome", {"case_outcome": None}, {}, None, id="outcome, not listed"),
        pytest.param("case_decision_date", {}, {}, (1, 1), id="date, same"),
        pytest.param("case_decision_date", {}, {"decision_date": NEXT}, (1, 0), id="date, other"),
        pytest.param("case_decision_date", {}, {"decision_date": None}, None, id="date, not in the letter"),
        pytest.param("case_item_count", {}, {}, (1, 1), id="items, as many"),
        pytest.param("case_item_count", {}, {"decision_count": 2}, (1, 0), id="items, more in the letter"),
        pytest.param("case_item_count", {"treatment_category": None}, {}, None, id="items, none listed"),
    ],
)
def test_values_of_a_case_are_compared_where_both_have_one(
    measure: str, listed: dict[str, Any], said: dict[str, Any], counts: tuple[int, int] | None
) -> None:
    assert _agreement([_listed(**listed)], [_case(**said)], [_decision()]).get((measure, None)) == counts


SPINE, SCOPE, MRI = (
    ("Surgery", "Spine"),
    ("Surgery", "Arthroscopic Surgery"),
    ("Diagnostic Testing", "Imaging/Radiology"),
)


@pytest.mark.parametrize(
    ("listed", "said", "categories", "subcategories"),
    [
        pytest.param(
            [SPINE, MRI], [MRI, SPINE], {"Surgery": (1, 1), "Diagnostic Testing": (1, 1)}, 2, id="other order"
        ),
        pytest.param([SPINE, SPINE], [SPINE, MRI], {"Surgery": (2, 1)}, 1, id="one of two"),
        pytest.param([SPINE], [SPINE, SPINE], {"Surgery": (1, 1)}, 1, id="more in the letter"),
        pytest.param([SPINE], [SCOPE], {"Surgery": (1, 1)}, 0, id="category alone"),
        pytest.param([SPINE], [MRI], {"Surgery": (1, 0)}, 0, id="neither"),
    ],
)
def test_items_agree_as_far_as_both_sides_have_their_values(
    listed: list[tuple[str, str]],
    said: list[tuple[str, str]],
    categories: dict[str, tuple[int, int]],
    subcategories: int,
) -> None:
    names = ("treatment_category", "treatment_subcategory")
    index = [_listed(item=place, **dict(zip(names, pair, strict=True))) for place, pair in enumerate(listed, 1)]
    agreement = _agreement(index, [_case()], [_decision(**dict(zip(names, pair, strict=True))) for pair in said])
    assert {group: counts for (measure, group), counts in agreement.items() if measure == "item_category"} == categories
    assert sum(same for (measure, _), (_, same) in agreement.items() if measure == "item_subcategory") == subcategories


def test_items_of_one_case_are_not_found_in_another() -> None:
    index = [_listed(outcome="overturned"), _listed("CM17-9000002")]
    cases = [_case(), _case("CM17-9000002")]
    decisions = [_decision(), _decision("CM17-9000002", outcome="overturned")]
    assert _agreement(index, cases, decisions)["item_outcome", None] == (2, 0)


def test_a_case_whose_letter_is_not_here_does_not_count() -> None:
    agreement = _agreement([_listed("CM17-9000002")], [_case()], [_decision()])
    assert agreement == {}
