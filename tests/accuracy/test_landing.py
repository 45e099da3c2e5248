"""Golden letters: every field of every sample letter, as it was written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from imr.extraction.letter import extract
from imr.records import Citation, Drug, Letter
from imr.steps import clean_letter, split_letter

LABELS = sorted((Path(__file__).parent.parent / "golden" / "landing").glob("*.json"))

CASE = [
    "case_number",
    "decision_date",
    "date_assigned",
    "ur_denial_date",
    "application_received_date",
    "date_of_injury",
    "priority",
    "patient_age",
    "patient_sex",
    "letter_format",
    "reviewer_specialties",
    "reviewer_licensed_states",
    "diagnoses",
]
DECISION = [
    "treatment_request",
    "original_request",
    "authorized_portion",
    "outcome",
    "laterality",
    "visits",
    "visits_per_week",
    "weeks",
    "quantity",
    "refills",
    "is_retrospective",
    "is_associated_surgical_service",
    "states_medically_necessary",
    "claims_administrator_cites_none",
    "reviewer_cites_none",
]


def plain(value: Any) -> Any:
    """A value as the labels write it."""
    return list(value) if isinstance(value, tuple) else value.isoformat() if hasattr(value, "isoformat") else value


def read(path: Path) -> Letter:
    cleaned = clean_letter(path).clean
    return extract(cleaned.text, split_letter(cleaned.text).letter, path.name)


@pytest.fixture(scope="module", params=LABELS, ids=lambda path: path.stem)
def pair(request: pytest.FixtureRequest, landing: Path) -> tuple[Letter, dict[str, Any]]:
    label = json.loads(request.param.read_text(encoding="utf-8"))
    return read(landing / label["file"]), label


Pair = tuple[Letter, dict[str, Any]]


def test_the_case(pair: Pair) -> None:
    letter, label = pair
    # The label says what the letter prints; ours takes a missing number from the file's name.
    wanted = {name: label[name] for name in CASE if name != "case_number" or label[name]}
    assert {name: plain(getattr(letter.case, name)) for name in wanted} == wanted


def test_the_decisions(pair: Pair) -> None:
    letter, label = pair
    assert len(letter.decisions) == len(label["decisions"]) == letter.case.decision_count
    for decision, wanted in zip(letter.decisions, label["decisions"], strict=True):
        assert {name: getattr(decision, name) for name in DECISION} == {name: wanted[name] for name in DECISION}
        categories = [[wanted["treatment_category"], wanted["treatment_subcategory"]], *wanted["also_acceptable"]]
        assert [decision.treatment_category, decision.treatment_subcategory] in categories
        assert set(decision.body_parts) == set(wanted["body_parts"])


def test_the_drugs(pair: Pair) -> None:
    letter, label = pair
    for wanted in label["decisions"]:
        ingredients = {name for drug in wanted["drugs"] for name in drug["ingredients"]}
        assert {drug.ingredient for drug in drugs(letter, wanted) if drug.ingredient} == ingredients


def test_the_citations(pair: Pair) -> None:
    letter, label = pair
    for wanted in label["decisions"]:
        found = [plain_citation(c) for c in letter.citations if c.decision_number == wanted["decision_number"]]
        assert found == wanted["citations"]


def drugs(letter: Letter, wanted: dict[str, Any]) -> list[Drug]:
    return [drug for drug in letter.drugs if drug.decision_number == wanted["decision_number"]]


def plain_citation(citation: Citation) -> dict[str, Any]:
    return {name: getattr(citation, name) for name in ("cited_by", "source", "title", "year", "sections", "pages")}


def test_there_are_golden_letters() -> None:
    assert len(LABELS) >= 12
