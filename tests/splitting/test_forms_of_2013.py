"""The three letter forms of 2013: where their items' parts stand."""

from __future__ import annotations

import pytest

from imr.records import Section
from imr.splitting.split import split
from imr.warnings import WarningCode
from tests.splitting.letters import DETERMINATION, LONG, NOT, item_of_2013

SPLINT, CANE = "a wrist splint, left", "a cane (purchase)"


def words(text: str, number: int | None) -> dict[str | None, str]:
    """The parts of one item by their titles."""
    return {s.title: text[s.start : s.end] for s in split(text).sections if s.decision_number == number}


def kinds(text: str) -> list[str]:
    seen: dict[str, None] = {section.section: None for section in split(text).sections}
    return list(seen)


REVIEW = f"""MEDICAL PROFESSIONAL REVIEW
Dated: 5/6/2013
ISSUE AT DISPUTE:
{{issue}}
CASE SUMMARY:
{LONG}
DOCUMENTS REVIEWED FOR DETERMINATION:
None
MEDICAL TREATMENT GUIDELINE(S) RELIED UPON BY PROFESSIONAL REVIEWER AND WHY:
{{guideline}}
RATIONALE FOR WHY THE REQUESTED TREATMENT/SERVICE IS/WAS NOT
MEDICALLY NECESSARY:
{{rationale}}
MEDICAL REVIEWER QUALIFICATIONS:
The professional reviewer is Board Certified in Surgery."""

BOTH = "1. Wrist splint\n2. Cane"
GUIDES = "1. ODG, Wrist.\n2. ODG, Knee."
GROUNDS = "1. It helps.\nSo it is.\n2. It does not."


def review(issue: str = BOTH, guideline: str = GUIDES, rationale: str = GROUNDS) -> str:
    return REVIEW.format(issue=issue, guideline=guideline, rationale=rationale)


def test_a_professional_review_is_cut_into_its_parts() -> None:
    assert split(review()).warnings == ()
    assert kinds(review()) == [
        "header", "decision", "clinical_case_summary", "documents_reviewed", "reviewer_credentials",
    ]  # fmt: skip
    assert words(review(), 1) == {
        None: "Wrist splint", "MAXIMUS guideline": "ODG, Wrist.", "Decision rationale": "It helps.\nSo it is.",
    }  # fmt: skip
    assert words(review(), 2) == {
        None: "Cane", "MAXIMUS guideline": "ODG, Knee.", "Decision rationale": "It does not.",
    }  # fmt: skip


def test_sentences_that_come_to_an_item_each_are_its_entries() -> None:
    text = review(
        guideline="No guideline is of both. For the splint, it was the ODG, Wrist.\nFor the cane, the ODG, Knee."
    )
    assert words(text, 1)["MAXIMUS guideline"] == "For the splint, it was the ODG, Wrist."
    assert words(text, 2)["MAXIMUS guideline"] == "For the cane, the ODG, Knee."


def test_the_titles_over_all_items_are_kept() -> None:
    assert "RATIONALE FOR WHY THE REQUESTED TREATMENT/SERVICE IS/WAS NOT MEDICALLY NECESSARY" in words(review(), None)


@pytest.mark.parametrize(
    ("issue", "headings"),
    [
        pytest.param("Whether a cane is/was medically necessary.", ["a cane"], id="whether"),
        pytest.param("Whether the request for a cane was medically necessary and appropriate.", ["a cane"], id="asked"),
        pytest.param("A cane, made of\nash wood", ["A cane, made of\nash wood"], id="nothing-numbered"),
        pytest.param("1) Cane\n2) Splint\n3) Crutches", ["Cane", "Splint", "Crutches"], id="brackets"),
        pytest.param("1. Cane, size 3. 2. Splint", ["Cane, size 3", "Splint"], id="line-end-lost"),
        pytest.param("1. Cane\n3. splint", ["Cane\n3. splint"], id="out-of-sequence"),
        pytest.param("Is a cane medically necessary?", ["a cane"], id="question"),
        pytest.param("Whether or not the requested cane is/was medically necessary", ["cane"], id="whether-or-not"),
        pytest.param("Medical necessity of a cane", ["a cane"], id="necessity-of"),
        pytest.param("a. Cane\nb. Splint", ["Cane", "Splint"], id="letters"),
        pytest.param("• Cane\n• Splint", ["Cane", "Splint"], id="bullets"),
        pytest.param("Cane #1\nSplint, left", ["Cane #1", "Splint, left"], id="lines"),
    ],
)
def test_the_issues_are_the_headings(issue: str, headings: list[str]) -> None:
    text = review(issue, "ODG", "None helps.")
    found = [s for s in split(text).sections if s.decision_number and s.title is None]
    assert [text[s.start : s.end] for s in found] == headings


