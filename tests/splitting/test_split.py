from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr.errors import Code, UnsupportedError
from imr.records import Section
from imr.splitting.split import split
from imr.warnings import WarningCode
from tests.splitting.letters import (
    CREDENTIALS,
    DECISION,
    DETERMINATION,
    HEADER,
    ITEM,
    NOT,
    PROCESS,
    RATIONALE,
    SLOTS,
    SUMMARY,
    item_of_2013,
    letter,
)

OUTLINE = ["header", "determination_process", "reviewer_credentials", "clinical_case_summary"] + ["decision"] * 4


def words(text: str, sections: tuple[Section, ...], number: int) -> dict[str | None, str]:
    """The parts of one item by their titles."""
    return {s.title: text[s.start : s.end] for s in sections if s.decision_number == number}


def test_a_whole_letter_is_cut_into_its_parts() -> None:
    text = letter(ITEM)
    found = split(text)
    assert found.letter_format == "determination_2014"
    assert found.warnings == ()
    assert [section.section for section in found.sections] == OUTLINE
    assert [section.title for section in found.sections] == [
        None,
        "HOW THE IMR FINAL DETERMINATION WAS MADE",
        "The Expert Reviewer has the following credentials",
        "CLINICAL CASE SUMMARY",
        None,
        "Claims Administrator guideline",
        "MAXIMUS guideline",
        "Decision rationale",
    ]
    assert text[found.sections[0].start : found.sections[0].end] == HEADER
    assert text[found.sections[3].start :].startswith("A 41 year old packer")
    assert words(text, found.sections, 1) == {
        None: "Exercise kit for the wrist: Upheld",
        "Claims Administrator guideline": "Decision based on MTUS Chronic Pain.",
        "MAXIMUS guideline": "Decision based on ODG Wrist.",
        "Decision rationale": ITEM.partition("rationale: ")[2],
    }


def test_a_letter_without_header_has_none() -> None:
    assert [section.section for section in split(letter(ITEM, header="")).sections] == OUTLINE[1:]


FIRST = f"Wrist splint: Upheld\nClaims Administrator guideline: MTUS.\nMAXIMUS guideline: MTUS.\n{RATIONALE}"
PARTIAL = (
    "Massage x 6 was the original request. Massage x 2 was authorized by the Claims Administrator. The remaining IMR "
    "eligible portion of the original request, Massage x 4 is"
)
ELIGIBLE = (
    "Purchase of a cane was the original request. The Claims Administrator authorized a cane for 1 month, leaving the "
    "original request IMR eligible. The original request, purchase of a cane is"
)
STILL_ELIGIBLE = (
    "Massage x 6 was requested. Massage x 2 was approved by the Claims Administrator. The portion of the original "
    "request still eligible for IMR, Massage x 4 is"
)
REQUEST_FOR = (
    "The original request was for massage x 6. Massage x 2 was authorized. The remainder of the original request, "
    "massage x 4 is"
)


