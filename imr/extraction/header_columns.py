"""The dates of a header block whose table an extractor read column by column: labels first, their values after.

Labels and dates are read as a row of tokens. As many dates as there were labels before them belong to these, in order,
whatever they say. Where the columns are mixed up further, what has happened first tells which date is whose.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from itertools import groupby
from typing import NamedTuple

from imr.records import Found, Span
from imr.rules import load_rules


class _Token(NamedTuple):
    start: int
    label: str | None
    date: Found[dt.date] | None


def dates_in_columns(text: str, region: Span) -> Mapping[str, Found[dt.date] | None]:
    """The dates of a header block by the name of their column; none where every date stands beside its label.

    Where there are not as many dates as labels, the label that the first of several dates follows is given without one:
    it would take another label's date for its own.
    """
    printed = [_Token(place.start, name, None) for name, place in labels_in(text, region)]
    tokens = sorted([*printed, *_dates_in(text, region)], key=lambda token: token.start)
    labels = [token.label for token in tokens if token.label]
    dates = [token.date for token in tokens if token.date]
    runs = [[*group] for _, group in groupby(tokens, key=lambda token: token.label is None)]
    beside = all(len(run) == 1 for run in runs) and (len(labels) < 2 or tokens[0].label)
    if beside or len(set(labels)) < len(labels):
        return {}
    pairs = [*zip(runs[::2], runs[1::2], strict=False)] if tokens[0].label else []
    if len(labels) != len(dates):
        return {named[-1].label or "": None for named, given in pairs if 1 < len(named) != len(given) > 1}
    in_order = dict(zip(labels, dates, strict=True))
    if pairs and all(len(named) == len(given) for named, given in pairs):
        return in_order
    by_time = sorted(dates, key=lambda date: date.value)
    return dict(zip(sorted(labels, key=order_of_dates().index), by_time, strict=True))


def alone(name: str) -> re.Pattern[str]:
    """What a value reads like that stands without its label."""
    return load_rules("extraction", "header").pattern("alone", name).expression


def order_of_dates() -> Sequence[str]:
    """The names of a letter's dates in the order in which they happen."""
    names: list[str] = load_rules("extraction", "header")["order"]["dates"]
    return names


def labels_in(text: str, region: Span, besides: Collection[str] = ()) -> Iterator[tuple[str, Span]]:
    """The labels of dates, by the names of their columns, and where each stands; none of the columns `besides`."""
    for name, label in _labels():
        for match in label.finditer(text, *region) if name not in besides else ():
            yield name, Span(*match.span())


def _dates_in(text: str, region: Span) -> Iterator[_Token]:
    for match in alone("date").finditer(text, *region):
        month, day, year = map(int, match[0].split("/"))
        try:
            date = dt.date(year, month, day)
        except ValueError:
            continue  # no such day: then there are fewer dates than labels, and each stands beside its own or nowhere
        yield _Token(match.start(), None, Found(date, *match.span(), "header_columns", "inferred"))


@cache
def _labels() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((label.name, label.expression) for label in load_rules("extraction", "header").patterns("label"))
