"""Small verbs on text."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr.text import fold, lowered

BLANKS = "".join(filter(str.isspace, map(chr, range(sys.maxunicode + 1))))


@given(st.text(st.sampled_from(BLANKS + "aé\u200b\ufeff") | st.characters()))
def test_white_space_is_folded_as_words_are_joined(text: str) -> None:
    assert fold(text) == " ".join(text.split())


@pytest.mark.parametrize("blank", BLANKS)
def test_no_white_space_is_overlooked(blank: str) -> None:
    assert fold(f"one{blank}word{blank}") == "one word"


def test_marks_are_looked_for_in_lower_case() -> None:
    assert lowered("  Physical\n Therapy ") == "physical therapy"
