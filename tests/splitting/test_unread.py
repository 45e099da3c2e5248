"""Every character of a letter belongs to one of its parts, to what is printed in each letter, or is said to be unread."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr.records import Section
from imr.splitting.split import split
from imr.splitting.unread import UNREAD, unread_share, unread_spans
from imr.warnings import WarningCode
from tests.splitting.letters import DETERMINATION, ITEM, NOT, PROCESS, SLOTS, item_of_2013, letter

SHORT = "A stray stamp on the page"
LONG = "What nobody knows and what is no part of the letter at all"  # longer than a title or stamp
AFTER_OUTCOME = "Cane: Upheld\n{}\n" + SLOTS


def unread_of(text: str) -> list[str]:
    return [text[s.start : s.end] for s in split(text).sections if s.title == UNREAD]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(letter(ITEM), id="of-2014"),
        pytest.param(letter(ITEM, AFTER_OUTCOME.format("")), id="two-items"),
        pytest.param(DETERMINATION.format(items=item_of_2013(f"1. Cane {NOT}")), id="of-2013"),
    ],
)
def test_a_letter_of_a_known_form_is_read_from_its_first_to_its_last_word(text: str) -> None:
    assert unread_of(text) == []
    assert unread_share(split(text).sections, len(text)) == 0


@pytest.mark.parametrize(
    ("unread", "warnings"),
    [
        pytest.param(SHORT, (), id="below-the-bound"),
        pytest.param(LONG, (WarningCode.TEXT_UNREAD,), id="above-the-bound"),
    ],
)
def test_unread_text_is_a_section_in_its_place(unread: str, warnings: tuple[WarningCode, ...]) -> None:
    text = letter(AFTER_OUTCOME.format(unread), ITEM)
    found = split(text)
    assert unread_of(text) == [unread]
    assert found.warnings == warnings
    (section,) = [section for section in found.sections if section.title == UNREAD]
    assert (section.section, section.decision_number) == ("other", None)
    assert [s.start for s in found.sections] == sorted(s.start for s in found.sections)


def test_the_bound_is_of_one_stretch() -> None:
    text = letter(AFTER_OUTCOME.format(SHORT), AFTER_OUTCOME.format(SHORT).replace("Cane", "Sling"))
    assert unread_of(text) == [SHORT] * 2
    assert split(text).warnings == ()


def test_the_share_of_unread_text_is_told() -> None:
    text = letter(AFTER_OUTCOME.format(LONG))
    assert unread_share(split(text).sections, len(text)) == len(LONG) / len(text)
    assert unread_share([], 0) == 0
    assert unread_share([Section("other", None, "Disclaimer", 0, 5), Section("other", None, UNREAD, 5, 10)], 20) == 0.25


def test_a_listing_of_outcomes_is_unread() -> None:
    listing = "Cane: Upheld\nSling: Overturned"
    items = [AFTER_OUTCOME.format("").replace("Cane: Upheld", heading) for heading in listing.split("\n")]
    assert unread_of(letter(listing, *items)) == [listing]


def test_what_stands_before_the_first_title_is_the_header() -> None:
    text = f"{LONG}\n{letter(ITEM, header='')}"
    assert unread_of(text) == []
    assert split(text).sections[0][:3] == ("header", None, None)
    assert split(letter(ITEM, header="")).sections[0].title == PROCESS.split("\n")[0]


@given(
    st.text("ab .-\n", max_size=40), st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)).map(sorted), max_size=5)
)
def test_what_is_neither_read_nor_unread_holds_no_word(text: str, spans: list[list[int]]) -> None:
    read = [(min(start, len(text)), min(end, len(text))) for start, end in spans]
    unread = unread_spans(text, read)
    covered = {place for start, end in [*read, *unread] for place in range(start, end)}
    assert not re.search(r"\w", "".join(mark for place, mark in enumerate(text) if place not in covered))
    assert all(text[start].isalnum() and text[end - 1].isalnum() for start, end in unread)
    assert all(not set(range(*span)) & set(range(*other)) for span in unread for other in read)
