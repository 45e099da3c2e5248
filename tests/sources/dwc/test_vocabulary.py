from __future__ import annotations

import pytest

from imr.extraction.drug_list import drug_names
from imr.rules import load_rules
from imr.sources.dwc.vocabulary import category, outcome, subcategory


@pytest.mark.parametrize(
    ("listed", "of_category", "ours"),
    [
        pytest.param("Imaging * Radiology", "Diagnostic Testing", "Imaging/Radiology", id="star for slash"),
        pytest.param("Benzodiazepine(s)", "Pharmaceuticals", "Benzodiazepines", id="plural in brackets"),
        pytest.param("Calcium Cannel Blocker", "Pharmaceuticals", "Calcium Channel Blocker", id="slip of the tool"),
        pytest.param("Anti-coagulant", "Pharmaceuticals", "Anticoagulant", id="hyphen"),
        pytest.param(
            "Physical Therapy/Occupational Therapy (PT/OT)",
            "Rehabilitation",
            "Physical Therapy/Occupational Therapy",
            id="with its initials",
        ),
        pytest.param("opioids", "Pharmaceuticals", "Opioids", id="letter case"),
        pytest.param("Fibric Acid", "Pharmaceuticals", "Fibric Acid", id="a name we do not have"),
        pytest.param("* Peripheral *", "Injection", "Peripheral", id="stray stars"),
        pytest.param("  ", "Injection", None, id="empty"),
    ],
)
def test_a_listed_name_is_found_among_ours(listed: str, of_category: str, ours: str | None) -> None:
    assert subcategory(listed, of_category) == ours


@pytest.mark.parametrize(
    ("listed", "ours"),
    [
        pytest.param("Psych Services", "Psych Services", id="as ours"),
        pytest.param("Behavioral and Mental Health Services", "Psych Services", id="later name"),
        pytest.param("Genetics", "Genetics", id="a new one"),
        pytest.param("", None, id="empty"),
    ],
)
def test_a_listed_category_is_found_among_ours(listed: str, ours: str | None) -> None:
    assert category(listed) == ours


@pytest.mark.parametrize(
    ("listed", "case", "item"),
    [
        pytest.param("Uphold", "upheld", "upheld", id="uphold"),
        pytest.param("OVERTURNED", "overturned", "overturned", id="overturned"),
        pytest.param("Partial Overturn", "mixed", "partially_overturned", id="in part"),
        pytest.param("Withdrawn", None, None, id="unknown"),
        pytest.param("", None, None, id="empty"),
    ],
)
def test_a_listed_outcome_is_one_of_ours_or_none(listed: str, case: str | None, item: str | None) -> None:
    assert (outcome(listed, "case"), outcome(listed, "item")) == (case, item)


def test_every_category_that_a_letter_can_have_is_known_by_its_name() -> None:
    treatments = load_rules("extraction", "treatments")["treatment"]
    pairs = {(entry["category"], entry["subcategory"]) for entry in treatments}
    pairs |= {("Pharmaceuticals", drug.drug_class) for drug in drug_names().values() if drug.drug_class}
    known = load_rules("sources.dwc", "categories")["categories"]
    assert {(of, name) for of, name in pairs if name not in known.get(of, ())} == set()
