"""How often denials were overturned among the decisions that a search finds, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from imr.aggregation.outcomes import FEWEST, wilson_interval
from imr.explorer.counting import Values, counts
from imr.explorer.facets import FACETS, STAGES
from imr.explorer.generation import Generation
from imr.explorer.search import Search

USUAL = ("specialty", "guideline")
"""By what outcomes are compared unless told."""

YEAR = "decided"
_GROUPS = 12


class Odds(NamedTuple):
    """Decisions, those of them in which the denial was overturned, wholly or in part, and the share's 95 % interval."""

    decisions: int
    overturned: int

    @property
    def is_enough(self) -> bool:
        """Whether a share says anything."""
        return self.decisions >= FEWEST

    @property
    def share(self) -> float:
        """Overturned, over decisions."""
        return self.overturned / self.decisions

    @property
    def interval(self) -> tuple[float, float]:
        """Ends of the 95 % Wilson interval."""
        low, high = wilson_interval(self.overturned, self.decisions)
        return float(low), float(high)


class Group(NamedTuple):
    """The decisions with one value of a facet."""

    value: str
    odds: Odds


class Comparison(NamedTuple):
    """The groups of a facet that are large enough, the largest first, and whether there are others."""

    name: str
    title: str
    groups: tuple[Group, ...]
    others: bool


class Stage(NamedTuple):
    """Days between two dates of the cases: the middle half of them, and the median."""

    name: str
    decisions: int
    low: int
    median: int
    high: int


class Outcomes(NamedTuple):
    """The odds of what a search finds: altogether, by year, and by what they are compared by."""

    all: Odds
    years: tuple[Group, ...]
    comparisons: tuple[Comparison, ...]
    stages: tuple[Stage, ...]


def outcomes(index: Generation, search: Search) -> Outcomes:
    """The odds of all decisions that a search finds, not only of those on its page."""
    names = [*([search.compare] if search.compare else []), *(name for name in USUAL if name != search.compare)]
    all_of, overturned = counts(index, search)
    groups = {name: tuple(_groups(all_of.fields[name], overturned.fields[name])) for name in (YEAR, *names)}
    return Outcomes(
        Odds(all_of.decisions, overturned.decisions),
        tuple(sorted(groups[YEAR], key=lambda group: group.value)),
        tuple(_comparison(name, groups[name]) for name in names),
        tuple(stage for name in STAGES if (stage := _stage(name, all_of.fields[name].decisions))),
    )


def _groups(values: Values, overturned: Values) -> Iterator[Group]:
    for value, decisions in values.decisions.items():
        yield Group(value, Odds(decisions, overturned.decisions.get(value, 0)))


def _comparison(name: str, groups: Sequence[Group]) -> Comparison:
    large = tuple(group for group in groups[:_GROUPS] if group.odds.is_enough)
    return Comparison(name, FACETS[name].title, large, len(large) < len(groups))


def _stage(name: str, decisions: Mapping[str, int]) -> Stage | None:
    """The quartiles of some days, each of which comes with how often it is there."""
    days = sorted((int(day), count) for day, count in decisions.items())
    total = sum(count for _, count in days)
    if total < FEWEST:
        return None
    return Stage(name, total, *(_quantile(days, total, share) for share in (0.25, 0.5, 0.75)))


def _quantile(days: Sequence[tuple[int, int]], total: int, share: float) -> int:
    """The least number of days that so large a share of the decisions took at most."""
    reached = 0
    for day, count in days:
        reached += count
        if reached >= share * total:
            return day
    return days[-1][0]
