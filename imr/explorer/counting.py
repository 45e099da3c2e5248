"""How many decisions of a search have each value of a field: what its facets and its odds are made of.

Words that people look for stand in most decisions. Where a search finds more than half of all, those that it does not
find are counted instead, and taken away from the counts of all, which are kept as long as the index is open.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, NamedTuple

from tantivy import Occur, Query

from imr.explorer import words
from imr.explorer.facets import FACETS, STAGES
from imr.explorer.generation import Generation
from imr.explorer.search import Search, query_of

FIELDS = (*FACETS, *STAGES)
"""All fields whose values are counted for a page."""

# The index counts at most 65,000 values at once, of all fields together.
_MOST_VALUES = 1000
_MOST_DAYS = 10_000
_THREADS = min(os.cpu_count() or 1, 4)
_TOTAL = "total"


class Values(NamedTuple):
    """The values of a field, each with how many decisions have it, the most frequent first."""

    decisions: Mapping[str, int]
    are_all: bool
    """False where the field has so many that the rarest are left out."""


class Counts(NamedTuple):
    """The decisions of a search: how many they are, and the values of some fields: facets, and stages in days."""

    total: int
    fields: Mapping[str, Values]


def counts(index: Generation, search: Search, names: Sequence[str], *, overturned: bool = False) -> Counts:
    """The values of some fields among the decisions of a search, or among those of them that were overturned.

    These are the decisions in which the denial was overturned wholly or in part.
    """
    key = (search.found_by, overturned, *names)
    return index.kept.get(key, lambda: _counts(index, search, names, overturned))


def counted(index: Generation, query: Query) -> int:
    """How many decisions a query finds."""
    return aggregated(index, query, ()).total


def _counts(index: Generation, search: Search, names: Sequence[str], overturned: bool) -> Counts:
    every = Search(earlier=search.earlier)
    query = _query(index, search, overturned)
    if search.found_by == every.found_by or 2 * _size(index, search) <= _size(index, every):
        return aggregated(index, query, names)
    whole = counts(index, every, names, overturned=overturned)
    known = [name for name in names if whole.fields[name].are_all]
    others = Query.boolean_query([(Occur.Must, _query(index, every, overturned)), (Occur.MustNot, query)])
    rest = aggregated(index, others, known)
    left = {name: _less(whole.fields[name], rest.fields[name]) for name in known}
    if unknown := [name for name in names if name not in left]:
        left |= aggregated(index, query, unknown).fields
    return Counts(whole.total - rest.total, left)


def _query(index: Generation, search: Search, overturned: bool) -> Query:
    query = query_of(index, search)
    return words.all_of([query, Query.term_query(index.index.schema, "overturned", 1)]) if overturned else query


def _size(index: Generation, search: Search) -> int:
    return index.kept.get(search.found_by, lambda: counted(index, query_of(index, search)))


def _less(whole: Values, part: Values) -> Values:
    left = ((value, count - part.decisions.get(value, 0)) for value, count in whole.decisions.items())
    return Values(_by_frequency({value: count for value, count in left if count}), are_all=True)


def aggregated(index: Generation, query: Query, names: Sequence[str]) -> Counts:
    """The values of some fields among the decisions that a query finds; each core counts a part of the fields."""
    total = {_TOTAL: {"value_count": {"field": "key"}}}
    asked = [total | {name: _terms(name) for name in part} for part in _parts(names)]
    got: dict[str, Any] = {}
    for some in _threads().map(lambda part: index.searcher.aggregate(query, part), asked):
        got |= some
    return Counts(int(got.pop(_TOTAL)["value"]), {name: _values(got[name]) for name in names})


def _parts(names: Sequence[str]) -> list[Sequence[str]]:
    return [names[start::_THREADS] for start in range(min(_THREADS, max(len(names), 1)))]


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_THREADS, "counting")


def _terms(name: str) -> dict[str, Any]:
    return {"terms": {"field": name, "size": _MOST_DAYS if name in STAGES else _MOST_VALUES}}


def _values(got: Mapping[str, Any]) -> Values:
    found = {_said(bucket["key"]): int(bucket["doc_count"]) for bucket in got["buckets"]}
    return Values(_by_frequency(found), are_all=not got["sum_other_doc_count"])


def _said(key: str | float) -> str:
    return key if isinstance(key, str) else str(int(key))


def _by_frequency(decisions: Mapping[str, int]) -> Mapping[str, int]:
    return dict(sorted(decisions.items(), key=lambda each: (-each[1], each[0])))
