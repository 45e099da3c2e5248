"""What the steps hand to each other: frozen records, named as the columns they become.

Offsets are counted in code points. A span `[start, end)` is in the *clean* text unless a name says raw.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Generic, Literal, NamedTuple, TypeVar

T = TypeVar("T")

Method = Literal["exact", "repaired", "inferred", "file_name"]
CitedBy = Literal["claims_administrator", "reviewer"]


class Span(NamedTuple):
    """A half-open range of the clean text."""

    start: int
    end: int


class Found(NamedTuple, Generic[T]):
    """A value read from a letter, the words it was read from, and the rule that read it."""

    value: T
    start: int
    end: int
    rule: str
    method: Method = "exact"


class Section(NamedTuple):
    """One part of a letter. `decision_number` is None unless the part belongs to one disputed item."""

    section: str
    decision_number: int | None
    title: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Case:
    """What a letter says once: its header, its reviewer, its patient, its outcome over all items."""

    case_number: str | None
    case_year: int | None
    letter_format: str
    decision_date: dt.date | None
    date_assigned: dt.date | None
    ur_denial_date: dt.date | None
    application_received_date: dt.date | None
    date_of_injury: dt.date | None
    priority: str | None
    reviewer_specialties: tuple[str, ...]
    reviewer_licensed_states: tuple[str, ...]
    patient_age: int | None
    patient_sex: str | None
    diagnoses: tuple[str, ...]
    clinical_case_summary: str | None
    decision_count: int
    outcome: str


@dataclass(frozen=True, slots=True)
class Decision:
    """One disputed item or service and what became of it."""

    decision_number: int
    treatment_request: str
    original_request: str | None
    authorized_portion: str | None
    outcome: str
    treatment_category: str | None
    treatment_subcategory: str | None
    body_parts: tuple[str, ...]
    laterality: str | None
    visits: int | None
    visits_per_week: float | None
    weeks: float | None
    quantity: int | None
    refills: int | None
    is_retrospective: bool
    is_associated_surgical_service: bool
    states_medically_necessary: bool | None
    outcome_matches_rationale: bool | None
    claims_administrator_basis: str | None
    reviewer_basis: str | None
    claims_administrator_cites_none: bool
    reviewer_cites_none: bool
    rationale: str | None


@dataclass(frozen=True, slots=True)
class Drug:
    """One ingredient of a disputed drug; a combination has one record per ingredient."""

    decision_number: int
    drug_number: int
    name: str
    ingredient: str | None
    drug_class: str | None
    strength: str | None
    is_compound: bool


@dataclass(frozen=True, slots=True)
class Citation:
    """One guideline topic that a side cites for one item."""

    decision_number: int
    citation_number: int
    cited_by: CitedBy
    source: str
    title: str | None
    year: int | None
    sections: str | None
    pages: str | None
    regulation: str | None
    text: str


class Evidence(NamedTuple):
    """Where one extracted value stands: a row of the provenance table before its raw span and page are known.

    `start` and `end` are None only for values taken from the file name.
    """

    table_name: str
    decision_number: int | None
    item_number: int | None
    field: str
    value: str
    start: int | None
    end: int | None
    method: Method
    rule: str


@dataclass(frozen=True, slots=True)
class Letter:
    """Everything extracted from one letter."""

    case: Case
    decisions: tuple[Decision, ...]
    drugs: tuple[Drug, ...]
    citations: tuple[Citation, ...]
    evidence: tuple[Evidence, ...]
    warnings: tuple[str, ...] = field(default=())
