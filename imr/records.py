"""What the steps hand to each other: frozen records, named as the columns they become.

Offsets are counted in code points. A span `[start, end)` is in the *clean* text unless a name says raw.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Generic, Literal, NamedTuple, TypeVar

from imr.errors import LetterError
from imr.warnings import WarningCode

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

    def moved(self, by: int) -> Found[T]:
        """The same value of the same words, standing `by` characters further on."""
        return Found(self.value, self.start + by, self.end + by, self.rule, self.method)


class PageConfidence(NamedTuple):
    """How sure OCR is of a page: its mean word confidence (0-100), its share of doubtful words, and its words."""

    mean: float | None
    low_share: float | None
    words: int


class RawText(NamedTuple):
    """A letter's text as the extractor gave it; `page_starts` are raw offsets, `page_count` None if unknown.

    `ocr` has an entry for each page where any page was recognised, None for those with a text layer. `margins` are the
    offsets of the lines that stand apart in a page's margin, where the file tells, `overlaid` of those that lie over a
    page: stamps on scans, marks across a page. `warnings` are what reading the file gave cause for.
    """

    text: str
    page_starts: tuple[int, ...]
    page_count: int | None
    media_type: str
    text_origin: str
    ocr: tuple[PageConfidence | None, ...] = ()
    margins: frozenset[int] = frozenset()
    overlaid: frozenset[int] = frozenset()
    warnings: tuple[WarningCode, ...] = ()


class CleanText(NamedTuple):
    """Readable text and the way back: clean offset `map_clean[i]` was read from raw offset `map_raw[i]`.

    Between two entries both offsets grow alike (piecewise linear); `page_starts` are clean offsets.
    """

    text: str
    page_starts: tuple[int, ...]
    map_clean: tuple[int, ...]
    map_raw: tuple[int, ...]


class Section(NamedTuple):
    """One part of a letter: a kind of the contract's vocabulary, its own title if it has one, and its span.

    A disputed item has up to four parts of the kind `decision`, all with its `decision_number`: the heading
    (no title of its own), and one for each of its labels.
    """

    section: str
    decision_number: int | None
    title: str | None
    start: int
    end: int


class SplitLetter(NamedTuple):
    """A letter cut into its parts, in order, with what was unusual about them.

    What belongs to no part and is not known to be printed in every letter is a section of the kind `other`.
    """

    letter_format: str
    sections: tuple[Section, ...]
    warnings: tuple[str, ...]


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
class ExtractedLetter:
    """Everything extracted from one letter."""

    case: Case
    decisions: tuple[Decision, ...]
    drugs: tuple[Drug, ...]
    citations: tuple[Citation, ...]
    evidence: tuple[Evidence, ...]
    warnings: tuple[str, ...] = field(default=())


class LetterRef(NamedTuple):
    """One letter on its way through the steps: the name of its bytes in the raw store, and where they came from.

    `tries` counts the earlier runs that failed on it and may be tried again.
    """

    document_id: str
    suffix: str
    source_uri: str
    source_name: str
    byte_size: int
    tries: int = 0


@dataclass(slots=True)
class ResponseInfo:
    """What a server said of a file in one try, as far as it got: the HTTP status, the ETag, the bytes that came."""

    status: int | None = None
    etag: str | None = None
    byte_size: int | None = None


class Attempt(NamedTuple):
    """One try at one file. `error` is None when it succeeded; `response` is None where no server was asked."""

    number: int
    started_at: dt.datetime
    duration_ms: int
    error: LetterError | None
    response: ResponseInfo | None = None


class Outcome(NamedTuple, Generic[T]):
    """What became of one file in one step: its result, or None and the error of the last attempt."""

    result: T | None
    attempts: tuple[Attempt, ...]

    @property
    def error(self) -> LetterError | None:
        """Why there is no result."""
        return self.attempts[-1].error


class Origin(NamedTuple):
    """Who is at work: the run, the orchestrator's task run if any, and the version of the step."""

    run_id: str
    task_run_id: str | None
    step_version: str