@pytest.mark.parametrize(
    ("second", "heading"),
    [
        pytest.param(f"\nCane: Overturned\n{SLOTS}", "Cane: Overturned", id="line-of-its-own"),
        pytest.param(f"\nCane: Overturned{SLOTS}", "Cane: Overturned", id="label-glued-to-the-outcome"),
        pytest.param(f"\nCane:\nOverturned\n{SLOTS}", "Cane:\nOverturned", id="outcome-alone-on-its-line"),
        pytest.param(f"\nCane: Overturned in\nPart\n{SLOTS}", "Cane: Overturned in\nPart", id="outcome-in-part"),
        pytest.param(f"\nCane: Partially Overturned\n{SLOTS}", "Cane: Partially Overturned", id="partially-overturned"),
        pytest.param(
            f"\nNorco (recently upheld) 5mg: Upheld\n{SLOTS}", "Norco (recently upheld) 5mg: Upheld", id="outcome-word"
        ),
        pytest.param(f" Cane, purchase: Upheld\n{SLOTS}", "Cane, purchase: Upheld", id="no-break-after-the-rationale"),
        pytest.param(f"\n{PARTIAL}: Upheld\n{SLOTS}", f"{PARTIAL}: Upheld", id="remainder-of-a-request"),
        pytest.param(f" {PARTIAL}: Upheld\n{SLOTS}", f"{PARTIAL}: Upheld", id="remainder-without-a-break"),
        pytest.param(f"\n{ELIGIBLE}: Upheld\n{SLOTS}", f"{ELIGIBLE}: Upheld", id="request-still-eligible"),
        pytest.param(f" {ELIGIBLE}: Upheld\n{SLOTS}", f"{ELIGIBLE}: Upheld", id="still-eligible-without-a-break"),
        pytest.param(f"\n{STILL_ELIGIBLE}: Upheld\n{SLOTS}", f"{STILL_ELIGIBLE}: Upheld", id="portion-still-eligible"),
        pytest.param(f"\n{REQUEST_FOR}: Upheld\n{SLOTS}", f"{REQUEST_FOR}: Upheld", id="original-request-was-for"),
        pytest.param(
            f"\nRetrospective cane with\nrubber tip: Upheld\n{SLOTS}",
            "Retrospective cane with\nrubber tip: Upheld",
            id="title-over-two-lines",
        ),
        pytest.param(
            f"\nEval. and treat. Dr. of choice: Upheld\n{SLOTS}",
            "Eval. and treat. Dr. of choice: Upheld",
            id="abbreviations-in-a-title",
        ),
        pytest.param(
            f" Cane. Take it along. Use as told: Upheld\n{SLOTS}",
            "Cane. Take it along. Use as told: Upheld",
            id="sentences-in-a-title-without-a-break",
        ),
    ],
)
def test_a_heading_begins_after_the_rationale_before_it(second: str, heading: str) -> None:
    text = letter(FIRST + second)
    found = split(text)
    first, item = words(text, found.sections, 1), words(text, found.sections, 2)
    assert first["Decision rationale"] == RATIONALE.partition(": ")[2]
    assert item[None] == heading
    assert set(item) == set(first)
    assert found.warnings == ()


@pytest.mark.parametrize("seam", ["\n", " "])
@pytest.mark.parametrize("heading", ["Cane: Overturned", "Splint, both: Upheld"])
def test_a_verdict_without_full_stop_ends_its_rationale_wherever_the_line_ends(seam: str, heading: str) -> None:
    text = letter(f"{FIRST} It is not medically necessary{seam}{heading}\n{SLOTS}")
    assert words(text, split(text).sections, 2)[None] == heading


@pytest.mark.parametrize(
    "labels",
    [
        ("Claims Administrator Guideline:", "MAXIMUS Guideline:", "Decision Rationale:"),
        ("CLAIMS ADMINISTRATOR GUIDELINE:", "MAXIMUS GUIDELINE:", "DECISION RATIONALE:"),
        ("claims administrator guideline:", "maximus guideline:", "decision rationale:"),
        ("Claims Administrator guideline:", "Expert Reviewer guideline:", "Decision rationale:"),
        ("Claims Administrator guideline:", "Expert Reviewer’s guideline:", "Rationale for the decision:"),
    ],
)
@pytest.mark.parametrize(
    "outcome", [": Overturned", ": OVERTURNED", " - Overturned", ": Overturned in part", " is Upheld."]
)
def test_labels_and_outcomes_are_such_whatever_their_case(labels: tuple[str, ...], outcome: str) -> None:
    second = "".join(f"\n{label} It says so." for label in labels)
    text = letter(FIRST, f"Cane{outcome}{second}")
    sections = split(text).sections
    assert set(words(text, sections, 2)) == set(words(text, sections, 1))
    assert words(text, sections, 2)[None] == f"Cane{outcome}"


