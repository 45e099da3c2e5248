"""The small chart of shares by year."""

from __future__ import annotations

from itertools import pairwise

from imr.explorer.chart import WIDTH, chart
from imr.explorer.odds import Group, Odds


def test_years_without_decisions_keep_their_place() -> None:
    drawn = chart([Group("2013", Odds(40, 4)), Group("2016", Odds(5, 5)), Group("2017", Odds(40, 8))])
    assert drawn is not None
    middles = [bar.middle for bar in drawn.bars]
    assert [bar.group.value for bar in drawn.bars] == ["2013", "2014", "2015", "2016", "2017"]
    assert [bar.top > 0 for bar in drawn.bars] == [True, False, False, False, True]
    assert len({round(right - left, 1) for left, right in pairwise(middles)}) == 1
    assert 0 < middles[0] < middles[-1] < WIDTH


def test_the_scale_has_room_for_every_interval_and_no_fractions() -> None:
    for overturned in range(0, 101, 5):
        drawn = chart([Group("2017", Odds(100, overturned))])
        assert drawn is not None
        assert all(0 < bar.high <= bar.top <= bar.low <= drawn.base for bar in drawn.bars)
        assert all("." not in label for _, label in drawn.lines)


def test_too_few_decisions_are_not_drawn() -> None:
    assert chart([Group("2017", Odds(5, 1))]) is None
