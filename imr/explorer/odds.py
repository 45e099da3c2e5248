"""How often denials were overturned among the decisions that a search finds, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from imr.aggregation.outcomes import FEWEST, wilson_interval
from imr.explorer.facets import FACETS, STAGES
from imr.explorer.generation import Generation
from imr.explorer.searching import Search, query_of

USUAL = ("specialty", "guideline")
"""By what outcomes are compared unless told."""

YEAR = "decided"
_GROUPS = 12
_YEARS = 60
_ALL_DAYS = 65_000


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
    query = query_of(index, search)
    names = [*([search.compare] if search.compare else []), *(name for name in USUAL if name != search.compare)]
    asked: dict[str, Any] = {name: _groups(name, _GROUPS) for name in names}
    asked["of_years"] = _groups(YEAR, _YEARS)
    asked["of_all"] = {"sum": {"field": "overturned"}}
    asked |= {name: {"terms": {"field": name, "size": _ALL_DAYS}} for name in STAGES}
    asked["counted"] = {"value_count": {"field": "overturned"}}
    got = index.searcher.aggregate(query, asked)
    years = sorted(_odds(got["of_years"]["buckets"]), key=lambda group: group.value)
    return Outcomes(
        Odds(int(got["counted"]["value"]), int(got["of_all"]["value"] or 0)),
        tuple(years),
        tuple(_comparison(name, got[name]) for name in names),
        tuple(stage for name in STAGES if (stage := _stage(name, got[name]["buckets"]))),
    )


def _groups(name: str, size: int) -> dict[str, Any]:
    overturned = {"sum": {"field": "overturned"}}
    return {"terms": {"field": name, "size": size}, "aggs": {"overturned": overturned}}


def _odds(buckets: Sequence[Mapping[str, Any]]) -> Iterator[Group]:
    for bucket in buckets:
        yield Group(bucket["key"], Odds(bucket["doc_count"], int(bucket["overturned"]["value"] or 0)))


def _comparison(name: str, got: Mapping[str, Any]) -> Comparison:
    groups = tuple(_odds(got["buckets"]))
    large = tuple(group for group in groups if group.odds.is_enough)
    return Comparison(name, FACETS[name].title, large, len(large) < len(groups) or got["sum_other_doc_count"] > 0)


def _stage(name: str, buckets: Sequence[Mapping[str, Any]]) -> Stage | None:
    """The quartiles of some days, each of which comes with how often it is there."""
    days = sorted((int(bucket["key"]), int(bucket["doc_count"])) for bucket in buckets)
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
