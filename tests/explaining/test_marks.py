from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr.explaining.marks import Mark, Stretch, stretches


@pytest.mark.parametrize(
    ("marks", "cuts", "expected"),
    [
        pytest.param([], [], [(0, 9, ())], id="nothing"),
        pytest.param([(2, 5, 0)], [], [(0, 2, ()), (2, 5, (0,)), (5, 9, ())], id="one"),
        pytest.param([(0, 9, 0), (2, 5, 1)], [], [(0, 2, (0,)), (2, 5, (1, 0)), (5, 9, (0,))], id="nested"),
        pytest.param(
            [(0, 5, 0), (3, 9, 1)], [], [(0, 3, (0,)), (3, 5, (0, 1)), (5, 9, (1,))], id="crossing"
        ),
        pytest.param([(2, 5, 0), (2, 5, 1)], [], [(0, 2, ()), (2, 5, (0, 1)), (5, 9, ())], id="same-words"),
        pytest.param([(3, 3, 0)], [], [(0, 9, ())], id="no-words"),
        pytest.param([(2, 6, 0)], [4], [(0, 2, ()), (2, 4, (0,)), (4, 6, (0,)), (6, 9, ())], id="page-inside"),
        pytest.param([], [0, 9, 12], [(0, 9, ())], id="cuts-at-the-ends-and-outside"),
    ],
)  # fmt: skip
def test_a_text_is_cut_at_its_marks(
    marks: list[tuple[int, int, int]], cuts: list[int], expected: list[tuple[int, int, tuple[int, ...]]]
) -> None:
    assert stretches(9, [Mark(*mark) for mark in marks], cuts) == [Stretch(*stretch) for stretch in expected]


spans = st.tuples(st.integers(0, 30), st.integers(0, 30)).map(sorted)


@given(st.lists(spans, max_size=12), st.lists(st.integers(0, 40), max_size=5))
def test_nothing_is_lost_and_each_stretch_knows_all_values_over_it(found: list[list[int]], cuts: list[int]) -> None:
    marks = [Mark(start, end, number) for number, (start, end) in enumerate(found)]
    whole = stretches(30, marks, cuts)
    assert [offset for stretch in whole for offset in range(stretch.start, stretch.end)] == list(range(30))
    for stretch in whole:
        over = {mark.value for mark in marks if mark.start <= stretch.start < mark.end}
        assert set(stretch.values) == over
        assert len(stretch.values) == len(over)
        lengths = [marks[value].end - marks[value].start for value in stretch.values]
        assert lengths == sorted(lengths)
