"""Splitting: which form a letter has, where its parts and its items stand, and what is doubtful."""

from __future__ import annotations

from itertools import pairwise

import pytest

from imr.doubt import Doubt
from imr.errors import Code, UnsupportedError
from imr.splitting.split import split

PROCESS = "The expert reviewer was chosen for experience. " * 8
SUMMARY = "The patient is a 40 year old who hurt a wrist while lifting a crate of lamps. " * 4
SLOTS = (
    "\nClaims Administrator guideline: Decision based on MTUS Wrist 2004.\nMAXIMUS guideline: Decision based on MTUS "
    "Wrist 2004.\nDecision rationale: Rest was not tried. Therefore the request is not medically necessary."
)


def letter(*items: str, process: str = PROCESS, summary: str = SUMMARY) -> str:
    """A letter of the form of 2014 with the given items."""
    return "\n".join(
        [
            "Case Number: CM17-9000001",
            "HOW THE IMR FINAL DETERMINATION WAS MADE",
            process,
            "CLINICAL CASE SUMMARY",
            "The expert reviewer developed the following clinical case summary based on a review of the case file, "
            "including all medical records:",
            summary,
            "IMR ISSUES, DECISIONS AND RATIONALES",
            "The Final Determination was based on decisions for the disputed items/services set forth below:",
            *items,
        ]
    )


def headings(text: str) -> list[str]:
    return [text[s.start : s.end] for s in split(text).sections if s.section == "decision" and s.title is None]


PARTIAL = (
    "Massage, 6 visits was the original request. Massage, 2 visits was authorized by the Claims Administrator. "
    "The remaining IMR eligible portion of the original request, Massage, 4 visits is: Upheld"
)


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        pytest.param([f"Wrist brace: Upheld{SLOTS}"], ["Wrist brace: Upheld"], id="one"),
        pytest.param([f"Wrist brace:\nOverturned{SLOTS}"], ["Wrist brace:\nOverturned"], id="outcome on its own line"),
        pytest.param(
            [f"Brace: Upheld{SLOTS}\nMassage: Overturned{SLOTS}"], ["Brace: Upheld", "Massage: Overturned"], id="two"
        ),
        pytest.param(
            [f"Brace: Upheld{SLOTS} Massage: Overturned{SLOTS}"],
            ["Brace: Upheld", "Massage: Overturned"],
            id="no break after the rationale",
        ),
        pytest.param(
            [f"Brace: Upheld{SLOTS}".replace("Upheld\n", "Upheld")], ["Brace: Upheld"], id="label glued to the outcome"
        ),
        pytest.param([f"{PARTIAL}{SLOTS}"], [PARTIAL], id="partly authorised"),
        pytest.param([f"Brace: Upheld{SLOTS} {PARTIAL}{SLOTS}"], ["Brace: Upheld", PARTIAL], id="partly, no break"),
        pytest.param(
            [f"Brace: Upheld{SLOTS} {PARTIAL.replace('. The rem', '.' + chr(10) + 'The rem')}{SLOTS}"],
            ["Brace: Upheld", PARTIAL.replace(". The rem", ".\nThe rem")],
            id="partly, break inside",
        ),
        pytest.param(
            [f"Brace, e.g. rigid, q. 6 months: Upheld{SLOTS}"],
            ["Brace, e.g. rigid, q. 6 months: Upheld"],
            id="stops inside",
        ),
        pytest.param(
            [f"Item {n}: Upheld{SLOTS}" for n in range(1, 22)],
            [f"Item {n}: Upheld" for n in range(1, 22)],
            id="twenty-one",
        ),
    ],
)
def test_items(items: list[str], expected: list[str]) -> None:
    assert headings(letter(*items)) == expected


def test_the_parts_of_a_letter_stand_in_order_and_inside_it() -> None:
    text = letter(f"Brace: Upheld{SLOTS}", f"Massage: Overturned{SLOTS}")
    found = split(text)
    assert found.letter_format == "determination_2014"
    assert found.warnings == ()
    kinds = [(s.section, s.decision_number, s.title) for s in found.sections]
    labels = [None, "Claims Administrator guideline", "MAXIMUS guideline", "Decision rationale"]
    assert kinds == [
        ("header", None, None),
        ("determination_process", None, "HOW THE IMR FINAL DETERMINATION WAS MADE"),
        ("clinical_case_summary", None, "CLINICAL CASE SUMMARY"),
        *(("decision", number, label) for number in (1, 2) for label in labels),
    ]
    spans = [(s.start, s.end) for s in found.sections]
    assert spans == sorted(spans)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    assert all(text[s.start : s.end] == text[s.start : s.end].strip() != "" for s in found.sections)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param(
            "MEDICAL PROFESSIONAL REVIEW\nISSUE AT DISPUTE:", Code.UNSUPPORTED_FORMAT, id="professional review"
        ),
        pytest.param("Notice of Independent Medical Review Determination", Code.UNSUPPORTED_FORMAT, id="notice"),
        pytest.param("IMR DECISION(S) AND RATIONALE(S)", Code.UNSUPPORTED_FORMAT, id="determination of 2013"),
        pytest.param("CÓMO SE DECIDIÓ\nLa férula fue negada.", Code.UNKNOWN_FORMAT, id="another language"),
        pytest.param("HOW THE IMR FINAL DETERMINATION WAS MADE\n...", Code.SECTIONS_MISSING, id="cut off"),
        pytest.param(letter("No item here."), Code.NO_DECISIONS, id="no item"),
    ],
)
def test_what_is_not_read(text: str, code: Code) -> None:
    with pytest.raises(UnsupportedError) as caught:
        split(text)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        pytest.param(letter(f"Brace: Upheld{SLOTS}", summary="Short."), Doubt.SECTION_SIZE_UNUSUAL, id="short summary"),
        pytest.param(
            letter(f"Brace: Upheld{SLOTS}").replace("CLINICAL CASE SUMMARY", "Case"),
            Doubt.SECTION_MISSING,
            id="no summary",
        ),
        pytest.param(
            letter("Brace: Upheld\nDecision rationale: Rest was not tried, so it is not necessary."),
            Doubt.ITEM_INCOMPLETE,
            id="no slots",
        ),
        pytest.param(
            "CLINICAL CASE SUMMARY\n" + SUMMARY + letter(f"Brace: Upheld{SLOTS}").replace("CLINICAL CASE SUMMARY", "x"),
            Doubt.SECTIONS_OUT_OF_ORDER,
            id="summary first",
        ),
    ],
)
def test_doubts(text: str, doubt: Doubt) -> None:
    assert doubt in split(text).warnings
