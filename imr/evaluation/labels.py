"""Labels: what careful readers, or the generator of a synthetic letter, say that a letter says. Declared here alone.

The fields stand in the order in which a label's file has them. Dates are ISO texts; None stands for what a letter does
not say.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, NewType, get_origin, get_type_hints

FromOne = NewType("FromOne", int)
"""A number that counts as a person would."""

Number = int | float


@dataclass(frozen=True, slots=True)
class DrugLabel:
    """One product of a disputed drug item; `name` and `strength` as written, ingredients generic and lower case."""

    name: str
    ingredients: tuple[str, ...]
    strength: str | None


@dataclass(frozen=True, slots=True)
class CitationLabel:
    """One guideline topic that a side cites."""

    cited_by: str
    source: str
    title: str | None
    year: int | None
    sections: str | None
    pages: str | None


@dataclass(frozen=True, slots=True)
class DecisionLabel:
    """One disputed item or service. `also_acceptable` are other pairs of category and subcategory that are right."""

    decision_number: FromOne
    treatment_request: str | None
    original_request: str | None
    authorized_portion: str | None
    outcome: str | None
    treatment_category: str | None
    treatment_subcategory: str | None
    also_acceptable: tuple[tuple[str, str], ...]
    body_parts: tuple[str, ...]
    laterality: str | None
    visits: Number | None
    visits_per_week: Number | None
    weeks: Number | None
    drugs: tuple[DrugLabel, ...]
    quantity: Number | None
    refills: Number | None
    is_retrospective: bool | None
    is_associated_surgical_service: bool | None
    states_medically_necessary: bool | None
    claims_administrator_cites_none: bool | None
    reviewer_cites_none: bool | None
    citations: tuple[CitationLabel, ...]


@dataclass(frozen=True, slots=True)
class LetterLabel:
    """One letter."""

    case_number: str | None
    decision_date: str | None
    date_assigned: str | None
    ur_denial_date: str | None
    application_received_date: str | None
    date_of_injury: str | None
    priority: str | None
    reviewer_specialties: tuple[str, ...]
    reviewer_licensed_states: tuple[str, ...]
    patient_age: Number | None
    patient_sex: str | None
    diagnoses: tuple[str, ...]
    letter_format: str
    decisions: tuple[DecisionLabel, ...]


@dataclass(frozen=True, slots=True)
class Label(LetterLabel):
    """The label of one letter's file."""

    file: str

    @property
    def name(self) -> str:
        """The stem of the file, by which a lake knows the letter."""
        return Path(self.file).stem


def as_json(letter: LetterLabel, file: str) -> dict[str, Any]:
    """The label of a file as it is written to JSON."""
    return {"file": file, **asdict(letter)}


def single_values(of: type) -> tuple[str, ...]:
    """The fields of a label that hold one value each, in their order, but for the number that names it."""
    hints = get_type_hints(of)
    return tuple(
        field.name
        for field in fields(of)
        if get_origin(hints[field.name]) is not tuple and field.name not in ("decision_number", "file")
    )