@pytest.mark.parametrize(
    ("rationale", "expected"),
    [
        pytest.param("Neither is needed.", ["Neither is needed."] * 2, id="one-text-for-both"),
        pytest.param("1. One.\nMore.", ["1. One.\nMore."] * 2, id="one-number-for-both"),
        pytest.param("1. One.\n2. Two.\n3. Three.", ["One.", "Two.\n3. Three."], id="a-list-inside-the-last"),
    ],
)
def test_a_part_that_does_not_number_the_items_is_of_each_of_them(rationale: str, expected: list[str]) -> None:
    text = review(rationale=rationale)
    assert [words(text, number)["Decision rationale"] for number in (1, 2)] == expected


@pytest.mark.parametrize(
    ("rationale", "differ"),
    [
        pytest.param(GROUNDS, False, id="one-for-each"),
        pytest.param("Neither is needed.", False, id="one-text-for-both"),
        pytest.param("1. One.\nMore.", True, id="fewer"),
        pytest.param("1. One.\n2. Two.\n3. Three.", True, id="more"),
    ],
)
def test_entries_that_are_not_one_for_each_item_are_said(rationale: str, differ: bool) -> None:
    assert (WarningCode.ENTRIES_DIFFER in split(review(rationale=rationale)).warnings) is differ


@pytest.mark.parametrize(
    "rationale",
    [
        pytest.param("1. Asked are:\n1. Need.\n2. Use.\nIt helps.\n2. It does not.", id="list-inside-an-entry"),
        pytest.param("Asked are:\n1. Need.\n2. Use.\nNeither is shown.", id="list-of-all"),
    ],
)
def test_a_list_in_a_rationale_is_not_taken_for_the_items_entries(rationale: str) -> None:
    text = review(rationale=rationale)
    assert [words(text, number)["Decision rationale"] for number in (1, 2)] == [rationale] * 2
    assert WarningCode.ENTRIES_DIFFER in split(text).warnings


def test_an_issue_without_number_is_one_too() -> None:
    text = review("1. Wrist splint\n2. Cane\nCrutches, one pair")
    assert [words(text, number)[None] for number in (1, 2, 3)] == ["Wrist splint", "Cane", "Crutches, one pair"]
    assert WarningCode.ENTRIES_DIFFER in split(text).warnings


def test_a_single_items_numbered_list_is_its_own() -> None:
    text = review("A cane", "ODG", "Asked are 1. need\n2. use.")
    assert words(text, 1)["Decision rationale"] == "Asked are 1. need\n2. use."


def decided(number: str, request: str, outcome: str) -> str:
    return (
        f"{number}MAXIMUS Federal Services, Inc. has determined the request for {request} is {outcome} and appropriate."
    )


def body(number: str, request: str, rationale: str = "It was tried before and did not help in any way.") -> str:
    return f"""{number}Regarding the request for {request}:
Section of the Medical Treatment Utilization Schedule Relied Upon by the Expert Reviewer to Make His/Her Decision
The Claims Administrator based its decision on the ODG. The Expert Reviewer relied on the MTUS.
Rationale for the Decision:
{rationale}"""


LISTED = "\n".join(
    (decided("1) ", SPLINT, "notmedically necessary"), decided("2) ", CANE, "partially medically necessary"))
)


def notice(listed: str = LISTED, bodies: str = f"{body('1) ', SPLINT)}\n{body('2) ', CANE)}") -> str:
    return f"""Notice of Independent Medical Review Determination
Dated: 5/6/2013
{listed}
INDEPENDENT MEDICAL REVIEW DECISION AND RATIONALE
An application for Independent Medical Review was filed on 5/1/2013. A decision has been made for the items in dispute:
{listed}
Medical Qualifications of the Expert Reviewer:
The physician reviewer is Board Certified in Surgery.
Case Summary:
Disclaimer: The following case summary was taken directly from the utilization review denial/modification dated May 1, 2013:
{LONG}
Documents Reviewed for Determination:
None
{bodies}
Effect of the Decision: It is binding."""


