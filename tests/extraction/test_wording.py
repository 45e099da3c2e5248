"""How rules are written, and the small verbs on words, which hold for any text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr.extraction.wording import as_written, by_first_letter, compiled, distinct, filled, one_of, trim, words
from imr.records import Found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("anti- seizure", "anti-seizure", id="joined"),
        pytest.param("self-\ndirected", "self-directed", id="joined_over_a_line"),
        pytest.param("pre- and post-operative", "pre- and post-operative", id="suspended"),
        pytest.param("Guidelines - Low Back", "Guidelines - Low Back", id="dash"),
        pytest.param(" a \n b ", "a b", id="white_space"),
    ],
)
def test_as_written(text: str, expected: str) -> None:
    assert as_written(text) == expected


def test_a_blank_in_a_pattern_is_any_white_space() -> None:
    assert compiled("low back").fullmatch("Low\n back")


def test_of_two_names_the_longer_is_found() -> None:
    assert compiled(one_of(["Iowa", "Iowa City"])).match("Iowa City").group() == "Iowa City"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "either_case", "found"),
    [
        pytest.param("of Iowa City", False, "Iowa City", id="the_longer"),
        pytest.param("of iowa", False, None, id="first_letter_as_it_is"),
        pytest.param("of IOWA", False, "IOWA", id="other_letters_in_any_case"),
        pytest.param("of iowa", True, "iowa", id="either_case"),
        pytest.param("of Idaho", False, "Idaho", id="same_letter"),
    ],
)
def test_names_grouped_by_their_first_letter_are_the_same_names(text: str, either_case: bool, found: str) -> None:
    names = by_first_letter(["Iowa", "Idaho", "Iowa City", "Ohio"], either_case=either_case)
    match = compiled(rf"\b(?:{names})\b").search(text)
    assert (match and match.group()) == found


def test_a_pattern_is_filled_with_named_parts_that_may_hold_others() -> None:
    assert filled("{page}{1,2} {pages}?", {"page": r"\d", "pages": "(?:{page}-{page})"}) == r"\d{1,2} (?:\d-\d)?"


def test_distinct_keeps_the_first() -> None:
    assert [item.start for item in distinct([Found("a", 0, 1, "r"), Found("b", 1, 2, "r"), Found("A", 2, 3, "r")])] == [
        0,
        1,
    ]


@given(st.text(), st.integers(0, 20), st.integers(0, 20))
def test_trimming_never_leaves_the_span(text: str, start: int, length: int) -> None:
    start = min(start, len(text))
    end = min(start + length, len(text))
    trimmed = trim(text, start, end)
    assert start <= trimmed.start <= trimmed.end <= end
    assert words(text, trimmed, "rule").value == words(text, trimmed, "rule").value.strip()
