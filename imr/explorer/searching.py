"""What a search finds in an index: a page of decisions, and by which values there are how many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from tantivy import Order

from imr.explorer import words
from imr.explorer.counting import FIELDS, Values, counts
from imr.explorer.facets import FACETS
from imr.explorer.generation import Generation
from imr.explorer.search import Search, query_of
from imr.explorer.snippets import Hit, hits

PER_PAGE = 20
_VALUES = 200  # of a facet, the most frequent ones
_BY_VALUE = frozenset({"year", "decided"})  # in their own order, not by how many there are


class Count(NamedTuple):
    """One value of a facet and how many of the decisions have it."""

    value: str
    decisions: int
    chosen: bool


class Found(NamedTuple):
    """One page of what a search finds."""

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, tuple[Count, ...]]


def found(index: Generation, search: Search) -> Found:
    """What an index has for a search: the decisions of its page, and how many there are by facet."""
    query = query_of(index, search)
    result = index.searcher.search(query, PER_PAGE, count=False, offset=(search.page - 1) * PER_PAGE, **_order(search))
    asked = words.query_of(index.index, search.text) if search.text else None
    shown = tuple(hits(index, asked, [address for _, address in result.hits]))
    return Found(counts(index, search, FIELDS).total, shown, _facets(index, search))


def _order(search: Search) -> dict[str, Any]:
    if search.order == "relevance":
        return {}
    return {"order_by_field": "day", "order": Order.Desc if search.order == "newest" else Order.Asc}


def _facets(index: Generation, search: Search) -> Mapping[str, tuple[Count, ...]]:
    """The values of each facet; of one with chosen values, as if none of them were: what else could be chosen."""
    values = dict(counts(index, search, FIELDS).fields)
    for name in search.chosen:
        values |= counts(index, search.without_facet(name), (name,)).fields
    return {name: tuple(_counts(search.chosen.get(name, ()), name, values[name])) for name in FACETS}


def _counts(chosen: tuple[str, ...], name: str, values: Values) -> Iterator[Count]:
    there = list(values.decisions.items())[:_VALUES]
    for value in chosen:
        yield Count(value, values.decisions.get(value, 0), chosen=True)
    for value, decisions in sorted(there, reverse=True) if name in _BY_VALUE else there:
        if value not in chosen:
            yield Count(value, decisions, chosen=False)
