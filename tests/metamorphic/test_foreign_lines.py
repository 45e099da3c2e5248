"""Between an item's outcome and its first label nothing of a letter stands: whatever does changes nothing."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr.cleaning.clean import clean
from imr.cleaning.known_furniture import begins_own_part
from imr.reading.plain_text import read_plain_text
from tests.metamorphic.letters import Tables, differing, generated, tables
from tests.metamorphic.variants import FORM_FEED, NO_SEAM, Variant, plain

OUTCOME = re.compile(r"\b(?:Upheld|Overturned)\s*$")
OF_ITEMS = re.compile(r"upheld|overturned|guideline|rationale", re.IGNORECASE)

WORDS = """
Archive blue folder of the regional depot Printed page Page Sheet notice FINAL 12/03/2018 10:41 AM Q-41 #60 78-80.
therapy patient request mg pain no. left knee medically necessary is and not (see) CM18-0900009 2) IV : - | . &
"""
"""Words of furniture and of rationales, numbers and marks; none of a label or an outcome."""

LINE = st.one_of(
    st.lists(st.sampled_from(WORDS.split()), min_size=1, max_size=7).map(" ".join),
    st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=40),
).filter(lambda line: not OF_ITEMS.search(line) and not begins_own_part(line))


class Letter(NamedTuple):
    """A letter as one extractor prints it, the lines that end with an outcome, its clean text and what is read."""

    name: str
    lines: list[str]
    outcomes: list[int]
    clean: str
    tables: Tables


@cache
def letters() -> list[Letter]:
    read = []
    for name, pages in [*generated()][::3]:
        for seam in (FORM_FEED, NO_SEAM):
            text = Variant(plain, seam).text(pages)
            lines = text.split("\n")
            outcomes = [number for number, line in enumerate(lines) if OUTCOME.search(line)]
            read.append(Letter(name, lines, outcomes, cleaned(text), tables(name, text)))
    return read


def cleaned(text: str) -> str:
    return clean(read_plain_text(text.encode())).text


def with_lines(letter: Letter, item: int, foreign: list[str]) -> str:
    """The letter's text with foreign lines below the outcome of one of its items."""
    below = letter.outcomes[item % len(letter.outcomes)] + 1
    return "\n".join([*letter.lines[:below], *foreign, *letter.lines[below:]])


def test_there_are_outcomes_to_write_below() -> None:
    assert all(letter.outcomes for letter in letters())


@given(st.integers(0, 7), st.integers(0, 9), st.lists(LINE, min_size=1, max_size=3))
def test_foreign_lines_below_an_outcome_change_nothing(number: int, item: int, foreign: list[str]) -> None:
    letter = letters()[number % len(letters())]
    text = with_lines(letter, item, foreign)
    # What reads like the letter's own sentences is not cut: it is unread, and said.
    assert differing(letter.tables, letter.name, text) == []


@pytest.mark.parametrize(
    "foreign",
    [
        pytest.param("The knee was examined and the request was sent back to the office of the administrator.", id="sentence"),
        pytest.param("2", id="number"),
        pytest.param("03/02/2018 2:22 PM", id="date-and-time"),
        pytest.param("Norco 10/325mg #60", id="drug"),
        pytest.param("(continued)", id="continued"),
    ],
)  # fmt: skip
def test_a_foreign_line_below_every_outcome_changes_nothing(foreign: str) -> None:
    for letter in letters():
        lines = [half for n, line in enumerate(letter.lines) for half in (line, *([foreign] * (n in letter.outcomes)))]
        assert differing(letter.tables, letter.name, "\n".join(lines)) == []
