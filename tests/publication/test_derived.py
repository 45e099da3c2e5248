"""The columns that are made of others, over rows as the extract step makes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from imr.publication.derived import DERIVED, with_derived
from imr.tables.declaration import TABLES

Rows = Callable[..., pa.Table]
Citation = tuple[str, str, str | None]

_ADMIN, _REVIEWER = "claims_administrator", "reviewer"
_DRUG = {"name": "Norco", "drug_class": "Opioids", "is_compound": False}


def _derived(rows: Rows, **given: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """The derived tables of some rows; a table of which nothing is given has none."""
    tables = {name: rows(TABLES[name], *given.get(name, [])) for name in DERIVED}
    return {name: table.to_pylist() for name, table in with_derived(tables).items()}


@pytest.mark.parametrize(
    ("citations", "same"),
    [
        pytest.param([(_ADMIN, "ODG", "Knee"), (_REVIEWER, "ODG", "Knee & Leg, MRI")], True, id="one guideline"),
        pytest.param([(_ADMIN, "ODG", "Knee"), (_REVIEWER, "MTUS", "Knee Complaints")], False, id="other source"),
        pytest.param([(_ADMIN, "ODG", "Knee"), (_REVIEWER, "ODG", "Hip & Pelvis")], False, id="other chapter"),
        pytest.param(
            [(_ADMIN, "ODG", "Knee"), (_ADMIN, "ODG", "Pain"), (_REVIEWER, "ODG", "Pain (Chronic)")],
            True,
            id="one of several",
        ),
        pytest.param([(_ADMIN, "ODG", "PRP"), (_REVIEWER, "ODG", "prp")], True, id="one title that is in no list"),
        pytest.param([(_ADMIN, "ODG", "PRP"), (_REVIEWER, "other", "PRP")], False, id="one title of two sources"),
        pytest.param([(_ADMIN, "MTUS", None), (_REVIEWER, "MTUS", None)], True, id="the source alone"),
        pytest.param([(_ADMIN, "MTUS", None), (_REVIEWER, "MTUS", "Opioids")], False, id="the source and a topic"),
        pytest.param([(_ADMIN, "ODG", "Knee"), (_ADMIN, "ODG", "Knee")], False, id="one side twice"),
        pytest.param([(_REVIEWER, "ODG", "Knee")], False, id="one side alone"),
        pytest.param([], False, id="none cited"),
    ],
)
def test_an_item_says_whether_both_sides_cite_one_guideline(rows: Rows, citations: list[Citation], same: bool) -> None:
    cited = [dict(zip(("cited_by", "source", "title"), each, strict=True)) for each in citations]
    other = {"decision_number": 2, "cited_by": _ADMIN, "source": "ODG", "title": "Knee"}
    made = _derived(rows, decisions=[{}, {"decision_number": 2}], citations=[*cited, other])
    assert [row["cites_same_guideline"] for row in made["decisions"]] == [same, False]


def test_the_ingredients_of_one_name_are_one_product_in_each_item(rows: Rows) -> None:
    drugs = [
        {**_DRUG, "drug_number": 1, "ingredient": "hydrocodone"},
        {**_DRUG, "drug_number": 2, "ingredient": "acetaminophen"},
        {**_DRUG, "drug_number": 3, "name": "Ultram", "ingredient": "tramadol"},
        {**_DRUG, "drug_number": 1, "decision_number": 2, "ingredient": None},
    ]
    made = _derived(rows, decisions=[{}, {"decision_number": 2}], drugs=drugs)
    products = ["acetaminophen/hydrocodone", "acetaminophen/hydrocodone", "tramadol", "norco"]
    assert [row["product"] for row in made["drugs"]] == products


def test_drugs_and_citations_have_what_their_item_has(rows: Rows) -> None:
    items = [
        {"case_number": "CM16-0000001", "case_year": 2016, "outcome": "upheld", "is_latest": True},
        {"decision_number": 2, "outcome": "overturned", "is_latest": False},
    ]
    hanging = [{"decision_number": 2}, {"decision_number": 1}, {"decision_number": 3}]
    made = _derived(rows, decisions=items, drugs=hanging, citations=hanging)
    for name in ("drugs", "citations"):
        assert [(row["outcome"], row["is_latest"]) for row in made[name]] == [
            ("overturned", False),
            ("upheld", True),
            (None, None),
        ]
        assert [row["case_number"] for row in made[name]] == [None, "CM16-0000001", None]
    assert [row["case_year"] for row in made["drugs"]] == [None, 2016, None]


def test_tests_operations_and_specialties_have_their_names(rows: Rows) -> None:
    items = [
        {"treatment_category": "Diagnostic Testing", "treatment_subcategory": "Imaging/Radiology"},
        {"treatment_category": "Surgery", "treatment_subcategory": "Spine", "decision_number": 2},
    ]
    titles = ("MRI of the knee", "Lumbar fusion")
    made = _derived(
        rows,
        cases=[{"reviewer_specialties": ["Pain Medicine", "Hematology"]}, {"document_id": "b"}],
        decisions=[{**item, "treatment_request": title} for item, title in zip(items, titles, strict=True)],
    )
    assert [(row["modality"], row["operation"]) for row in made["decisions"]] == [
        ("MRI", None),
        (None, "spinal fusion"),
    ]
    assert [row["reviewer_specialty_names"] for row in made["cases"]] == [["Pain Management"], []]


def test_no_rows_have_no_derived_ones(rows: Rows) -> None:
    assert _derived(rows) == {name: [] for name in DERIVED}
