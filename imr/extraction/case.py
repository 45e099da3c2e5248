"""What a letter says once: its header, its reviewer, its patient."""

from __future__ import annotations

from collections.abc import Sequence

from imr.extraction.diagnoses import read_diagnoses
from imr.extraction.evidence import EvidenceLog
from imr.extraction.header import Header, case_number_in_name
from imr.extraction.parts import LetterParts
from imr.extraction.patient import read_age, read_injury_date, read_sex
from imr.extraction.reviewer import read_specialties, read_states
from imr.records import Case, Decision, Found, Span
from imr.text import fold


def extract_case(
    text: str,
    letter_format: str,
    parts: LetterParts,
    header: Header,
    decisions: Sequence[Decision],
    source_name: str,
    log: EvidenceLog,
) -> Case:
    """The letter's one case record. Letters without a header get their case number from the file name, if there."""
    notes = log.of("cases")
    case_number = notes.take("case_number", header.case_number) or notes.take_from_file_name(
        "case_number", case_number_in_name(source_name)
    )
    return Case(
        case_number=case_number,
        case_year=2000 + int(case_number[2:4]) if case_number else None,
        letter_format=letter_format,
        decision_date=notes.take("decision_date", header.dates.get("decision_date")),
        date_assigned=notes.take("date_assigned", header.dates.get("date_assigned")),
        ur_denial_date=notes.take("ur_denial_date", header.dates.get("ur_denial_date")),
        application_received_date=notes.take(
            "application_received_date", header.dates.get("application_received_date")
        ),
        # The header wins where the narrative gives another date.
        date_of_injury=notes.take("date_of_injury", header.dates.get("date_of_injury"))
        or notes.take("date_of_injury", read_injury_date(text, parts.summary)),
        priority=notes.take("priority", header.priority),
        reviewer_specialties=notes.take_all("reviewer_specialties", read_specialties(text, parts.reviewer)),
        reviewer_licensed_states=notes.take_all("reviewer_licensed_states", read_states(text, parts.reviewer)),
        patient_age=notes.take("patient_age", read_age(text, parts.summary)),
        patient_sex=notes.take("patient_sex", read_sex(text, parts.summary)),
        diagnoses=notes.take_all("diagnoses", read_diagnoses(text, parts.summary)),
        clinical_case_summary=notes.take("clinical_case_summary", _summary(text, parts.summary)),
        decision_count=len(decisions),
        outcome=case_outcome([decision.outcome for decision in decisions]),
    )


def _summary(text: str, span: Span) -> Found[str] | None:
    return Found(fold(text[slice(*span)]), *span, "titled_part") if span.end > span.start else None


def case_outcome(outcomes: Sequence[str]) -> str:
    """`upheld` or `overturned` when all items agree, else `mixed`."""
    alike = set(outcomes)
    return alike.pop() if alike in ({"upheld"}, {"overturned"}) else "mixed"
