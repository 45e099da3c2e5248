"""A search as its address says it, and as a query of the index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any
from urllib.parse import quote_plus

from tantivy import Index, Query

from imr.explorer import words
from imr.explorer.facets import FACETS

MOST_LETTERS = 1000
"""Of a search's words: nobody types more."""

SORTS = ("relevance", "newest", "oldest")
_LAST_PAGE = 500


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
        return f"?{'&'.join(f'{name}={_quoted(value)}' for name, value in said)}"

    def also(self, name: str, value: str) -> Search:
        """The same with one more value of a facet."""
        values = dict.fromkeys([*self.chosen.get(name, ()), value])
        return replace(self, chosen={**self.chosen, name: tuple(values)}, page=1)

    def without(self, name: str, value: str) -> Search:
        """The same without one value of a facet."""
        left = tuple(other for other in self.chosen.get(name, ()) if other != value)
        rest = self.without_facet(name)
        return replace(rest, chosen={**rest.chosen, name: left}) if left else rest

    def without_facet(self, name: str) -> Search:
        """The same without all values of a facet."""
        return replace(self, chosen={other: values for other, values in self.chosen.items() if other != name}, page=1)

    def but(self, **changes: Any) -> Search:  # noqa: ANN401 - as the fields are
        """The same with other fields, from the first page on."""
        return replace(self, **{"page": 1, **changes})

    @property
    def found_by(self) -> str:
        """What is the same for two searches that find the same decisions: the address without how they are shown."""
        return self.but(compare="", sort="").address

    @property
    def order(self) -> str:
        """How its decisions are sorted."""
        return self.sort or ("relevance" if self.text else "newest")


@lru_cache(10_000)
def _quoted(value: str) -> str:
    """A value for an address: a page has hundreds, mostly the same as the page before."""
    return quote_plus(value)


def _whole(said: str, most: int) -> int | None:
    """A whole number of an address, if it is one that can be meant."""
    return (
        int(said) if said.isascii() and said.isdigit() and len(said) <= len(str(most)) and int(said) <= most else None
    )


def query_of(index: Index, search: Search) -> Query:
    """The query of a search."""
    schema = index.schema
    parts = [] if search.earlier else [Query.term_query(schema, "latest", 1)]
    if search.text:
        parts.append(words.query_of(index, search.text) or Query.empty_query())
    if search.same is not None:
        parts.append(Query.term_query(schema, "same", search.same))
    for name, values in search.chosen.items():
        parts.append(Query.const_score_query(Query.term_set_query(schema, name, list(values)), 0.0))
    return words.all_of(parts)
