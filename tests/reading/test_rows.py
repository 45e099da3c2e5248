"""Words and notes in whatever order they were drawn: read as people read them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr.reading.annotations import Note
from imr.reading.rows import Word, in_reading_order


def line(x: float, y: float, text: str, run: int = 0, number: int = 0) -> list[Word]:
    """A line's words, six points a character."""
    words = []
    for word in text.split():
        words.append(Word(x, x + 6 * len(word), y, word, run, number))
        x += 6 * (len(word) + 1)
    return words


def note(text: str, left: float, bottom: float, *, free: bool) -> Note:
    return Note(text, left, bottom, left + 6 * len(text), bottom + 12, free)


LABELS = [*line(50, 700, "Case Number:", 0, 0), *line(50, 680, "Date of Injury:", 0, 1)]
VALUES = [*line(200, 700, "CM14-0000001", 1, 2), *line(200, 680, "1/2/2013", 1, 3)]
LEFT = [*line(50, 600, "the left column", 0, 0), *line(50, 588, "goes on", 0, 1)]
RIGHT = [*line(300, 600, "the right one", 1, 2), *line(300, 588, "follows it", 1, 3)]
ROWS = ["Case Number: CM14-0000001", "Date of Injury: 1/2/2013"]


@pytest.mark.parametrize(
    ("words", "rows"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param([*LABELS, *VALUES], ROWS, id="labels before values"),
        pytest.param([*VALUES, *LABELS], ROWS, id="values before labels"),
        pytest.param(
            [*LEFT, *RIGHT], ["the left column", "goes on", "the right one", "follows it"], id="columns of prose"
        ),
        pytest.param(
            [*LEFT, *(word._replace() for word in LEFT)], ["the left column", "goes on"], id="a page drawn twice"
        ),
        pytest.param(
            [*line(50, 500, "the body", 0, 0), *line(50, 700, "the header", 1, 1)],
            ["the header", "the body"],
            id="header drawn last",
        ),
    ],
)
def test_rows_are_read_from_the_top(words: list[Word], rows: list[str]) -> None:
    read, over = in_reading_order(words, [])
    assert ([row.text for row in read], over) == (rows, [])


@pytest.mark.parametrize(
    ("added", "rows", "over"),
    [
        pytest.param(note("1/2/2013", 200, 678, free=False), [ROWS[0].split(" CM")[0], ROWS[1]], [], id="a field"),
        pytest.param(
            note("1/2/2013", 200, 678, free=True), [ROWS[0].split(" CM")[0], ROWS[1]], [], id="beside a label"
        ),
        pytest.param(
            note("VOID", 60, 700, free=True),
            [row.text for row in in_reading_order(LABELS, [])[0]],
            ["VOID"],
            id="over words",
        ),
        pytest.param(
            note("seen", 50, 400, free=True),
            [*(row.text for row in in_reading_order(LABELS, [])[0]), "seen"],
            [],
            id="on a line of its own",
        ),
    ],
)
def test_a_note_stands_where_it_was_written(added: Note, rows: list[str], over: list[str]) -> None:
    read, lying_over = in_reading_order(LABELS, [added])
    assert ([row.text for row in read], lying_over) == (rows, over)


@given(st.permutations(range(8)))
def test_no_word_is_lost_in_any_order_of_drawing(order: list[int]) -> None:
    lines = [line(50, 700 - 12 * n, f"line number{n}", place, place) for place, n in enumerate(order)]
    read, _ = in_reading_order([word for each in lines for word in each], [])
    assert [row.text for row in read] == [f"line number{n}" for n in range(8)]
