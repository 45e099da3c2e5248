"""Which printed lines are page furniture, by each kind of evidence that tells them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.cleaning.pages import TITLE, UNKNOWN, cut, pages, paragraph, prose


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("Page 2 of 3", id="page-of-pages"),
        pytest.param("CONFIDENTIAL - DO NOT COPY", id="stamp"),
        pytest.param("07/12/2017 10:33 FAX 5550100000 ACME CLAIMS [p.3/7]", id="fax-line"),
        pytest.param("Public Copy V. 1.0", id="public-copy"),
        pytest.param("Final Determination Letter for IMR Case Number CM13-9000001 2", id="footer-of-2013"),
    ],
)
def test_words_that_no_letter_holds_are_cut_wherever_they_stand(line: str) -> None:
    inside = [*prose(0, 6), line, *prose(6, 6)]
    assert cut([inside]) == [line]
    assert cut([inside, prose(40)]) == [line]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("- Page 2 -", id="page-counter"),
        pytest.param("ii", id="roman-counter"),
        pytest.param("CM18-9000001 | Page 2", id="case-number"),
        pytest.param("03/02/2018 2:22 PM   2 of 3", id="date-and-time"),
        pytest.param("Printed on 03/02/2018 14:22 by user 17", id="transmission"),
        pytest.param("DCN: MX-2018-004417-A", id="document-id"),
        pytest.param("State of California - Division of Workers' Compensation", id="letterhead"),
        pytest.param("P.O. Box 9000, Sampletown, CA 90000-0000", id="address"),
        pytest.param("(555) 010-0000 Fax: (555) 010-0001", id="telephone"),
        pytest.param("(continued on next page)", id="continued"),
        pytest.param("Contains protected health information - handle with care", id="confidentiality"),
        pytest.param("Archived copy, not for resale", id="no-other-words"),
        pytest.param("2", id="number-of-the-page"),
    ],
)
def test_known_words_are_cut_once_at_a_pages_edge_and_nowhere_else(line: str) -> None:
    assert cut(pages(end=("", line, ""))) == [line]
    assert cut(pages(top=("", line, ""))) == [line]
    assert cut([prose(0), [*prose(40, 6), line, *prose(46, 6)], prose(80)]) == []


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(UNKNOWN, id="unknown-words"),
        pytest.param("ARCHIVE SERIES B", id="capitals"),
        pytest.param("blue folder of the regional depot", id="lower-case-with-room-behind-it"),
        pytest.param("Lot Q-{} verified", id="changing-figures"),
        pytest.param("MAX0000{}", id="nothing-but-changing-figures"),
        pytest.param("https://www.example.gov/imr/letter.pdf", id="web-address"),
        pytest.param("Kept by the programme, first floor\nfor three years in the main office", id="two-lines"),
        pytest.param("Regional depot\nof treatment records in three\nvolumes, first floor", id="three-lines"),
        pytest.param("This copy is kept in the regional depot.", id="sentence"),
    ],
)
@pytest.mark.parametrize("on", [pytest.param((1, 1, 1), id="every-page"), pytest.param((0, 1, 1), id="from-page-2")])
def test_what_comes_back_at_one_edge_is_cut(line: str, on: Sequence[int]) -> None:
    printed = [line.format(f"4{number}7") * on[number] for number in range(3)]
    expected = [words for block in printed for words in block.splitlines()]
    assert cut(pages(end=printed)) == expected
    assert cut(pages(top=printed)) == expected


def test_a_running_header_may_say_again_what_stands_in_the_header_block() -> None:
    header = ["Case Number: CM18-9000001", "Priority: Standard", "Employee: withheld", "Date Assigned: 03/02/2018"]
    block = [*header, "Sampletown Works", "Claim 17", TITLE]
    assert (
        cut([[*block, *paragraph(0)], ["Sampletown Works", *paragraph(40)], ["Sampletown Works", *paragraph(80)]])
        == ["Sampletown Works"] * 2
    )
    assert cut([[*block, *paragraph(0)], [header[0], *paragraph(40)]]) == [header[0]]


@pytest.mark.parametrize(
    ("above", "foreign", "below"),
    [
        pytest.param(prose(0), [UNKNOWN], prose(40), id="inside-a-sentence"),
        pytest.param(prose(0), [UNKNOWN, "Second shelf"], prose(40), id="two-lines"),
        pytest.param(paragraph(0), [UNKNOWN], ["Decision rationale: It helps.", *prose(40)], id="before-a-label"),
        pytest.param(
            [*paragraph(0), "RATIONALE FOR WHY THE REQUESTED TREATMENT IS/WAS NOT MEDICALLY"],
            [UNKNOWN],
            ["NECESSARY:", *paragraph(40)],
            id="inside-a-title",
        ),
    ],
)
@pytest.mark.parametrize("place", ["end", "top", "both"])
def test_what_parts_a_sentence_at_a_seam_is_cut_though_it_comes_once(
    above: list[str], foreign: list[str], below: list[str], place: str
) -> None:
    at_end = {"end": len(foreign), "top": 0, "both": 1}[place]
    assert cut([[*above, *foreign[:at_end]], [*foreign[at_end:], *below]]) == foreign


def test_what_a_pdf_sets_apart_in_the_margin_is_cut() -> None:
    printed = [[*paragraph(0), UNKNOWN], paragraph(40)]
    assert cut(printed) == []
    assert cut(printed, margins=[UNKNOWN]) == [UNKNOWN]
    assert cut(printed[:1], margins=[UNKNOWN]) == [UNKNOWN]


def test_an_unknown_line_outside_of_a_known_one_goes_with_it() -> None:
    assert cut(pages(end=("", f"Page 2\n{UNKNOWN}", ""))) == ["Page 2", UNKNOWN]
    assert cut(pages(top=("", f"{UNKNOWN}\nPage 2", ""))) == [UNKNOWN, "Page 2"]


def test_between_an_outcome_and_the_label_after_it_everything_is_cut() -> None:
    item = ["Wrist splint: Upheld", "Any line. At all", UNKNOWN, "Claims Administrator guideline: None."]
    assert cut([[*prose(0), *item, *prose(40)]]) == item[1:3]


def test_ocr_reads_one_line_in_several_ways() -> None:
    printed = ("Zentrum Blau, shelf seven", "Zentrurn Blau, shelf sevem", "Zentrum Blav, shelf seven")
    assert cut(pages(end=printed), recognised=True) == list(printed)
    assert cut(pages(end=printed)) == []


@pytest.mark.parametrize(
    ("seams", "expected"),
    [
        pytest.param([UNKNOWN, UNKNOWN], [UNKNOWN] * 2, id="parts-sentences"),
        pytest.param([UNKNOWN, f"It ended.\n{UNKNOWN}\nThen"], [UNKNOWN] * 2, id="parts-one-sentence-of-two"),
        pytest.param(
            [f"It hurts.\n{UNKNOWN}\nSo", f"It hurts.\n{UNKNOWN}", UNKNOWN], [UNKNOWN] * 3, id="beside-a-sentence-that-comes-back"
        ),
        pytest.param(["CM18-9000001", "CM18-9000001"], ["CM18-9000001"] * 2, id="the-letters-number"),
        pytest.param(["Second shelf\nfirst floor", "Second shelf\nfirst floor"], ["Second shelf", "first floor"] * 2, id="two-lines"),
        pytest.param(["1", "2"], ["1", "2"], id="counts"),
        pytest.param(["1", "2\n2017."], ["1", "2"], id="a-year-is-no-counter"),
    ],
)  # fmt: skip
def test_in_a_text_without_pages_what_comes_back_and_is_foreign_is_cut(seams: list[str], expected: list[str]) -> None:
    parts = [line for number, seam in enumerate(seams, 1) for line in (*seam.splitlines(), *prose(40 * number))]
    assert cut([["Case Number: CM18-9000001", "Priority: Standard", TITLE, *prose(0), *parts]]) == expected


def test_what_comes_back_at_the_end_of_a_text_without_pages_is_cut() -> None:
    assert cut([[*paragraph(0), UNKNOWN, *paragraph(40), UNKNOWN]]) == [UNKNOWN] * 2
    assert cut([[*paragraph(0), UNKNOWN, *paragraph(40)]]) == []


def test_in_a_text_without_pages_numbers_that_count_are_cut_though_they_part_no_sentence() -> None:
    assert cut([[*paragraph(0), "1", *paragraph(40), "- 2 -", *paragraph(80), "3"]]) == ["1", "- 2 -", "3"]