@pytest.mark.parametrize(
    "second",
    [
        pytest.param(f"Cane: Allowed\n{SLOTS.upper()}", id="capitals"),
        pytest.param(f"Cane: Allowed\n{SLOTS.replace('MAXIMUS', 'Expert Reviewer')}", id="other-words"),
    ],
)
def test_labels_in_any_case_are_counted(second: str) -> None:
    with pytest.raises(UnsupportedError, match="items_disagree"):
        split(letter(FIRST, second))


@pytest.mark.parametrize("verdict", ["it is not medically necessary", "he can work (with care)", "see items 2 and 3"])
@pytest.mark.parametrize(
    "heading",
    [
        "Cane: Overturned",
        "Splint (left\nand right): Upheld",
        "Cane,\nTwo: Upheld",
        "Cane 3ft\n#2: Upheld",
        f"{PARTIAL}: Upheld",
    ],
)
def test_a_missing_full_stop_leaves_the_verdict_above_the_next_heading(verdict: str, heading: str) -> None:
    text = letter(f"{FIRST} As was said before, {verdict}\n{heading}\n{SLOTS}")
    sections = split(text).sections
    assert words(text, sections, 1)["Decision rationale"].endswith(verdict)
    assert words(text, sections, 2)[None] == heading


@pytest.mark.parametrize(
    ("item", "titles"),
    [
        pytest.param(
            f"Cane: Upheld\nMAXIMUS guideline: MTUS.\n{RATIONALE}",
            [None, "MAXIMUS guideline", "Decision rationale"],
            id="no-slot-of-the-claims-administrator",
        ),
        pytest.param(
            f"Cane: Upheld\nClaims Administrator guideline: MTUS.\n{RATIONALE}",
            [None, "Claims Administrator guideline", "Decision rationale"],
            id="no-slot-of-the-reviewer",
        ),
        pytest.param(f"Cane: Upheld\n{RATIONALE}", [None, "Decision rationale"], id="rationale-only"),
    ],
)
def test_an_item_without_a_slot_is_read_with_a_warning(item: str, titles: list[str | None]) -> None:
    found = split(letter(item))
    assert [section.title for section in found.sections if section.decision_number] == titles
    assert found.warnings == (WarningCode.ITEM_INCOMPLETE,)


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        pytest.param(letter(ITEM, without=(PROCESS,)), WarningCode.SECTION_MISSING, id="no-determination-process"),
        pytest.param(letter(ITEM, without=(SUMMARY,)), WarningCode.SECTION_MISSING, id="no-summary"),
        pytest.param(
            "\n".join([HEADER, SUMMARY, PROCESS, CREDENTIALS, DECISION, ITEM]),
            WarningCode.SECTIONS_OUT_OF_ORDER,
            id="summary-before-the-process",
        ),
        pytest.param(
            letter(ITEM).replace(" The kit is not medically necessary.", " The"),
            WarningCode.TEXT_BREAKS_OFF,
            id="cut-off-in-a-sentence",
        ),
        pytest.param(letter(f"{ITEM}\nCane, left"), WarningCode.TEXT_BREAKS_OFF, id="cut-off-in-the-next-title"),
        pytest.param(
            letter(ITEM).replace(SUMMARY, "CLINICAL CASE SUMMARY\nNone."),
            WarningCode.SECTION_SIZE_UNUSUAL,
            id="short-summary",
        ),
        pytest.param(
            letter(ITEM).replace(ITEM, ITEM.partition("rationale:")[0] + "rationale: No."),
            WarningCode.SECTION_SIZE_UNUSUAL,
            id="short-rationale",
        ),
    ],
)
def test_what_is_unusual_is_said(text: str, warning: WarningCode) -> None:
    assert split(text).warnings == (warning,)


