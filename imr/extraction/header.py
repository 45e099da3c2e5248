"""The header block: case number, dates and priority, each by its label."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from functools import cache
from itertools import pairwise
from typing import NamedTuple, TypeVar

from imr.extraction.header_columns import alone, dates_in_columns, labels_in, order_of_dates
from imr.records import Case, Found, Span
from imr.rules import load_rules
from imr.text import fold
from imr.warnings import WarningCode

T = TypeVar("T")

_TEXT_FIELDS = ("case_number", "priority")


class Header(NamedTuple):
    """What the header block says; a field it does not name is None."""

    case_number: Found[str] | None
    priority: Found[str] | None
    dates: dict[str, Found[dt.date]]
    """By the name of their column."""
    warnings: tuple[str, ...]


def read_header(text: str, region: Span) -> Header:
    """Read the header block that stands in `region`; an empty region, as letters without one have, reads as empty."""
    matches: dict[str, re.Match[str]] = {}
    for name, pattern in _fields():
        if name not in matches and (match := pattern.search(text, *region)):
            matches[name] = match
    texts = {name: _found(matches[name], fold(matches[name]["value"])) for name in _TEXT_FIELDS if name in matches}
    texts |= {name: found for name in _TEXT_FIELDS if name not in texts and (found := _alone(text, region, name))}
    read = {name: _date(match) for name, match in matches.items() if name not in _TEXT_FIELDS}
    if len(read) < len(order_of_dates()):  # each beside its label, they are in no columns
        read |= dates_in_columns(text, region)
    dates = {name: date for name, date in read.items() if date is not None}
    unreadable = len(dates) < len(read) or _in_another_form(text, region, dates)
    priority = texts.get("priority")
    return Header(
        texts.get("case_number"),
        priority._replace(value=priority.value.lower()) if priority else None,
        dates,
        (WarningCode.DATE_UNREADABLE,) if unreadable else (),
    )


def case_number_in_name(source_name: str) -> str | None:
    """The case number that a file name holds: the public letters are named by it."""
    match = _file_name().search(source_name)
    return match[0] if match else None


def dates_out_of_order(case: Case) -> bool:
    """Whether two of a letter's dates stand in an order in which they cannot have happened."""
    known = [date for name in order_of_dates() if (date := getattr(case, name))]
    return any(later < earlier for earlier, later in pairwise(known))


def _in_another_form(text: str, region: Span, dates: Collection[str]) -> bool:
    """Whether something that begins like a date stands behind the label of one that was not read."""
    begins = load_rules("extraction", "header").pattern("another_form").expression
    return any(begins.match(text, label.end, region.end) for _, label in labels_in(text, region, besides=dates))


def _alone(text: str, region: Span, name: str) -> Found[str] | None:
    """A value that is the only one of its kind and stands on a line without its label."""
    matches = list(alone(name).finditer(text, *region))
    return Found(matches[0][0], *matches[0].span(), "header_columns", "inferred") if len(matches) == 1 else None


def _found(match: re.Match[str], value: T) -> Found[T]:
    return Found(value, *match.span("value"), "header_label")


def _date(match: re.Match[str]) -> Found[dt.date] | None:
    month, day, year = map(int, match["value"].split("/"))
    try:
        return _found(match, dt.date(year, month, day))
    except ValueError:
        return None  # no such day: said by the warning, never guessed


@cache
def _fields() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((field.name, field.expression) for field in load_rules("extraction", "header").patterns("field"))


@cache
def _file_name() -> re.Pattern[str]:
    return load_rules("extraction", "header").pattern("file_name").expression
