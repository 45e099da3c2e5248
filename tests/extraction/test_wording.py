"""The small verbs on words, which hold for any text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr.extraction.wording import as_written, distinct, trim, words
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
