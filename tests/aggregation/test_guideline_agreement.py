from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from imr.aggregation.guideline_agreement import guideline_agreement

_ADMIN, _REVIEWER = "claims_administrator", "reviewer"
_DECISIONS = pa.schema(
    [
        ("item", pa.int64()),
        ("case_year", pa.int16()),
        ("treatment_category", pa.string()),
        ("claims_administrator_cites_none", pa.bool_()),
        ("reviewer_cites_none", pa.bool_()),
        ("cites_same_guideline", pa.bool_()),
    ]
)
_CITATIONS = pa.schema([("item", pa.int32()), ("cited_by", pa.string())])
Citation = tuple[int, str]


def _decision(
    item: int = 0, *, admin_none: bool = False, reviewer_none: bool = False, **more: object
) -> dict[str, Any]:
    flags = {"claims_administrator_cites_none": admin_none, "reviewer_cites_none": reviewer_none}
    return {"item": item, "case_year": 2016, "treatment_category": "Surgery", **flags, **more}


def _agreement(decisions: list[dict[str, Any]], citations: list[Citation]) -> list[dict[str, Any]]:
    cited = [dict(zip(_CITATIONS.names, citation, strict=True)) for citation in citations]
    tables = pa.Table.from_pylist(decisions, schema=_DECISIONS), pa.Table.from_pylist(cited, schema=_CITATIONS)
    return guideline_agreement(*tables).to_pylist()


_BOTH = [(0, _ADMIN), (0, _REVIEWER)]


@pytest.mark.parametrize(
    ("citations", "said", "same", "different"),
    [
        pytest.param(_BOTH, True, 1, 0, id="one in common"),
        pytest.param(_BOTH, False, 0, 1, id="none in common"),
        pytest.param(_BOTH, None, 0, 1, id="nothing known"),
        pytest.param([(0, _ADMIN), (0, _ADMIN)], False, 0, 0, id="one side cites twice"),
        pytest.param([(0, _REVIEWER)], False, 0, 0, id="one side alone"),
        pytest.param([], False, 0, 0, id="no citations"),
    ],
)
def test_sides_agree_when_their_item_says_so_and_differ_when_both_cite_all_the_same(
    citations: list[Citation], said: bool | None, same: int, different: int
) -> None:
    (row,) = _agreement([_decision(cites_same_guideline=said)], citations)
    assert (row["decisions"], row["same_guideline"], row["different_guideline"]) == (1, same, different)


@pytest.mark.parametrize(
    ("decision", "counts"),
    [
        pytest.param(_decision(admin_none=True), (1, 0), id="claims administrator"),
        pytest.param(_decision(reviewer_none=True), (0, 1), id="reviewer"),
        pytest.param(_decision(admin_none=True, reviewer_none=True), (1, 1), id="both count twice"),
        pytest.param(_decision(), (0, 0), id="nothing said"),
    ],
)
def test_a_side_that_says_it_cites_none_is_counted(decision: dict[str, Any], counts: tuple[int, int]) -> None:
    (row,) = _agreement([decision], [])
    assert (row["claims_administrator_cited_none"], row["reviewer_cited_none"]) == counts


def test_decisions_are_grouped_by_year_and_category_with_the_unknown_last() -> None:
    decisions = [
        _decision(0, case_year=None),
        _decision(1, treatment_category=None),
        _decision(2),
        _decision(3),
        _decision(4, case_year=2013),
    ]
    rows = _agreement(decisions, [])
    assert [(row["case_year"], row["treatment_category"], row["decisions"]) for row in rows] == [
        (2013, "Surgery", 1),
        (2016, "Surgery", 2),
        (2016, None, 1),
        (None, "Surgery", 1),
    ]
