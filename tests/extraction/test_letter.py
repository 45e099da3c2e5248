"""What holds of every letter's records: their evidence stands in the letter, and leads back to its raw text."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from imr.extraction.letter import extract
from imr.extraction.wording import as_written
from imr.records import CleanText, ExtractedLetter, RawText
from imr.rules import load_rules
from imr.splitting.split import split
from imr.steps import clean_letter, extract_letter, split_letter
from imr.warnings import WarningCode

LANDING = Path(__file__).parent.parent.parent / "data_lake" / "landing"
LETTERS = sorted(path.stem for path in (LANDING.parent.parent / "tests" / "golden" / "landing").glob("*.json"))
RULES = load_rules("cleaning", "characters")
EDITS: dict[str, str] = RULES["forms"] | dict.fromkeys(RULES["extractors"]["hyphen_marks"], "-")

VERBATIM = {
    "cases": {"case_number", "reviewer_specialties", "diagnoses"},
    "decisions": {"treatment_request", "original_request", "authorized_portion", "rationale"},
    "drugs": {"name", "strength"},
    "citations": {"sections", "pages", "text"},
}
"""Fields whose value is what the letter says, word by word."""


class Read(NamedTuple):
    """One sample letter after all its steps."""

    raw: RawText
    clean: CleanText
    letter: ExtractedLetter
    provenance: list[dict[str, Any]]


@cache
def read(name: str) -> Read:
    path = next(LANDING.glob(f"{name}.*"))
    raw, cleaned, _ = clean_letter(path)
    sections = split_letter(cleaned.text).letter
    columns = extract_letter(cleaned, sections, path.name).rows["provenance"]
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return Read(raw, cleaned, extract(cleaned.text, sections, path.name), rows)


def squeezed(text: str) -> str:
    return "".join(text.split())


def edited(text: str) -> str:
    return "".join(EDITS.get(character, character) for character in text)


def test_there_are_letters_to_look_at() -> None:
    assert len(LETTERS) >= 16


@pytest.mark.parametrize("name", LETTERS)
def test_all_evidence_lies_inside_the_clean_text(name: str) -> None:
    letter = read(name)
    spans = [(row.start, row.end) for row in letter.letter.evidence if row.method != "file_name"]
    assert spans
    assert all(start is not None and end is not None for start, end in spans)
    assert [span for span in spans if not 0 <= (span[0] or 0) <= (span[1] or 0) <= len(letter.clean.text)] == []


@pytest.mark.parametrize("name", LETTERS)
def test_every_value_read_exactly_has_words_behind_it(name: str) -> None:
    letter = read(name)
    exact = [row for row in letter.letter.evidence if row.method == "exact" and row.value]
    assert [row for row in exact if not letter.clean.text[row.start : row.end].strip()] == []


@pytest.mark.parametrize("name", LETTERS)
def test_a_verbatim_value_is_what_stands_there(name: str) -> None:
    letter = read(name)
    rows = [r for r in letter.letter.evidence if r.method == "exact" and r.field in VERBATIM[r.table_name]]
    assert rows
    differing = [
        (row.field, row.value)
        for row in rows
        if as_written(row.value) != as_written(letter.clean.text[row.start : row.end])
    ]
    assert differing == []


@pytest.mark.parametrize("name", LETTERS)
def test_a_guidelines_title_is_made_of_the_words_that_stand_there(name: str) -> None:
    letter = read(name)
    titles = [row for row in letter.letter.evidence if row.field == "title"]
    assert titles
    for row in titles:
        # The year and the pages may stand in its middle and are no part of it.
        words = iter(re.findall(r"\w+", letter.clean.text[row.start : row.end]))
        assert all(word in words for word in re.findall(r"\w+", row.value))


@pytest.mark.parametrize("name", LETTERS)
def test_all_evidence_leads_back_to_the_raw_text(name: str) -> None:
    letter = read(name)
    for row in letter.provenance:
        if row["clean_start"] is None:
            assert (row["raw_start"], row["raw_end"], row["page"], row["method"]) == (None, None, None, "file_name")
            continue
        clean_words = letter.clean.text[row["clean_start"] : row["clean_end"]]
        raw_words = letter.raw.text[row["raw_start"] : row["raw_end"]]
        assert squeezed(edited(raw_words)) == squeezed(clean_words)
        assert 1 <= row["page"] <= len(letter.raw.page_starts)


@pytest.mark.parametrize("name", LETTERS)
def test_every_value_that_is_not_null_has_evidence(name: str) -> None:
    letter = read(name).letter
    noted = {(row.table_name, row.decision_number, row.field) for row in letter.evidence}
    inferred = {"case_year", "letter_format", "decision_count", "outcome"}
    missing = [
        field
        for field in ("decision_date", "date_of_injury", "patient_age", "patient_sex", "diagnoses", "case_number")
        if getattr(letter.case, field) and ("cases", None, field) not in noted
    ]
    missing += [
        field
        for decision in letter.decisions
        for field in ("treatment_request", "outcome", "treatment_category", "body_parts", "visits", "quantity")
        if getattr(decision, field) and ("decisions", decision.decision_number, field) not in noted
    ]
    assert missing == []
    assert not {field for table, _, field in noted if table == "cases"} & inferred


@pytest.mark.parametrize("name", LETTERS)
def test_records_are_numbered_from_one_in_the_letters_order(name: str) -> None:
    letter = read(name).letter
    count = len(letter.decisions)
    assert [decision.decision_number for decision in letter.decisions] == list(range(1, count + 1))
    assert letter.case.decision_count == count
    for number in range(1, count + 1):
        drugs = [drug.drug_number for drug in letter.drugs if drug.decision_number == number]
        citations = [cited.citation_number for cited in letter.citations if cited.decision_number == number]
        assert drugs == list(range(1, len(drugs) + 1))
        assert citations == list(range(1, len(citations) + 1))


BODY = """HOW THE IMR FINAL DETERMINATION WAS MADE
CLINICAL CASE SUMMARY
A cook cut the left thumb.
IMR ISSUES, DECISIONS AND RATIONALES
Thumb splint: {first}
Claims Administrator guideline: MTUS.
MAXIMUS guideline: MTUS.
Decision rationale: The thumb has healed. The thumb splint is not medically necessary.
Thumb therapy, 4 visits: {second}
Claims Administrator guideline: MTUS.
MAXIMUS guideline: MTUS.
Decision rationale: The thumb is stiff. The therapy is medically necessary."""


def letter_with(first: str, second: str, more: str = "") -> ExtractedLetter:
    text = BODY.format(first=first, second=second) + more
    return extract(text, split(text), "letter.txt")


@pytest.mark.parametrize(
    ("first", "second", "outcome"),
    [
        pytest.param("Upheld", "Upheld", "upheld", id="all-upheld"),
        pytest.param("Overturned", "Overturned", "overturned", id="all-overturned"),
        pytest.param("Upheld", "Overturned", "mixed", id="one-of-each"),
        pytest.param("Partially Overturned", "Partially Overturned", "mixed", id="all-in-part"),
    ],
)
def test_the_outcome_of_a_letter_is_that_of_all_its_items(first: str, second: str, outcome: str) -> None:
    assert letter_with(first, second).case.outcome == outcome


def test_an_outcome_that_its_rationale_contradicts_is_doubted() -> None:
    assert WarningCode.OUTCOME_CONTRADICTS_RATIONALE not in letter_with("Upheld", "Overturned").warnings
    contradicted = letter_with("Upheld", "Upheld")
    assert WarningCode.OUTCOME_CONTRADICTS_RATIONALE in contradicted.warnings
    assert [decision.outcome_matches_rationale for decision in contradicted.decisions] == [True, False]


def test_left_over_personal_data_is_doubted_and_not_repeated() -> None:
    warnings = letter_with("Upheld", "Overturned", " Call (999) 555-0100.").warnings
    assert WarningCode.POSSIBLE_PERSONAL_DATA in warnings
    assert not any("555" in warning for warning in warnings)
