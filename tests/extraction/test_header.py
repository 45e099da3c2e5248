from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from imr.extraction.header import Header, case_number_in_name, dates_out_of_order, read_header
from imr.extraction.letter import extract
from imr.records import Case, ExtractedLetter, Span
from imr.splitting.split import split
from imr.warnings import WarningCode

WHOLE = """Case Number: CM16-9000001
Date Assigned: 03/09/2016 Date of Injury: 5/6/2014
Decision Date: 04/02/2016 UR Denial Date: 02/11/2016
Priority: Expedited Application
Received:
03/01/2016"""
DATES = {
    "date_assigned": dt.date(2016, 3, 9),
    "date_of_injury": dt.date(2014, 5, 6),
    "decision_date": dt.date(2016, 4, 2),
    "ur_denial_date": dt.date(2016, 2, 11),
    "application_received_date": dt.date(2016, 3, 1),
}


def header(text: str) -> Header:
    return read_header(text, Span(0, len(text)))


def dates(text: str) -> dict[str, dt.date]:
    return {name: found.value for name, found in header(text).dates.items()}


def test_a_whole_header_is_read() -> None:
    read = header(WHOLE)
    assert read.case_number is not None
    assert read.priority is not None
    assert (read.case_number.value, read.priority.value) == ("CM16-9000001", "expedited")
    assert dates(WHOLE) == DATES
    assert read.warnings == ()


def test_every_value_stands_where_it_says() -> None:
    read = header(WHOLE)
    assert read.case_number is not None
    assert read.priority is not None
    assert WHOLE[read.case_number.start : read.case_number.end] == "CM16-9000001"
    assert WHOLE[read.priority.start : read.priority.end] == "Expedited"
    assert [WHOLE[found.start : found.end] for found in read.dates.values()] == [
        "03/09/2016",
        "5/6/2014",
        "04/02/2016",
        "02/11/2016",
        "03/01/2016",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "Application Received: 03/01/2016", {"application_received_date": dt.date(2016, 3, 1)}, id="one-line"
        ),
        pytest.param(
            "Priority: Standard Application\nReceived: 03/01/2016",
            {"application_received_date": dt.date(2016, 3, 1)},
            id="label-parted-after-application",
        ),
        pytest.param(
            "Priority: Standard\nApplication\nReceived:\n03/01/2016",
            {"application_received_date": dt.date(2016, 3, 1)},
            id="label-and-date-on-lines-of-their-own",
        ),
        pytest.param("Date of UR Decision: 2/11/2016", {"ur_denial_date": dt.date(2016, 2, 11)}, id="older-label"),
        pytest.param("Decision Date : 04/02/2016", {"decision_date": dt.date(2016, 4, 2)}, id="blank-before-colon"),
        pytest.param("The decision of 04/02/2016 stands.", {}, id="no-label"),
        pytest.param("", {}, id="empty"),
    ],
)
def test_dates_are_read_by_their_labels(text: str, expected: dict[str, dt.date]) -> None:
    assert dates(text) == expected
    assert header(text).warnings == ()


@pytest.mark.parametrize(
    "date",
    [
        pytest.param("02/30/2016", id="30-february"),
        pytest.param("02/29/2015", id="29-february-of-no-leap-year"),
        pytest.param("13/01/2016", id="month-13"),
        pytest.param("00/10/2016", id="month-0"),
        pytest.param("1/1/0000", id="year-0"),
        pytest.param("2016-03-01", id="year-first"),
        pytest.param("March 1, 2016", id="month-in-words"),
        pytest.param("01-Mar-2016", id="month-between"),
        pytest.param("1 March 2016", id="day-first"),
        pytest.param("03.01.2016", id="dots"),
        pytest.param("3/1/16", id="short-year"),
        pytest.param("03 / 01 / 2016", id="blanks"),
        pytest.param("April 2016", id="no-whole-date"),
        pytest.param("04/02/20161", id="too-many-digits"),
    ],
)
def test_a_day_that_never_was_or_has_another_form_is_doubted_and_not_guessed(date: str) -> None:
    read = header(f"Decision Date: {date} UR Denial Date: 02/11/2016")
    assert list(read.dates) == ["ur_denial_date"]
    assert read.warnings == (WarningCode.DATE_UNREADABLE,)


