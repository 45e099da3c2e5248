"""A search as its address says it, and what it finds in an index."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple
from urllib.parse import urlencode

from tantivy import Order, Query

from imr.explorer import words
from imr.explorer.facets import FACETS
from imr.explorer.generation import Generation
from imr.explorer.snippets import Hit, hits

PER_PAGE = 20
MOST_LETTERS = 1000
"""Of a search's words: nobody types more."""

SORTS = ("relevance", "newest", "oldest")
_VALUES = 200  # of a facet, the most frequent ones
_LAST_PAGE = 500
_BY_VALUE = frozenset({"year", "decided"})  # in their own order, not by how many there are


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for: words, and of each facet the values any of which a decision has to have."""

    text: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = ""
    page: int = 1
    compare: str = ""
    """The facet by which outcomes are compared besides the usual ones."""
    earlier: bool = False
    """Whether letters count that a newer one of the same case has replaced."""
    same: int | None = None
    """The number of a rationale that the decisions have word for word."""

    @classmethod
    def of(cls, parameters: Sequence[tuple[str, str]]) -> Search:
        """The search of an address. What no page of ours writes into one means nothing."""
        first = dict(reversed(parameters))
        chosen = {name: tuple(dict.fromkeys(v for n, v in parameters if n == name and v)) for name in FACETS}
        return cls(
            first.get("q", "").strip()[:MOST_LETTERS],
            {name: values for name, values in chosen.items() if values},
            first["sort"] if first.get("sort") in SORTS else "",
            _whole(first.get("page", ""), _LAST_PAGE) or 1,
            first["compare"] if first.get("compare") in FACETS and FACETS[first["compare"]].compared else "",
            first.get("earlier") == "yes",
            _whole(first.get("same", ""), 2**64 - 1),
        )

    @property
    def address(self) -> str:
        """The search as the query of an address; `?` even if it is empty."""
        said = [("q", self.text)] if self.text else []
        said += [(name, value) for name, values in self.chosen.items() for value in values]
        said += [("compare", self.compare)] if self.compare else []
        said += [("sort", self.sort)] if self.sort else []
        said += [("same", str(self.same))] if self.same is not None else []
        said += [("earlier", "yes")] if self.earlier else []
        said += [("page", str(self.page))] if self.page > 1 else []
        return f"?{urlencode(said)}"

    def also(self, name: str, value: str) -> Search:
        """The same with one more value of a facet."""
        values = dict.fromkeys([*self.chosen.get(name, ()), value])
        return replace(self, chosen={**self.chosen, name: tuple(values)}, page=1)

    def without(self, name: str, value: str) -> Search:
        """The same without one value of a facet."""
        left = tuple(other for other in self.chosen.get(name, ()) if other != value)
        rest = {other: values for other, values in self.chosen.items() if other != name}
        return replace(self, chosen={**rest, name: left} if left else rest, page=1)

    def but(self, **changes: Any) -> Search:  # noqa: ANN401 - as the fields are
        """The same with other fields, from the first page on."""
        return replace(self, **{"page": 1, **changes})

    @property
    def order(self) -> str:
        """How its decisions are sorted."""
        return self.sort or ("relevance" if self.text else "newest")


def _whole(said: str, most: int) -> int | None:
    """A whole number of an address, if it is one that can be meant."""
    return (
        int(said) if said.isascii() and said.isdigit() and len(said) <= len(str(most)) and int(said) <= most else None
    )


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


def query_of(index: Generation, search: Search, *, without: str = "") -> Query:
    """The query of a search, if need be without the chosen values of one facet."""
    parts = [] if search.earlier else [Query.term_query(index.index.schema, "latest", 1)]
    if search.text:
        parts.append(words.query_of(index.index, search.text) or Query.empty_query())
    if search.same is not None:
        parts.append(Query.term_query(index.index.schema, "same", search.same))
    for name, values in search.chosen.items():
        if name != without:
            parts.append(Query.const_score_query(Query.term_set_query(index.index.schema, name, list(values)), 0.0))
    return words.all_of(parts)


def found(index: Generation, search: Search) -> Found:
    """What an index has for a search: the decisions of its page, and how many there are by facet."""
    query = query_of(index, search)
    result = index.searcher.search(query, PER_PAGE, count=False, offset=(search.page - 1) * PER_PAGE, **_order(search))
    asked = words.query_of(index.index, search.text) if search.text else None
    shown = tuple(hits(index, asked, [address for _, address in result.hits]))
    return Found(counted(index, query), shown, _facets(index, search, query))


def counted(index: Generation, query: Query) -> int:
    """How many decisions a query finds."""
    return int(index.searcher.aggregate(query, {"all": {"value_count": {"field": "key"}}})["all"]["value"])


def _order(search: Search) -> dict[str, Any]:
    if search.order == "relevance":
        return {}
    return {"order_by_field": "day", "order": Order.Desc if search.order == "newest" else Order.Asc}


def _facets(index: Generation, search: Search, query: Query) -> Mapping[str, tuple[Count, ...]]:
    """The values of each facet; of one with chosen values, as if none of them were: what else could be chosen."""
    free = {name: _terms(name) for name in FACETS if name not in search.chosen}
    got = index.searcher.aggregate(query, free)
    for name in search.chosen:
        others = query_of(index, search, without=name)
        got |= index.searcher.aggregate(others, {name: _terms(name)})
    return {name: tuple(_counts(search, name, got[name]["buckets"])) for name in FACETS}


def _terms(name: str) -> dict[str, Any]:
    return {"terms": {"field": name, "size": _VALUES}}


def _counts(search: Search, name: str, buckets: Sequence[Mapping[str, Any]]) -> Iterator[Count]:
    chosen = search.chosen.get(name, ())
    there = {bucket["key"]: bucket["doc_count"] for bucket in buckets}
    if name in _BY_VALUE:
        there = dict(sorted(there.items(), reverse=True))
    for value in chosen:
        yield Count(value, there.get(value, 0), chosen=True)
    yield from (Count(value, count, chosen=False) for value, count in there.items() if value not in chosen)
