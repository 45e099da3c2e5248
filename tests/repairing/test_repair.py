"""The second reading: what is repaired, what is left alone, and the way back to the words OCR gave."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr.cleaning.offsets import raw_span
from imr.repairing.repair import second_reading
from imr.repairing.tolerant_extraction import extract_tolerantly
from imr.repairing.tolerant_splitting import split_tolerantly
from imr.rules import load_rules
from imr.synthetic.compose import compose
from imr.synthetic.render import text_of
from imr.warnings import WarningCode
from tests.all_at_once import assert_none

REPAIRED = [
    pytest.param("CLINICAL CASE SUMMARV\nHe fell.", "CLINICAL CASE SUMMARY\nHe fell.", id="a letter of a title"),
    pytest.param("‘CASE SUMMARY:\nHe fell.", "CASE SUMMARY:\nHe fell.", id="a speck before a title"),
    pytest.param("IMRISSUES, DECISIONS AND RATIONALES", "IMR ISSUES, DECISIONS AND RATIONALES", id="glued words"),
    pytest.param("Decision rationale; It helps.", "Decision rationale: It helps.", id="a colon of a label"),
    pytest.param("Massage x 6: Upheid", "Massage x 6: Upheld", id="an outcome"),
    pytest.param("Massage x 6: Overturned —", "Massage x 6: Overturned", id="a speck after an outcome"),
    pytest.param("l. Wrist splint\n2. Cane", "1. Wrist splint\n2. Cane", id="the first number"),
    pytest.param("It is not medica1ly necessary.", "It is not medically necessary.", id="a figure in a word"),
    pytest.param("UR Denial Date: = 11/22/2016", "UR Denial Date: 11/22/2016", id="dirt before a date"),
    pytest.param("Decision Date: O1/l8/2017", "Decision Date: 01/18/2017", id="letters in a date"),
    pytest.param("State(s) of Licensure: lowa, W yoming", "State(s) of Licensure: Iowa, Wyoming", id="states"),
]

LEFT_ALONE = [
    pytest.param("The clinical case summary was sent.", id="a title's words in a sentence"),
    pytest.param("CLINICAL CASE SUMMARY\nDecision rationale: no.", id="what is right"),
    pytest.param("A section of the guidelines, a schedule of visits.", id="words of the list in lower case"),
    pytest.param("Norco 10/325 mg #60, 1/2 tablet", id="figures that are no date"),
    pytest.param("He was seen on 11/12/2016.", id="a date"),
    pytest.param("Hold. Upheaval followed.", id="a word like an outcome"),
    pytest.param("Massage x 6: twice a week", id="what follows a colon"),
    pytest.param("He went to lowa.", id="a state outside of a licence"),
]


@pytest.mark.parametrize(("text", "read"), REPAIRED)
def test_what_is_on_a_closed_list_is_read_as_printed(text: str, read: str) -> None:
    assert second_reading(text).text.text == read


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_all_else_is_left_alone(text: str) -> None:
    assert second_reading(text).text.text == text


PHRASES: list[str] = load_rules("repairing", "phrases")["paragraph_starts"]


def with_a_letter_wrong(phrase: str) -> str:
    place = next(place for place in range(len(phrase) // 2, len(phrase)) if phrase[place].isalpha())
    return f"{phrase[:place]}#{phrase[place + 1 :]} and on"


def test_every_phrase_is_found_with_a_letter_wrong() -> None:
    # One whole title may be the beginning of another, and is then what is found.
    phrases = [p for p in PHRASES if not any(p.startswith(q) for q in PHRASES if q != p)]
    read = {phrase: second_reading(with_a_letter_wrong(phrase)).text.text for phrase in phrases}
    assert_none(f"{phrase}: {text}" for phrase, text in read.items() if not text.startswith(phrase))


def test_a_repaired_word_leads_back_to_what_ocr_gave() -> None:
    clean = "x\nCLINICAL CASE SUMMARV\nIt is not medica1ly necessary."
    reading = second_reading(clean)
    for words, seen in (("CLINICAL CASE SUMMARY", "CLINICAL CASE SUMMARV"), ("medically", "medica1ly"), ("not", "not")):
        start = reading.text.text.index(words)
        assert clean[slice(*reading.clean_span(start, start + len(words)))] == seen


@given(st.text(alphabet="CLINICAL CASE SUMMARY:Upheld01/l|O \n‘", max_size=200))
def test_any_text_can_be_read_and_led_back(clean: str) -> None:
    reading = second_reading(clean)
    length = len(reading.text.text)
    for start in range(0, length, 7):
        first, last = reading.clean_span(start, min(start + 5, length))
        assert 0 <= first <= last <= len(clean)
    again = second_reading(reading.text.text)
    assert raw_span(again.text, 0, 0).start == 0


@pytest.mark.parametrize("number", range(12))
def test_a_letter_without_faults_is_read_as_it_is(number: int) -> None:
    text = text_of(compose(5, number))
    assert second_reading(text).text.text == text


def test_sections_and_evidence_are_told_in_the_clean_text() -> None:
    text = (
        "HOW THE IMR FINAL DETERMINATION WAS MADE\nThe expert reviewer is Board Certified in Neurology and is licensed "
        "to practice in California.\nCLINICAL CASE SUMMARV\nThe patient is a 40 year old female.\n"
        "IMRISSUES, DECISIONS AND RATIONALES\nWrist splint: Upheid\nClaims Administrator guideline: Decision based on "
        "MTUS Knee Complaints 2004.\nMAXIMUS guideline; Decision based on MTUS Knee Complaints 2004.\n"
        "Decision rationale: The request is not medica1ly necessary."
    )
    letter = split_tolerantly(text)
    titles = {section.section: text[section.start : section.end] for section in letter.sections}
    assert titles["clinical_case_summary"] == "The patient is a 40 year old female."
    records = extract_tolerantly(text, letter, "CM16-0000001.pdf")
    assert records.case.case_number == "CM16-0000001"
    (decision,) = records.decisions
    assert (decision.outcome, decision.states_medically_necessary) == ("upheld", False)
    by_field = {row.field: row for row in records.evidence}
    outcome, request = by_field["outcome"], by_field["treatment_request"]
    assert (text[outcome.start : outcome.end], outcome.method) == ("Upheid", "repaired")
    assert (text[request.start : request.end], request.method) == ("Wrist splint", "exact")


@pytest.mark.parametrize(
    ("name", "printed", "case_number"),
    [
        pytest.param("CM16-0000001.pdf", ["CM16-0000001"], "CM16-0000001", id="the file's and the pages'"),
        pytest.param("scan-17.pdf", [], "CM16-0000001", id="a file that has none"),
        pytest.param("CM16-0000007.pdf", [], None, id="another than the file's"),
        pytest.param("scan-17.pdf", ["CM16-0000001", "CM16-0000007"], None, id="another than a page's"),
    ],
)
def test_a_case_number_is_taken_when_nothing_speaks_against_it(
    name: str, printed: list[str], case_number: str | None
) -> None:
    text = (
        "Case Number: CM16-0000001\nHOW THE IMR FINAL DETERMINATION WAS MADE\nBy an expert.\nCLINICAL CASE SUMMARY\nHe fell.\n"
        "IMR ISSUES, DECISIONS AND RATIONALES\nWrist splint: Upheld\nDecision rationale: The request is not medically necessary."
    )
    records = extract_tolerantly(text, split_tolerantly(text), name, printed)
    assert records.case.case_number == case_number
    assert any(row.field == "case_number" for row in records.evidence) == (case_number is not None)
    assert (WarningCode.CASE_NUMBER_DIFFERS in records.warnings) == (case_number is None)
