"""The extraction step: the sections of one letter to its records."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from imr.extraction.case import extract_case
from imr.extraction.decision import extract_decision
from imr.extraction.evidence import EvidenceLog
from imr.extraction.header import case_number_in_name, dates_out_of_order, read_header
from imr.extraction.parts import letter_parts
from imr.extraction.personal_data import holds_personal_data
from imr.extraction.statement import Statement, read_statement
from imr.records import Case, Decision, ExtractedLetter, Span, SplitLetter
from imr.warnings import WarningCode

_BEYOND_COUNTING = re.compile(r"\d{12}")  # the longest number that names a product has eleven digits


def extract(text: str, letter: SplitLetter, source_name: str) -> ExtractedLetter:
    """Every record that a letter yields, with its evidence and with what is doubtful about it.

    `text` is the clean text that the sections were cut from; `source_name` is the file's name, which may hold
    the case number that letters without a header lack.
    """
    log = EvidenceLog()
    parts = letter_parts(letter.sections)
    header = read_header(text, parts.header)
    items = [extract_decision(text, item, parts.titles, log) for item in parts.items]
    decisions = [item.decision for item in items]
    case = extract_case(text, letter.letter_format, parts, header, decisions, source_name, log)
    warnings = [*letter.warnings, *header.warnings, *_doubts(case, decisions, source_name)]
    warnings += _disagreements(case, read_statement(text, parts.header))
    if any(_BEYOND_COUNTING.search(text, *item.heading) for item in parts.items):
        warnings.append(WarningCode.NUMBER_TOO_LARGE)
    if holds_personal_data(text, Span(0, len(text))):
        warnings.append(WarningCode.POSSIBLE_PERSONAL_DATA)
    return ExtractedLetter(
        case,
        tuple(decisions),
        tuple(drug for item in items for drug in item.drugs),
        tuple(citation for item in items for citation in item.citations),
        tuple(log.rows),
        tuple(warnings),
    )


def _disagreements(case: Case, stated: Statement) -> Iterator[str]:
    """Where the first page of the letter counts other items or outcomes than were read."""
    if stated.outcome not in (None, case.outcome):
        yield WarningCode.OUTCOME_DIFFERS_FROM_STATEMENT
    if stated.treatments not in (None, case.decision_count):
        yield WarningCode.LISTED_TREATMENTS_DIFFER


def _doubts(case: Case, decisions: Sequence[Decision], source_name: str) -> Iterator[str]:
    if case_number_in_name(source_name) not in (None, case.case_number):
        yield WarningCode.CASE_NUMBER_DIFFERS
    if dates_out_of_order(case):
        yield WarningCode.DATES_OUT_OF_ORDER
    if any(decision.outcome_matches_rationale is False for decision in decisions):
        yield WarningCode.OUTCOME_CONTRADICTS_RATIONALE