def test_a_notice_is_cut_into_its_parts() -> None:
    found = split(notice())
    assert found.warnings == ()
    assert kinds(notice()) == [
        "header", "decision", "reviewer_credentials", "clinical_case_summary", "documents_reviewed", "other",
    ]  # fmt: skip
    assert words(notice(), 1) == {
        None: f"{SPLINT} is notmedically necessary and appropriate.",
        "Claims Administrator guideline": "The Claims Administrator based its decision on the ODG.",
        "MAXIMUS guideline": "The Expert Reviewer relied on the MTUS.",
        "Decision rationale": "It was tried before and did not help in any way.",
    }
    assert words(notice(), 2)[None] == f"{CANE} is partially medically necessary and appropriate."
    assert [s.decision_number for s in found.sections if s.section == "decision"] == [1, 2, 1, 1, 1, 2, 2, 2]


def summary_of(text: str) -> Section:
    return next(section for section in split(text).sections if section.section == "clinical_case_summary")


def test_the_disclaimer_is_no_part_of_the_summary() -> None:
    assert notice()[summary_of(notice()).start :].startswith("The patient is a 40 year old")


def test_a_lone_item_needs_no_number() -> None:
    text = notice(decided("", CANE, "medically necessary"), body("", CANE))
    assert words(text, 1)[None] == f"{CANE} is medically necessary and appropriate."
    assert "Decision rationale" in words(text, 1)


def test_bodies_in_another_order_find_their_items_by_number() -> None:
    text = notice(bodies=f"{body('2) ', CANE, 'Second.')}\n{body('1) ', SPLINT, 'First.')}")
    assert [words(text, number)["Decision rationale"] for number in (1, 2)] == ["First.", "Second."]


def test_an_item_without_body_is_incomplete() -> None:
    text = notice(bodies=body("1) ", SPLINT))
    assert list(words(text, 2)) == [None]
    assert WarningCode.ITEM_INCOMPLETE in split(text).warnings


def test_a_determination_of_2013_is_cut_into_its_parts() -> None:
    text = DETERMINATION.format(items=item_of_2013(f"1. Wrist splint {NOT}"))
    assert split(text).warnings == ()
    assert kinds(text) == [
        "header", "determination_process", "documents_reviewed", "clinical_case_summary", "decision", "other",
    ]  # fmt: skip
    assert words(text, 1) == {
        None: f"Wrist splint {NOT}",
        "Claims Administrator guideline": "The Claims Administrator based its decision on the ODG.",
        "MAXIMUS guideline": "The Physician Reviewer based his/her decision on the MTUS.",
        "Decision rationale": "It was tried before and did not help in any way.",
    }


@pytest.mark.parametrize(
    ("second", "heading"),
    [
        pytest.param(f"\n2. Cane {NOT}", f"Cane {NOT}", id="number-on-its-line"),
        pytest.param(f" 2. Cane {NOT}", f"Cane {NOT}", id="line-end-lost"),
        pytest.param(f"\n2) Cane,\nbought, {NOT}", f"Cane,\nbought, {NOT}", id="two-lines"),
        pytest.param("\n2. Canes are medically necessary.", "Canes are medically necessary.", id="several"),
    ],
)
def test_the_next_heading_begins_with_its_number(second: str, heading: str) -> None:
    first = item_of_2013(
        f"1. Wrist splint {NOT}", "The records show:\n1. pain\n2. rest. It is not medically necessary."
    )
    text = DETERMINATION.format(items=item_of_2013(first + second))
    assert words(text, 2)[None] == heading
    assert words(text, 1)["Decision rationale"] == first.partition("rationale: ")[2]


def test_parts_in_another_order_are_read_and_said_to_be() -> None:
    lines = review().split("CASE SUMMARY:")
    issues, rest = lines[0].split("ISSUE AT DISPUTE:")
    text = f"{issues}CASE SUMMARY:{rest and lines[1]}\nISSUE AT DISPUTE:{rest}"
    assert words(text, 1)[None] == "Wrist splint"
    assert words(text, 2)["Decision rationale"] == "It does not."
    assert WarningCode.SECTIONS_OUT_OF_ORDER in split(text).warnings
