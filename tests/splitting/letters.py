"""Invented letters to cut: one of the form of 2014, and a determination of 2013."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from imr.records import SplitLetter

HEADER = "Case Number: CM16-9000001\nDate Assigned: 02/03/2016"
PROCESS = (
    "HOW THE IMR FINAL DETERMINATION WAS MADE\n"
    "A physician read the complete file. He/she has no tie to any of the parties and was chosen for experience in the "
    "same field. He/she knows the laws that govern these reviews and the strength of evidence that they ask for."
)
CREDENTIALS = "The Expert Reviewer has the following credentials:\nState(s) of Licensure: Ohio"
SUMMARY = (
    "CLINICAL CASE SUMMARY\n"
    "The expert reviewer developed the following clinical case summary based on a review of the case file, including "
    "all medical records:\n"
    "A 41 year old packer strained the left wrist while stacking boxes. Rest, a splint and eight visits of therapy "
    "brought some relief. The wrist is tender and its motion nearly full. A kit for exercise at home was asked for."
)
DECISION = (
    "IMR ISSUES, DECISIONS AND RATIONALES\n"
    "The Final Determination was based on decisions for the disputed items/services set forth below:"
)
ITEM = (
    "Exercise kit for the wrist: Upheld\n"
    "Claims Administrator guideline: Decision based on MTUS Chronic Pain.\n"
    "MAXIMUS guideline: Decision based on ODG Wrist.\n"
    "Decision rationale: The exercises taught in therapy need no equipment. The kit is not medically necessary."
)

RATIONALE = (
    "Decision rationale: The splint worn since spring has done what it can, and another one is not medically necessary."
)
SLOTS = "Claims Administrator guideline: MTUS.\nMAXIMUS guideline: MTUS.\n" + RATIONALE


def letter(*items: str, header: str = HEADER, without: tuple[str, ...] = ()) -> str:
    parts = [header, PROCESS, CREDENTIALS, SUMMARY, DECISION, *items]
    return "\n".join(part for part in parts if part and part not in without)


def parts_of_items(text: str, letter: SplitLetter) -> Sequence[Mapping[str | None, str]]:
    """The parts of every item by their titles; a heading has none."""
    numbers = sorted({section.decision_number for section in letter.sections if section.decision_number})
    return [
        {s.title: text[s.start : s.end] for s in letter.sections if s.decision_number == number} for number in numbers
    ]


LONG = "The patient is a 40 year old cook with a sprained wrist after a fall on a wet floor. " * 4
DETERMINATION = f"""MAXIMUS FEDERAL SERVICES, INC.
HOW THE IMR FINAL DETERMINATION WAS MADE
{"The physician reviewer is Board Certified in Surgery and has no affiliation with any party. " * 3}
DOCUMENTS REVIEWED
None
CLINICAL CASE SUMMARY
The physician reviewer developed the following clinical case summary based on a review of the case file, including all medical records:
{LONG}
IMR DECISION(S) AND RATIONALE(S)
The Final Determination was based on decisions for the disputed items/services set forth below:
{{items}}
Disclaimer: MAXIMUS is providing an independent review service."""


def item_of_2013(heading: str, rationale: str = "It was tried before and did not help in any way.") -> str:
    return f"""{heading}
The Claims Administrator based its decision on the ODG.
The Physician Reviewer based his/her decision on the MTUS.
The Physician Reviewer’s decision rationale: {rationale}"""


NOT = "is not medically necessary and appropriate."
