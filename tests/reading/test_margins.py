"""Which lines of a page stand apart in its margins."""

from __future__ import annotations

import pytest

from imr.reading.margins import margin_lines

BODY = {100 + n: 700.0 - 12 * n for n in range(50)}  # by offset: down to 112


@pytest.mark.parametrize(
    ("more", "apart"),
    [
        pytest.param({}, (), id="none"),
        pytest.param({0: 750.0}, (0,), id="header"),
        pytest.param({900: 40.0}, (900,), id="footer"),
        pytest.param({0: 750.0, 50: 738.0, 900: 40.0}, (0, 50, 900), id="header of two lines, and footer"),
        pytest.param({900: 100.0, 950: 88.0, 990: 76.0}, (), id="text that goes on to the margin"),
        pytest.param({900: 100.0, 950: 60.0}, (950,), id="a line apart below it"),
        pytest.param({0: 718.0}, (), id="apart, but not in the margin"),
    ],
)
def test_lines_apart_in_the_margins(more: dict[int, float], apart: tuple[int, ...]) -> None:
    assert tuple(sorted(margin_lines(BODY | more, 792.0))) == apart


@pytest.mark.parametrize("levels", [{}, {0: 750.0}, {0: 40.0}], ids=["empty", "one line above", "one line below"])
def test_a_page_without_a_body_has_no_margins(levels: dict[int, float]) -> None:
    assert margin_lines(levels, 792.0) == ()
