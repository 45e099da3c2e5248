"""No disputed item is overlooked, cut off, or made of what is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr.errors import Code, UnsupportedError
from imr.extraction.letter import extract
from imr.splitting.split import split
from imr.warnings import WarningCode
from tests.splitting.letters import (
    DETERMINATION,
    ITEM,
    NOT,
    RATIONALE,
    SLOTS,
    item_of_2013,
    letter,
    parts_of_items,
)

STOCK = (
    "Since the primary procedure is not medically necessary, none of the associated services are medically necessary."
)
CANE, SLING = f"Cane: Upheld\n{SLOTS}", f"Sling, left: Overturned\n{SLOTS}"


def headings(text: str) -> list[str]:
    return [parts[None] for parts in parts_of_items(text, split(text))]


def outcomes(text: str) -> list[str]:
    return [decision.outcome for decision in extract(text, split(text), "letter.txt").decisions]


def determination(*items: str) -> str:
    return DETERMINATION.format(items="\n".join(items))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(letter(ITEM, SLOTS), id="item-without-a-heading"),
        pytest.param(letter(CANE, f"Sling, left: Upholded\n{SLOTS}"), id="outcome-that-nobody-knows"),
        pytest.param(letter(CANE, RATIONALE), id="second-rationale"),
        pytest.param(letter(f"{CANE} MAXIMUS guideline: None."), id="second-guideline"),
        pytest.param(letter(CANE, "Sling: Upheld"), id="heading-with-nothing-behind-it"),
        pytest.param(letter("Sling: Upheld"), id="only-such-a-heading"),
        pytest.param(
            determination(item_of_2013(f"1. Cane {NOT}"), "The Physician Reviewer’s decision rationale: It was tried."),
            id="second-rationale-of-2013",
        ),
        pytest.param(determination(item_of_2013(f"1. Cane {NOT}"), item_of_2013("2. Sling")), id="no-outcome-of-2013"),
        pytest.param(determination(item_of_2013(f"1. Cane {NOT}"), "2. Sling is denied, see 1."), id="last-is-denied"),
        pytest.param(
            determination(item_of_2013(f"1. Cane {NOT}"), "2. Sling: Upheld, see item 1"), id="last-is-upheld"
        ),
        pytest.param(determination(item_of_2013(f"1. Cane {NOT}"), "2. Sling. Same as item 1."), id="last-is-the-same"),
        pytest.param(
            determination(item_of_2013(f"1. Cane {NOT}"), "2. Sling is denied.", item_of_2013(f"3. Tape {NOT}")),
            id="one-between-is-denied",
        ),
    ],
)
def test_a_letter_whose_items_do_not_add_up_is_refused(text: str) -> None:
    with pytest.raises(UnsupportedError) as caught:
        split(text)
    assert caught.value.code == Code.ITEMS_DISAGREE


@pytest.mark.parametrize(
    "items",
    [
        pytest.param([CANE, CANE, SLING], id="one-after-the-other"),
        pytest.param([CANE, SLING, CANE, SLING], id="a-page-twice"),
        pytest.param([CANE, SLING, CANE.replace("one is", "one\nis")], id="over-other-lines"),
    ],
)
def test_an_item_that_is_there_twice_word_for_word_counts_once(items: list[str]) -> None:
    text = letter(*items)
    assert headings(text) == ["Cane: Upheld", "Sling, left: Overturned"]
    assert WarningCode.ITEMS_REPEATED in split(text).warnings


def test_items_alike_but_for_their_title_or_their_words_all_count() -> None:
    text = letter(CANE, CANE.replace("Cane", "Crutch"), CANE.replace("since spring", "since May"))
    assert headings(text) == ["Cane: Upheld", "Crutch: Upheld", "Cane: Upheld"]
    assert split(text).warnings == ()


LONG = f"{CANE} {'The records of the last three visits were read again. ' * 4}It is not needed."


@pytest.mark.parametrize(
    "again",
    [
        pytest.param(LONG, id="whole-heading"),
        pytest.param(f"with a rubber tip: Upheld\n{LONG.partition(chr(10))[2]}", id="end-of-the-heading"),
    ],
)
def test_a_page_that_is_there_twice_makes_no_item(again: str) -> None:
    with pytest.raises(UnsupportedError) as caught:
        split(letter(f"{LONG} What the page began with.", again))
    assert caught.value.code == Code.ITEMS_DISAGREE


def test_items_of_one_rationale_all_count_whatever_their_guidelines() -> None:
    other = f"{LONG} It was tried.".replace("Cane", "Sling").replace("MTUS", "ACOEM")
    assert len(headings(letter(LONG, LONG.replace("Cane", "Crutch"), other))) == 3


TOLD = "The denial of the first splint: Upheld"


def test_an_outcome_that_a_rationale_tells_of_is_no_item() -> None:
    text = letter(f"{CANE} It was said before.\n{TOLD}\nThis binds nobody.", SLING)
    assert headings(text) == ["Cane: Upheld", "Sling, left: Overturned"]
    assert TOLD in parts_of_items(text, split(text))[0]["Decision rationale"]


@pytest.mark.parametrize("title", ["", "#3", "2."])
def test_a_heading_without_a_word_of_what_was_asked_for_is_said(title: str) -> None:
    assert WarningCode.ITEM_INCOMPLETE in split(letter(CANE, f"{title}: Upheld\n{SLOTS}")).warnings


@pytest.mark.parametrize(
    "tail",
    [
        pytest.param("Sincerely,\nA. Doe, MD", id="greeting"),
        pytest.param("Disclaimer: This is a review and no treatment.", id="disclaimer"),
        pytest.param("You may appeal if the cane is medically necessary.", id="appeal"),
        pytest.param("Sincerely,\nDisclaimer: This is a review.", id="both"),
    ],
)
def test_what_closes_a_letter_is_of_no_item(tail: str) -> None:
    plain = letter(CANE, SLING)
    for seam in "\n", " ":  # the line end before it may be lost
        text = plain + seam + tail
        assert parts_of_items(text, split(text)) == parts_of_items(plain, split(plain))
        assert split(text).sections[-1].section == "other"


def test_words_like_those_that_close_a_letter_stay_in_their_item() -> None:
    text = letter(f"{CANE}\nDisclaimer: none.", SLING)
    assert headings(text) == ["Cane: Upheld", "Sling, left: Overturned"]


@pytest.mark.parametrize("number", ["2:", "#2", "II."])
def test_a_number_of_another_kind_is_no_part_of_a_heading_of_2013(number: str) -> None:
    text = determination(item_of_2013(f"1. Splint {NOT}"), item_of_2013(f"{number} Cane {NOT}"))
    assert headings(text) == [f"Splint {NOT}", f"Cane {NOT}"]
    assert split(text).warnings == ()


def test_a_label_in_a_sentence_is_none() -> None:
    text = letter(f"{CANE} The MAXIMUS guideline says so, and the decision rationale above is meant.")
    assert headings(text) == ["Cane: Upheld"]


def test_items_that_say_only_a_stock_sentence_have_their_decisions() -> None:
    alone = [f"{number}. {title} {NOT}\n{STOCK}" for number, title in enumerate(("Clearance", "Sling", "Nurse"), 2)]
    text = determination(item_of_2013(f"1. Wrist surgery {NOT}"), *alone)
    parts = parts_of_items(text, split(text))
    assert [item[None] for item in parts] == [f"{t} {NOT}" for t in ("Wrist surgery", "Clearance", "Sling", "Nurse")]
    assert [item["Decision rationale"] for item in parts[1:]] == [STOCK] * 3
    assert outcomes(text) == ["upheld"] * 4
    assert WarningCode.ITEM_INCOMPLETE in split(text).warnings


def test_an_item_of_2014_may_say_only_a_stock_sentence_too() -> None:
    text = letter(CANE, f"Clearance: Upheld\n{STOCK}", SLING)
    assert parts_of_items(text, split(text))[1] == {None: "Clearance: Upheld", "Decision rationale": STOCK}
    assert outcomes(text) == ["upheld", "upheld", "overturned"]


def test_headings_that_follow_one_another_share_what_follows_the_last() -> None:
    text = letter("Cane: Upheld", "Crutches: Overturned", SLING, ITEM)
    parts = parts_of_items(text, split(text))
    assert [item[None].partition(":")[0] for item in parts] == [
        "Cane",
        "Crutches",
        "Sling, left",
        "Exercise kit for the wrist",
    ]
    assert parts[0]["Decision rationale"] == parts[1]["Decision rationale"] == parts[2]["Decision rationale"]
    assert outcomes(text) == ["upheld", "overturned", "overturned", "upheld"]
    assert split(text).warnings == ()


@pytest.mark.parametrize(
    "listing",
    [
        pytest.param("Cane: Upheld\nSling, left: Overturned", id="as-the-headings-are"),
        pytest.param("1. Cane: Upheld\n2) Sling, left: Overturned", id="with-numbers"),
        pytest.param("Cane: Upheld\nSling,\nleft: Overturned", id="over-other-lines"),
    ],
)
def test_a_mere_listing_of_outcomes_before_the_items_is_none(listing: str) -> None:
    text = letter(listing, CANE, SLING)
    assert headings(text) == ["Cane: Upheld", "Sling, left: Overturned"]


@pytest.mark.parametrize(
    "listed",
    [
        pytest.param("1. pain that is medically necessary to treat.\n2. rest that is not medically necessary.", id="its-numbers-are-items-too"),
        pytest.param("1. need\n2. use\n3. rest that is not medically necessary.", id="it-goes-on-behind-the-items"),
        pytest.param("both 1. need and\n2. rest that is not medically necessary.", id="it-begins-inside-a-line"),
        pytest.param("4. rest is not medically necessary.", id="out-of-sequence"),
        pytest.param("Asked are 1. need, 2. use, 3. medical necessity.", id="inside-a-line"),
    ],
)  # fmt: skip
def test_numbered_lists_in_rationales_are_no_items(listed: str) -> None:
    items = [
        item_of_2013(f"{number}. {title} {NOT}", f"The guideline asks for\n{listed}\nIt was tried.")
        for number, title in enumerate(("Splint", "Cane"), 1)
    ]
    assert headings(determination(*items)) == [f"Splint {NOT}", f"Cane {NOT}"]


LINES = st.lists(
    st.text("abc xyz,.;-()12#", min_size=1, max_size=30).filter(str.strip), min_size=1, max_size=3
).map("\n".join)  # fmt: skip


@given(LINES)
def test_foreign_lines_between_an_outcome_and_its_label_leave_the_items_alone(foreign: str) -> None:
    plain = letter(CANE, SLING)
    text = plain.replace("Overturned\n", f"Overturned\n{foreign}\n")
    assert parts_of_items(text, split(text)) == parts_of_items(plain, split(plain))
