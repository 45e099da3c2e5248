"""What a search finds in an index: a page of decisions, and by which values there are how many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

from tantivy import Order

from imr.explorer import words
from imr.explorer.counting import Values, beside, counts, values
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
    query = query_of(index.index, search)
    ranked = beside(partial(index.searcher.search, query, PER_PAGE, count=False, **_page(search)))
    of_all = counts(index, search).all  # while they are ranked
    asked = words.query_of(index.index, search.text) if search.text else None
    shown = tuple(hits(index, asked, [address for _, address in ranked.result().hits]))
    return Found(of_all.decisions, shown, _facets(index, search, of_all.fields))


def _page(search: Search) -> dict[str, Any]:
    place = {"offset": (search.page - 1) * PER_PAGE}
    if search.order == "relevance":
        return place
    return {**place, "order_by_field": "day", "order": Order.Desc if search.order == "newest" else Order.Asc}


def _facets(index: Generation, search: Search, fields: Mapping[str, Values]) -> Mapping[str, tuple[Count, ...]]:
    """The values of each facet; of one with chosen values, as if none of them were: what else could be chosen."""
    others = {name: values(index, search.without_facet(name), name) for name in search.chosen}
    return {name: tuple(_counts(search.chosen.get(name, ()), name, others.get(name, fields[name]))) for name in FACETS}


def _counts(chosen: tuple[str, ...], name: str, said: Values) -> Iterator[Count]:
    there = list(said.decisions.items())[:_VALUES]
    for value in chosen:
        yield Count(value, said.decisions.get(value, 0), chosen=True)
    for value, decisions in sorted(there, reverse=True) if name in _BY_VALUE else there:
        if value not in chosen:
            yield Count(value, decisions, chosen=False)