def test_credentials_may_be_missing_without_a_warning() -> None:
    assert split(letter(ITEM, without=(CREDENTIALS,))).warnings == ()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param(letter(without=(DECISION,)), Code.SECTIONS_MISSING, id="cut-before-the-decisions"),
        pytest.param(letter(), Code.NO_DECISIONS, id="cut-before-the-first-item"),
        pytest.param(letter("Cane: Upheld"), Code.ITEMS_DISAGREE, id="cut-before-the-first-label"),
        pytest.param(letter("The request was withdrawn."), Code.NO_DECISIONS, id="no-outcome"),
        pytest.param(f"{letter(ITEM)}\n{letter(FIRST)}", Code.SEVERAL_LETTERS, id="two-letters"),
        pytest.param(f"{letter(ITEM)}\n{letter(ITEM)}", Code.SEVERAL_LETTERS, id="one-letter-twice"),
        pytest.param(letter(ITEM, SUMMARY, FIRST), Code.SEVERAL_LETTERS, id="another-letters-page"),
        pytest.param("\n".join([letter(ITEM), letter(FIRST), letter(ITEM)]), Code.SEVERAL_LETTERS, id="three-letters"),
        pytest.param(
            f"{' '.join(letter(ITEM).split())} {' '.join(letter(FIRST).split())}",
            Code.SEVERAL_LETTERS,
            id="two-letters-on-one-line",
        ),
        pytest.param(
            f"{letter(ITEM)}\n{DETERMINATION.format(items=item_of_2013('1. Cane ' + NOT))}",
            Code.SEVERAL_LETTERS,
            id="letters-of-two-forms",
        ),
        pytest.param(
            f"{DETERMINATION.format(items=item_of_2013('1. Cane ' + NOT))}\n{letter(ITEM)}",
            Code.SEVERAL_LETTERS,
            id="letters-of-two-forms-the-other-way-round",
        ),
    ],
)
def test_a_letter_without_what_matters_is_refused(text: str, code: Code) -> None:
    with pytest.raises(UnsupportedError) as caught:
        split(text)
    assert caught.value.code == code


def test_an_item_that_breaks_off_in_its_first_part_is_read_with_a_warning() -> None:
    found = split(letter(f"Cane: Upheld Claims Administrator guideline: MTUS. Sling: Overturned {SLOTS}"))
    titles = [section.title for section in found.sections if section.decision_number == 1]
    assert titles == [None, "Claims Administrator guideline"]
    assert found.warnings == (WarningCode.ITEM_INCOMPLETE,)


def test_many_items_are_numbered_in_order() -> None:
    items = [ITEM.replace("the wrist", f"the wrist, size {number}", 1) for number in range(1, 22)]
    text = letter(*items)
    found = split(text)
    assert [words(text, found.sections, n)[None] for n in range(1, 22)] == [item.split("\n")[0] for item in items]
    assert {section.decision_number for section in found.sections} == {None, *range(1, 22)}


LINE = st.sampled_from(
    [PROCESS, CREDENTIALS, SUMMARY, *ITEM.split("\n"), "Cane: Overturned", PARTIAL, "", "He walks. It hurts."]
)


LINES = st.lists(LINE, max_size=8)


@given(LINES, LINES, st.sampled_from(["\n", " ", "\n\n"]))
def test_sections_lie_in_order_inside_the_text(before: list[str], after: list[str], seam: str) -> None:
    text = seam.join([*before, DECISION, ITEM, *after])
    try:
        sections = split(text).sections
    except UnsupportedError as error:
        assert error.code in (Code.ITEMS_DISAGREE, Code.SEVERAL_LETTERS)
        return
    assert all(0 <= section.start <= section.end <= len(text) for section in sections)
    # Headings that follow one another share what follows the last of them.
    assert all(above.end <= below.start or above[3:] == below[3:] for above, below in pairwise(sections))
    assert all(text[s.start : s.end] == text[s.start : s.end].strip() for s in sections)
    numbers = [section.decision_number for section in sections if section.decision_number]
    assert sorted(set(numbers)) == list(range(1, max(numbers) + 1))
