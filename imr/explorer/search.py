"""A search as its address says it, and as a query of the index."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any
from urllib.parse import quote_plus

from tantivy import Index, Query

from imr.explorer import words
from imr.explorer.facets import COMPARED, FACETS

MOST_LETTERS = 1000
"""Of a search's words: nobody types more."""

_MOST_VALUES = 100  # of an address
_MOST_DIGITS = 20
_ONCE = ("q", "page", "sort", "compare", "earlier", "same")
_NO_TEXT = re.compile("[\\0\\ufffd\\ud800-\\udfff]")
"""Also what stands for bytes that are no UTF-8."""

SORTS = ("relevance", "newest", "oldest")
_LAST_PAGE = 500


class NotUnderstoodError(ValueError):
    """An address that means no search; the message says why, for people."""


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
        """The search of an address. Names that no page of ours writes into one mean nothing.

        Raises:
            NotUnderstoodError: a value can mean nothing, or it says too much.
        """
        said = _said(parameters)
        one = {name: _only(name, said[name]) for name in _ONCE if name in said}
        return cls(
            one.get("q", "").strip(),
            {name: tuple(dict.fromkeys(said[name])) for name in FACETS if name in said},
            _one_of("sort", one.get("sort", ""), SORTS),
            _whole("page", one.get("page", ""), range(1, _LAST_PAGE + 1)) or 1,
            _one_of("compare", one.get("compare", ""), COMPARED),
            _one_of("earlier", one.get("earlier", ""), ("yes",)) == "yes",
            _whole("same", one.get("same", ""), range(2**64)),
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


def _said(parameters: Sequence[tuple[str, str]]) -> Mapping[str, list[str]]:
    """What an address says by name, of names that mean something."""
    said: dict[str, list[str]] = {}
    for name, value in parameters:
        if value and (name in _ONCE or name in FACETS):
            said.setdefault(name, []).append(value)
            if len(value) > MOST_LETTERS:
                raise NotUnderstoodError(f"“{name}” is longer than {MOST_LETTERS:,} characters.")
            if _NO_TEXT.search(value):
                raise NotUnderstoodError(f"“{name}” has characters that no text has.")
    if sum(map(len, said.values())) > _MOST_VALUES:
        raise NotUnderstoodError(f"It has more than {_MOST_VALUES} values.")
    return said


def _only(name: str, values: Sequence[str]) -> str:
    if len(set(values)) > 1:
        raise NotUnderstoodError(f"“{name}” stands in it twice.")
    return values[0]


def _one_of(name: str, value: str, known: Collection[str]) -> str:
    if value and value not in known:
        raise NotUnderstoodError(f"“{name}” is none of: {', '.join(known)}.")
    return value


def _whole(name: str, said: str, known: range) -> int | None:
    if not said:
        return None
    if not (said.isascii() and said.isdigit() and len(said) <= _MOST_DIGITS and int(said) in known):
        raise NotUnderstoodError(f"“{name}” is no whole number from {known[0]:,} to {known[-1]:,}.")
    return int(said)


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
