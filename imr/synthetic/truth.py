"""What a synthetic letter says, field by field: the same fields as a hand-made label, in the same order."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class DrugTruth:
    """One product of a disputed drug item; `name` and `strength` as written, ingredients generic and lower case."""

    name: str
    ingredients: tuple[str, ...]
    strength: str | None


@dataclass(frozen=True, slots=True)
class CitationTruth:
    """One guideline topic that a side cites."""

    cited_by: str
    source: str
    title: str
    year: int | None
    sections: str | None
    pages: str | None


@dataclass(frozen=True, slots=True)
class DecisionTruth:
    """One disputed item or service."""

    decision_number: int
    treatment_request: str
    original_request: str | None
    authorized_portion: str | None
    outcome: str
    treatment_category: str
    treatment_subcategory: str
    also_acceptable: tuple[tuple[str, str], ...]
    body_parts: tuple[str, ...]
    laterality: str | None
    visits: int | None
    visits_per_week: int | None
    weeks: int | None
    drugs: tuple[DrugTruth, ...]
    quantity: int | None
    refills: int | None
    is_retrospective: bool
    is_associated_surgical_service: bool
    states_medically_necessary: bool | None
    claims_administrator_cites_none: bool
    reviewer_cites_none: bool
    citations: tuple[CitationTruth, ...]


@dataclass(frozen=True, slots=True)
class LetterTruth:
    """One letter; dates are ISO strings, None where the letter prints none."""

    case_number: str | None
    decision_date: str | None
    date_assigned: str | None
    ur_denial_date: str | None
    application_received_date: str | None
    date_of_injury: str | None
    priority: str | None
    reviewer_specialties: tuple[str, ...]
    reviewer_licensed_states: tuple[str, ...]
    patient_age: int | None
    patient_sex: str | None
    diagnoses: tuple[str, ...]
    letter_format: str
    decisions: tuple[DecisionTruth, ...]


def label(truth: LetterTruth, file_name: str) -> dict[str, Any]:
    """The label as it is written to JSON: the fields of the truth after the name of the letter's file."""
    return {"file": file_name, **asdict(truth)}
