"""The small chart of shares by year, as places in a picture: a bar for each year, with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from imr.explorer.odds import Group, Odds

WIDTH, HEIGHT = 320.0, 150.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 34.0, 4.0, 8.0, 22.0
_STEPS = (0.1, 0.2, 0.4, 0.6, 1.0)
"""Where the scale ends: half of it has no fraction of a percent."""


class Bar(NamedTuple):
    """One year: the middle of its place, its bar and its interval from the top; only the place if it is too small."""

    group: Group
    middle: float
    width: float
    label: str
    top: float = 0.0
    high: float = 0.0
    low: float = 0.0


class Chart(NamedTuple):
    """The chart: its bars, and lines across with their shares."""

    bars: tuple[Bar, ...]
    lines: tuple[tuple[float, str], ...]
    base: float


def chart(years: Sequence[Group]) -> Chart | None:
    """The chart of some years; None where no year has enough decisions."""
    enough = [group.odds.interval[1] for group in years if group.odds.is_enough]
    if not enough:
        return None
    years = _without_gaps(years)
    most = next(step for step in _STEPS if step >= min(max(enough), 1.0))
    base, room = HEIGHT - _BOTTOM, HEIGHT - _BOTTOM - _TOP
    place = (WIDTH - _LEFT - _RIGHT) / len(years)
    every = -(-len(years) // 8)

    def at(share: float) -> float:
        return round(base - room * min(share / most, 1.0), 1)

    def bar(number: int, group: Group) -> Bar:
        middle = round(_LEFT + place * (number + 0.5), 1)
        label = group.value if number % every == 0 else ""
        if not group.odds.is_enough:
            return Bar(group, middle, round(place * 0.6, 1), label)
        low, high = group.odds.interval
        return Bar(group, middle, round(place * 0.6, 1), label, at(group.odds.share), at(high), at(low))

    lines = tuple((at(most * part), f"{most * part * 100:g}%") for part in (0.0, 0.5, 1.0))
    return Chart(tuple(bar(number, group) for number, group in enumerate(years)), lines, base)


def _without_gaps(years: Sequence[Group]) -> list[Group]:
    """All years from the first to the last."""
    known = {int(group.value): group for group in years}
    return [known.get(year, Group(str(year), Odds(0, 0))) for year in range(min(known), max(known) + 1)]