def test_only_the_header_is_read() -> None:
    assert read_header(WHOLE, Span(0, 0)) == Header(None, None, {}, ())
    assert read_header(WHOLE, Span(26, len(WHOLE))).case_number is None


@pytest.mark.parametrize(
    ("name", "number"),
    [
        pytest.param("CM16-9000001.pdf", "CM16-9000001", id="usual-name"),
        pytest.param("2016-05-01_CM16-9000001_final.txt", "CM16-9000001", id="inside-a-name"),
        pytest.param("000_a1b2c3d4.txt", None, id="hash"),
        pytest.param("CM16-90000012.pdf", None, id="too-many-digits"),
        pytest.param("XCM16-9000001.pdf", None, id="part-of-a-word"),
    ],
)
def test_a_file_name_may_hold_the_case_number(name: str, number: str | None) -> None:
    assert case_number_in_name(name) == number


CASE = Case(
    case_number="CM16-9000001",
    case_year=2016,
    letter_format="determination_2014",
    priority="expedited",
    reviewer_specialties=(),
    reviewer_licensed_states=(),
    patient_age=None,
    patient_sex=None,
    diagnoses=(),
    clinical_case_summary=None,
    decision_count=1,
    outcome="upheld",
    **DATES,
)


@pytest.mark.parametrize(
    ("case", "is_out_of_order"),
    [
        pytest.param(CASE, False, id="as-they-happen"),
        pytest.param(replace(CASE, date_assigned=CASE.decision_date), False, id="two-on-one-day"),
        pytest.param(replace(CASE, decision_date=dt.date(2016, 3, 8)), True, id="decided-before-assigned"),
        pytest.param(replace(CASE, date_of_injury=dt.date(2016, 2, 12)), True, id="denied-before-the-injury"),
        pytest.param(
            replace(CASE, date_assigned=None, decision_date=dt.date(2016, 2, 28)), True, id="a-gap-hides-nothing"
        ),
        pytest.param(replace(CASE, date_of_injury=None, ur_denial_date=None), False, id="some-unknown"),
    ],
)
def test_dates_have_an_order(case: Case, is_out_of_order: bool) -> None:
    assert dates_out_of_order(case) is is_out_of_order


BODY = """HOW THE IMR FINAL DETERMINATION WAS MADE
CLINICAL CASE SUMMARY
A cook cut the left thumb.
IMR ISSUES, DECISIONS AND RATIONALES
Thumb splint: Upheld
Claims Administrator guideline: MTUS.
MAXIMUS guideline: MTUS.
Decision rationale: The thumb has healed and the splint is not medically necessary."""


def letter(text: str, source_name: str) -> ExtractedLetter:
    return extract(text, split(text), source_name)


def evidence_of_case_number(found: ExtractedLetter) -> list[tuple[str, int | None, str]]:
    return [(row.value, row.start, row.method) for row in found.evidence if row.field == "case_number"]


def test_the_number_of_a_letter_without_header_is_taken_from_the_file_name() -> None:
    found = letter(BODY, "CM15-9000004.txt")
    assert (found.case.case_number, found.case.case_year) == ("CM15-9000004", 2015)
    assert evidence_of_case_number(found) == [("CM15-9000004", None, "file_name")]
    assert WarningCode.CASE_NUMBER_DIFFERS not in found.warnings


def test_the_printed_number_wins_over_the_file_name_with_a_warning() -> None:
    found = letter(f"{WHOLE}\n{BODY}", "CM15-9000004.txt")
    assert found.case.case_number == "CM16-9000001"
    assert evidence_of_case_number(found) == [("CM16-9000001", 13, "exact")]
    assert WarningCode.CASE_NUMBER_DIFFERS in found.warnings


def test_a_letter_may_have_no_number_at_all() -> None:
    found = letter(BODY, "letter.txt")
    assert (found.case.case_number, found.case.case_year) == (None, None)
    assert evidence_of_case_number(found) == []


def test_doubtful_dates_reach_the_letters_warnings() -> None:
    text = WHOLE.replace("04/02/2016", "01/02/2016").replace("03/01/2016", "02/30/2016")
    warnings = letter(f"{text}\n{BODY}", "CM16-9000001.pdf").warnings
    assert {WarningCode.DATE_UNREADABLE, WarningCode.DATES_OUT_OF_ORDER} <= set(warnings)
