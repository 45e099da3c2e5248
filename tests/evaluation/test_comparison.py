from __future__ import annotations

from typing import Any

import pytest

from imr.evaluation.comparison import Result, alike, compare, plain
from imr.evaluation.label_files import structured
from tests.evaluation.helpers import citation, decision, label, published

ITEM = decision(
    1, treatment_request="Cane, purchase", outcome="upheld", treatment_category="DMEPOS", treatment_subcategory="DME",
    also_acceptable=[["Other", "Other"]], body_parts=["knee", "hip"], visits_per_week=2, is_retrospective=False,
    drugs=[{"name": "Norco", "ingredients": ["hydrocodone", "acetaminophen"], "strength": None}],
    citations=[citation(), citation(source="ODG", title="Knee chapter", year=None)],
)  # fmt: skip
LETTER = label("a.txt", ITEM, case_number="CM16-9000001", diagnoses=["knee sprain"], reviewer_specialties=["A & B"])


def results(wanted: dict[str, Any], given: dict[str, Any] | None) -> dict[str, Result]:
    return {result.field: result for result in compare(structured(wanted), published(given) if given else None)}


def wrong(wanted: dict[str, Any], given: dict[str, Any]) -> set[str]:
    return {field for field, result in results(wanted, given).items() if result.mistakes}


def test_a_lake_that_says_what_the_label_says_is_right_in_every_field() -> None:
    assert wrong(LETTER, LETTER) == set()
    assert len(results(LETTER, LETTER)) == 36


def test_a_letter_that_is_not_in_the_lake_is_wrong_in_every_field_that_wants_something() -> None:
    found = results(LETTER, None)
    assert {field for field, result in found.items() if not result.mistakes} == {"reviewer_licensed_states"}
    assert found["patient_age"].mistakes  # null is not right by chance
    assert found["body_parts"][3:] == (0, 2, 0)


def item(**values: Any) -> dict[str, Any]:
    return {**LETTER, "decisions": [{**ITEM, **values}]}


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        pytest.param({**LETTER, "case_number": None}, {"case_number"}, id="missing"),
        pytest.param({**LETTER, "patient_age": 40}, {"patient_age"}, id="too-much"),
        pytest.param({**LETTER, "case_number": "cm16\u20119000001"}, set(), id="case-and-hyphen"),
        pytest.param({**LETTER, "diagnoses": ["knee sprains"]}, set(), id="diagnosis-nearly"),
        pytest.param({**LETTER, "diagnoses": ["hip fracture"]}, {"diagnoses"}, id="diagnosis-other"),
        pytest.param({**LETTER, "reviewer_specialties": ["a and b"]}, set(), id="ampersand"),
        pytest.param({**LETTER, "decisions": [ITEM, decision(2)]}, {"number of decisions"}, id="an-item-too-many"),
        pytest.param(item(outcome="overturned"), {"outcome"}, id="outcome"),
        pytest.param(item(treatment_request="cane,  purchase."), set(), id="white-space-and-stop"),
        pytest.param(item(treatment_category="Other"), set(), id="also-acceptable"),
        pytest.param(item(treatment_category="Surgery"), {"treatment_category"}, id="category"),
        pytest.param(item(visits_per_week=2.0), set(), id="number-type"),
        pytest.param(item(is_retrospective=None), {"is_retrospective"}, id="null-is-not-false"),
        pytest.param(item(body_parts=["hip", "knee"]), set(), id="parts-in-any-order"),
        pytest.param(item(body_parts=["hip"]), {"body_parts"}, id="part-missing"),
        pytest.param(item(drugs=[]), {"drug ingredients"}, id="drug-missing"),
        pytest.param(
            item(citations=[citation(year=2005), ITEM["citations"][1]]), {"citations: all parts"}, id="citation-year"
        ),
        pytest.param(
            item(citations=[citation(cited_by="claims_administrator"), ITEM["citations"][1]]),
            {"citations: who and which guideline", "citations: all parts"},
            id="citation-side",
        ),
    ],
)  # fmt: skip
def test_only_the_fields_that_differ_are_wrong(given: dict[str, Any], fields: set[str]) -> None:
    assert wrong(LETTER, given) == fields


def test_members_are_paired_once() -> None:
    wanted = item(citations=[citation(), citation()])
    found = results(wanted, item(citations=[citation(), citation(title="Knee complaint"), citation(pages="3")]))
    assert found["citations: all parts"][3:] == (2, 2, 3)
    assert found["citations: all parts"].mistakes == 1


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(None, None, id="null"),
        pytest.param("  L4\u20135  DISC. ", "l4-5 disc", id="dash-and-blanks"),
        pytest.param("self- directed", "self-directed", id="broken-word"),
        pytest.param("patient\u2019s \u201cpain\u201d", 'patient\'s "pain"', id="quotes"),
        pytest.param(12, "12", id="number"),
    ],
)
def test_what_makes_no_difference(value: object, expected: str | None) -> None:
    assert plain(value) == expected


def test_null_is_like_nothing_else() -> None:
    assert alike(None, None, 0.9)
    assert not alike(None, "Summary", 0.1)
