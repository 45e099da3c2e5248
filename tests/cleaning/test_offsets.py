from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr.cleaning.offsets import CleanTextBuilder, page_of, places, raw_span
from imr.records import CleanText

RAW = "ab  cd-\nef"


@pytest.fixture
def cleaned() -> CleanText:
    """ "ab cd-ef": a run of blanks became one, a line end went."""
    builder = CleanTextBuilder(RAW)
    builder.copy(0, 2)
    builder.literal(" ", 2)
    builder.copy(4, 7)
    builder.copy(8, 10)
    return builder.build([0, 6])


@pytest.mark.parametrize(
    ("words", "raw"),
    [
        pytest.param("ab", "ab", id="before-any-change"),
        pytest.param("cd", "cd", id="after-a-shortened-gap"),
        pytest.param("ab cd", "ab  cd", id="over-a-shortened-gap"),
        pytest.param("cd-", "cd-", id="before-a-line-end-that-went"),
        pytest.param("cd-ef", "cd-\nef", id="over-a-line-end-that-went"),
        pytest.param("ab cd-ef", RAW, id="everything"),
    ],
)
def test_words_lead_back_to_what_they_were_read_from(cleaned: CleanText, words: str, raw: str) -> None:
    start = cleaned.text.index(words)
    assert RAW[slice(*raw_span(cleaned, start, start + len(words)))] == raw


def test_an_empty_span_leads_to_an_empty_one(cleaned: CleanText) -> None:
    assert raw_span(cleaned, 3, 3) == (4, 4)
    assert raw_span(CleanText("", (0,), (), ()), 0, 0) == (0, 0)


@given(st.integers(0, 9), st.integers(0, 9))
def test_many_spans_are_placed_as_each_alone(start: int, length: int) -> None:
    cleaned = CleanText("ab cd-efgh", (0, 4), (0, 3, 6), (0, 4, 8))
    end = min(start + length, 10)
    assert places(cleaned, (start, None), (end, None)) == [
        (*raw_span(cleaned, start, end), page_of(cleaned.page_starts, start)),
        (None, None, None),
    ]


def test_the_map_has_an_entry_only_where_the_distance_changes(cleaned: CleanText) -> None:
    assert (cleaned.map_clean, cleaned.map_raw) == ((0, 3, 6), (0, 4, 8))


@pytest.mark.parametrize(
    ("offset", "page"),
    [
        pytest.param(0, 1, id="first-character"),
        pytest.param(9, 1, id="last-of-the-first-page"),
        pytest.param(10, 2, id="first-of-the-second-page"),
        pytest.param(20, 4, id="an-empty-page-is-passed"),
    ],
)
def test_an_offset_is_on_a_page(offset: int, page: int) -> None:
    assert page_of((0, 10, 20, 20), offset) == page
