"""How many decisions of a search have each value of a field: what its facets and its odds are made of.

Words that people look for stand in most decisions. Where a search is likely to find more than half of all, those that
it does not find are counted instead, and taken away from the counts of all, which are made with the index.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import Any, NamedTuple, TypeVar

from tantivy import Index, Occur, Query, Searcher

from imr.explorer import words
from imr.explorer.facets import COMPARED, FACETS, STAGES
from imr.explorer.generation import COUNTS, Generation
from imr.explorer.search import Search, query_of

T = TypeVar("T")

FIELDS = (*FACETS, *STAGES)
"""All fields whose values are counted for a page."""

# The index counts at most 65,000 values at once, of all fields together.
_MOST_VALUES = 1000
_MOST_DAYS = 10_000
_THREADS = min(os.cpu_count() or 1, 4)
_FEW = 50_000
"""Decisions that one thread counts as fast: each other one would have to find them as well."""
_TOTAL, _OVERTURNED = "total", "overturned"


class Values(NamedTuple):
    """The values of a field, each with how many decisions have it, the most frequent first."""

    decisions: Mapping[str, int]
    are_all: bool
    """False where the field has so many that the rarest are left out."""


class Tally(NamedTuple):
    """How many decisions there are, and the values of some fields: facets, and stages in days."""

    decisions: int
    fields: Mapping[str, Values]


class Counts(NamedTuple):
    """All decisions of a search, and those of them in which the denial was overturned, wholly or in part.

    Of the latter there are the facets by which outcomes are compared.
    """

    all: Tally
    overturned: Tally


def counts(index: Generation, search: Search) -> Counts:
    """The values of all fields among the decisions of a search."""
    return index.kept.get(search.found_by, lambda: _counts(index, search))


def values(index: Generation, search: Search, name: str) -> Values:
    """The values of one field among the decisions of a search."""
    if search.found_by == _every(search).found_by:
        return counts(index, search).all.fields[name]
    query = query_of(index.index, search)
    return index.kept.get((search.found_by, name), lambda: aggregated(index.searcher, query, (name,)).all.fields[name])


def counted(index: Generation, query: Query) -> int:
    """How many decisions a query finds."""
    return aggregated(index.searcher, query, ()).all.decisions


def counts_of_all(index: Index) -> bytes:
    """The counts of all decisions, and of those in letters that none has replaced, to be kept with the index."""
    every = (Search(), Search(earlier=True))
    return json.dumps({each.found_by: aggregated(index.searcher(), query_of(index, each)) for each in every}).encode()


def beside(work: Callable[[], T]) -> Future[T]:
    """Have something done by the threads that count, while they have room."""
    return _threads().submit(work)


def _counts(index: Generation, search: Search) -> Counts:
    every = _every(search)
    if search.found_by == every.found_by:
        return _structured(json.loads((index.folder / COUNTS).read_bytes())[every.found_by])
    query = query_of(index.index, search)
    whole = counts(index, every)
    size = _likely_found(index, search, whole.all)
    if 2 * size <= whole.all.decisions:
        return aggregated(index.searcher, query, size=size)
    known = [name for name, values in whole.all.fields.items() if values.are_all]
    others = Query.boolean_query([(Occur.Must, query_of(index.index, every)), (Occur.MustNot, query)])
    rest = aggregated(index.searcher, others, known, whole.all.decisions - size)
    rare = aggregated(index.searcher, query, [name for name in FIELDS if name not in known])
    return Counts(*(_less(*each) for each in zip(whole, rest, rare, strict=True)))


def _likely_found(index: Generation, search: Search, whole: Tally) -> int:
    """About how many decisions a search finds: as many as have the rarest of what it asks for."""
    if search.same is not None:
        return 0
    with_each = [words.likely_found(index.searcher, search.text)]
    for name, chosen in search.chosen.items():
        with_each.append(sum(whole.fields[name].decisions.get(value, 0) for value in chosen))
    return min(with_each)


def _every(search: Search) -> Search:
    """All decisions among which a search looks."""
    return Search(earlier=search.earlier)


def _structured(said: Sequence[Any]) -> Counts:
    return Counts(*(Tally(n, {name: Values(*values) for name, values in fields.items()}) for n, fields in said))


def _less(whole: Tally, part: Tally, rare: Tally) -> Tally:
    """What is left of a whole without a part; of fields with too many values, what was counted of them."""
    left = {
        name: _without(values, part.fields[name]) for name, values in whole.fields.items() if name not in rare.fields
    }
    return Tally(whole.decisions - part.decisions, {**left, **rare.fields})


def _without(whole: Values, part: Values) -> Values:
    left = ((value, count - part.decisions.get(value, 0)) for value, count in whole.decisions.items())
    return Values(_by_frequency({value: count for value, count in left if count}), are_all=True)


def aggregated(searcher: Searcher, query: Query, names: Sequence[str] = FIELDS, size: int = _FEW + 1) -> Counts:
    """The values of some fields among the decisions that a query finds; each core counts a part of the fields."""
    parts = _parts(names, 1 if size <= _FEW else _THREADS)
    got = list(_threads().map(lambda part: searcher.aggregate(query, _asked(part)), parts))
    fields = {name: _values(each[name]) for part, each in zip(parts, got, strict=True) for name in part}
    overturned = {
        name: _values(each[_OVERTURNED][name])
        for part, each in zip(parts, got, strict=True)
        for name in part
        if name in COMPARED
    }
    total, of_them = got[0][_TOTAL]["value"], got[0][_OVERTURNED]["doc_count"]
    return Counts(Tally(int(total), fields), Tally(int(of_them), overturned))


def _parts(names: Sequence[str], most: int) -> list[Sequence[str]]:
    return [names[start::most] for start in range(min(most, max(len(names), 1)))]


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_THREADS, "counting")


def _asked(names: Sequence[str]) -> dict[str, Any]:
    compared = {name: _terms(name) for name in names if name in COMPARED}
    return {
        _TOTAL: {"value_count": {"field": "key"}},
        _OVERTURNED: {"filter": "overturned:1", "aggs": compared},
        **{name: _terms(name) for name in names},
    }


def _terms(name: str) -> dict[str, Any]:
    return {"terms": {"field": name, "size": _MOST_DAYS if name in STAGES else _MOST_VALUES}}


def _values(got: Mapping[str, Any]) -> Values:
    found = {_said(bucket["key"]): int(bucket["doc_count"]) for bucket in got["buckets"]}
    return Values(_by_frequency(found), are_all=not got["sum_other_doc_count"])


def _said(key: str | float) -> str:
    return key if isinstance(key, str) else str(int(key))


def _by_frequency(decisions: Mapping[str, int]) -> Mapping[str, int]:
    return dict(sorted(decisions.items(), key=lambda each: (-each[1], each[0])))
