"""Lines of a letter's own that look like page furniture: none of them may be cut."""

from __future__ import annotations

import pytest

from tests.cleaning.pages import TITLE, UNKNOWN, cut, pages, paragraph, prose

LABEL = "MAXIMUS guideline: The Expert Reviewer did not cite any medical evidence."
SENTENCE = "No exceptional factors were documented."
COLUMNS = [
    "Case Number:",
    "Date Assigned:",
    "Decision Date:",
    "Priority:",
    "",
    "CM18-9000001",
    "03/02/2018",
    "04/02/2018",
]


def on(places: str, line: str) -> list[str]:
    """A line on the pages that are marked by an x."""
    return [line if mark == "x" else "" for mark in places]


@pytest.mark.parametrize(
    ("places", "line"),
    [
        pytest.param(".x.", "medically necessary.", id="end-of-a-sentence"),
        pytest.param("xx.", "medically necessary.", id="end-of-a-sentence-on-two-pages"),
        pytest.param("xxx", "medically necessary.", id="end-of-a-sentence-on-every-page"),
        pytest.param("xx.", "The request is not medically necessary.", id="conclusion-of-two-rationales"),
        pytest.param(".xx...", SENTENCE, id="sentence-of-two-rationales"),
        pytest.param("xx.", "Wrist splint: Upheld", id="outcomes"),
        pytest.param("xxx", "Partially Overturned", id="outcomes-alone"),
        pytest.param("xx.", LABEL, id="labels"),
        pytest.param("xx.", "Rationale for the Decision:", id="labels-of-2013"),
        pytest.param(".x.", TITLE, id="title"),
        pytest.param(".x.", "State(s) of Licensure: Nevada", id="label-of-the-reviewer"),
        pytest.param(".x.", "on January 21, 2014.", id="date-in-a-sentence"),
        pytest.param(".x.", "On 07/13/2024, the carrier refused it", id="date-that-begins-a-sentence"),
        pytest.param(".x.", "from 03/01/2018 to 04/02/2018 he had", id="dates-in-a-sentence"),
        pytest.param(".x.", "Sent on 03/02/2018, the request was received", id="sent"),
        pytest.param(".x.", "The file is confidential.", id="a-sentence-on-privacy"),
        pytest.param(".x.", "in this case.", id="words-of-furniture-in-a-sentence"),
        pytest.param(".x.", "This is the final determination.", id="sentence-of-such-words"),
        pytest.param("xx.", "78-80.", id="pages-of-a-citation"),
        pytest.param(".x.", "Complaints Page(s): 341-343.", id="pages-of-a-citation-with-their-label"),
        pytest.param("xxx", "#60:", id="quantity"),
        pytest.param(".x.", "12", id="number-of-another-page"),
        pytest.param(".x.", "2017.", id="year"),
        pytest.param(".x.", "https://www.example.org/a-study.html", id="web-address-of-a-citation"),
        pytest.param(".x.", UNKNOWN, id="unknown-words-once"),
        pytest.param("x....x", UNKNOWN, id="on-few-of-many-pages"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("edge", ["top", "end"])
def test_a_line_of_the_letters_own_is_kept_at_a_pages_edge(places: str, line: str, edge: str) -> None:
    lines, none = on(places, line), ["" for _ in places]
    assert cut(pages(lines, none) if edge == "top" else pages(none, lines)) == []


@pytest.mark.parametrize(
    "outer", [pytest.param("Page {}", id="known"), pytest.param("Sampletown {} Works", id="unknown")]
)
@pytest.mark.parametrize(
    "line",
    [
        pytest.param("medically necessary.", id="end-of-a-sentence"),
        pytest.param("The request is not medically necessary.", id="conclusion"),
        pytest.param("Wrist splint: Upheld", id="outcome"),
        pytest.param(LABEL, id="label"),
        pytest.param("78-80.", id="pages-of-a-citation"),
        pytest.param("#60:", id="quantity"),
    ],
)
def test_a_line_of_the_letters_own_is_kept_beside_furniture(line: str, outer: str) -> None:
    lines, furniture = on("xx.", line), [outer.format(number) for number in (1, 2, 3)]
    assert cut(pages(top=[f"{a}\n{b}" for a, b in zip(furniture, lines, strict=True)])) == furniture
    assert cut(pages(end=[f"{a}\n{b}" for a, b in zip(lines, furniture, strict=True)])) == furniture


def test_what_comes_back_in_the_midst_of_pages_too_is_kept() -> None:
    line = "His/Her Decision"
    printed = pages(end=(line, line, ""))
    assert cut(printed) == [line] * 2
    assert cut([*printed, [*prose(140, 5), line, *paragraph(150)]]) == []


def test_what_stands_at_one_pages_end_and_at_anothers_top_is_kept() -> None:
    assert cut(pages(top=("", "", UNKNOWN), end=(UNKNOWN, "", ""))) == []


def test_lines_that_differ_in_more_than_figures_are_others() -> None:
    assert cut(pages(end=("Home Aide 6 hours", "Home aide 12 hours", ""))) == []


@pytest.mark.parametrize(
    ("end", "top"),
    [
        pytest.param(["IMR ISSUES, DECISIONS"], ["AND RATIONALES"], id="title"),
        pytest.param(
            ["MEDICAL TREATMENT GUIDELINE(S) RELIED UPON BY"], ["PROFESSIONAL REVIEWER", "AND WHY:"], id="title-over-three-lines"
        ),
        pytest.param(["DOCUMENTS REVIEWED"], ["None", "CLINICAL CASE SUMMARY"], id="one-word-under-a-title"),
        pytest.param(["Wrist splint, left,"], ["size M: Upheld"], id="heading"),
        pytest.param(["Wrist splint, left:"], ["Upheld", "Claims Administrator guideline: None."], id="outcome"),
        pytest.param(["Sincerely,", "Medical Director"], ["cc: the Department"], id="signature"),
        pytest.param(["Decision rationale: It was tried", "Motrin 800mg"], ["and did not help."], id="short-line-after-a-short-line"),
        pytest.param(prose(0), ["Lumbar strain", "Neck strain"], id="a-list-after-an-unfinished-line"),
    ],
)  # fmt: skip
def test_what_a_seam_parts_is_kept(end: list[str], top: list[str]) -> None:
    assert cut([[*paragraph(140), *end], [*top, *paragraph(40)]]) == []


def test_what_a_letter_begins_with_is_kept() -> None:
    letterhead = ["MAXIMUS FEDERAL SERVICES, INC.", "Independent Medical Review", "P.O. Box 9000", "03/02/2018 2:22 PM"]
    assert cut([[*letterhead, *paragraph(0)], paragraph(40)]) == []
    assert cut([[*COLUMNS, *paragraph(0)], paragraph(40)]) == []


def test_a_header_read_by_columns_is_kept_under_a_running_case_number() -> None:
    case = COLUMNS[5]
    running = [case, *COLUMNS, "Standard", TITLE, *paragraph(0)], [case, *paragraph(40)]
    assert cut(running) == [case, case]
    assert cut([[*running[0], *running[1]]]) == [case, case]


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param([*paragraph(0), "It hurts.", *paragraph(40), "It hurts.", *paragraph(80)], id="sentence"),
        pytest.param([*paragraph(0), SENTENCE, *paragraph(40), SENTENCE], id="last-sentence"),
        pytest.param([*prose(0), *prose(40), *prose(0)], id="paragraph"),
        pytest.param(["Cane: Upheld", *paragraph(0), "Cane: Upheld", *paragraph(40)], id="heading"),
        pytest.param([*paragraph(0), LABEL, *paragraph(40), LABEL, *paragraph(80)], id="label"),
        pytest.param([*prose(0), UNKNOWN, *prose(40)], id="unknown-words-once"),
        pytest.param([*paragraph(0), "3", *paragraph(40), "12", *paragraph(80)], id="numbers-that-count-nothing"),
        pytest.param([*paragraph(0), "1", *paragraph(40)], id="one-number"),
        pytest.param([*prose(0), "page 2 of the record", *prose(40)], id="page-of-a-record"),
        pytest.param(["Case Number:", "Priority:", "1", "2", TITLE, *paragraph(0)], id="numbers-in-the-header"),
        pytest.param([*prose(0), "a fax was sent on 3/4/2018 and the", *prose(40)], id="fax-in-a-sentence"),
        pytest.param([*prose(0), "Confidential records were sent", *prose(40)], id="marking-in-a-sentence"),
    ],
)  # fmt: skip
def test_in_a_text_without_pages_a_line_of_the_letters_own_is_kept(lines: list[str]) -> None:
    assert cut([lines]) == []
