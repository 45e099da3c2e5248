"""The look of a letter's text."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from imr.synthetic.compose import compose
from imr.synthetic.letter import Piece, SyntheticLetter
from imr.synthetic.render import PAGE, WIDTH, folded, text_of


@pytest.fixture(scope="module")
def letter() -> SyntheticLetter:
    return next(x for x in (compose(11, n) for n in range(100)) if x.header and len(x.truth.decisions) > 3)


@pytest.mark.parametrize(
    ("piece", "lines"),
    [
        pytest.param(Piece("issue", "Upheld", "Walker:"), ["Walker: Upheld"], id="outcome-behind-the-title"),
        pytest.param(Piece("issue", "\nUpheld", "Walker:"), ["Walker:", "Upheld"], id="outcome-on-its-own-line"),
        pytest.param(Piece("body", "a b\nc"), ["a b", "c"], id="forced-break"),
        pytest.param(
            Piece("body", "one two three four"), ["one two three ", "four"], id="wrapped-line-keeps-its-blank"
        ),
        pytest.param(Piece("body", "incomprehensible it is"), ["incomprehensible ", "it is"], id="word-too-long"),
    ],
)
def test_folding(piece: Piece, lines: list[str]) -> None:
    assert folded(piece, 15) == lines


def test_layouts_hold_the_same_words(letter: SyntheticLetter) -> None:
    plain, spread = text_of(replace(letter, layout="plain")), text_of(replace(letter, layout="spread"))
    assert plain.split() == spread.split()
    assert spread.count("\n") > 2 * plain.count("\n") - 10


def test_plain_text_starts_with_the_header_and_breaks_pages_by_one_blank_line(letter: SyntheticLetter) -> None:
    lines = text_of(replace(letter, layout="plain")).split("\n")
    assert lines[0] == f"Case Number: {letter.case_number}"
    assert lines[3:5] == ["Priority: Standard Application ", "Received: "]
    assert lines[PAGE] == ""
    assert all(lines[:PAGE])
    assert max(map(len, lines)) <= WIDTH + 1


def test_spread_text_has_a_blank_after_every_line_and_runs_of_them_at_page_breaks(letter: SyntheticLetter) -> None:
    text = text_of(replace(letter, layout="spread", header=None))
    lines = text.split("\n")
    assert text.startswith(" HOW THE IMR FINAL DETERMINATION WAS MADE \n\n")
    assert all(not after for before, after in pairwise(lines) if before.strip())
    assert "\n\n\n\n" in text
