"""How much of a treatment is disputed: visits, frequency, duration, units and refills, as the title states them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from imr.extraction.amount_patterns import (
    Stated,
    amount_patterns,
    first_stated,
    kind_pattern,
    may_hold_number,
    stated_in,
    title_kind,
)
from imr.records import Found, Span
from imr.text import lowered

_MOST_DAYS_A_WEEK = 7
_COUNTED = "counted_units"
TIMES_TIMES = "times_times"
"""The rule of a title that says no more than "3x4"."""
_TEST = re.compile(r"\btests?\b(?! strips)")
_UNIT = re.compile(r"session|visit|treatment", re.IGNORECASE)
_JOINED = re.compile(
    r"(?:\b(?:and|plus)\s+(?:(?:an?|another|additional|further)\s+){0,2}|&\s*)(?=[\w(])", re.IGNORECASE
)


class Amounts(NamedTuple):
    """Counts of one disputed item; None where the title states no single number.

    `visits` is a total, `visits_per_week` and `weeks` may stand alone; `quantity` counts units, never grams.
    """

    visits: Found[int] | None
    visits_per_week: Found[float] | None
    weeks: Found[float] | None
    quantity: Found[int] | None
    refills: Found[int] | None


def read_amounts(text: str, title: Span) -> Amounts:
    """The amounts stated in `text[title.start:title.end]`."""
    words = text[title.start : title.end]
    if not may_hold_number(words):
        return Amounts(None, None, None, None, None)
    visits, per_week, weeks, quantity, refills = _read_words(words)
    by = title.start
    return Amounts(
        visits and visits.moved(by),
        per_week and per_week.moved(by),
        weeks and weeks.moved(by),
        quantity and quantity.moved(by),
        refills and refills.moved(by),
    )


def _read_words(title: str) -> Amounts:
    lower = lowered(title)
    find = partial(first_stated, title, lower)
    is_drug = _is_drug(title, find)
    is_visits = not is_drug and title_kind("visits").fits(lower)
    refills = _count(find("refills"), "refills")
    quantity = None if is_visits else _quantity(lower, find, is_drug=is_drug)
    if is_drug:
        return Amounts(None, None, None, quantity, refills)
    per_week, weeks = find("per_week"), find("weeks")
    visits = find("visits") or (_bare_visits(find, per_week, weeks) if is_visits else None)
    return Amounts(
        _all_visits(title, visits) if visits else _product(per_week, weeks),
        _float(per_week, "per_week"),
        _float(weeks, "weeks"),
        quantity,
        refills,
    )


def _bare_visits(find: Callable[[str], Stated | None], per_week: Stated | None, weeks: Stated | None) -> Stated | None:
    """A count without a unit, if it is no part of a frequency: "#12, 3x/week", but not "3x/week x 4"."""
    bare = find("bare_visits")
    if bare is None or per_week is None:
        return bare
    is_apart = bare.start > 0 and (bare.end <= per_week.start or per_week.end <= bare.start)
    is_total = (bare.numbers["visits"] or 0) > (per_week.numbers["per_week"] or 0)
    return bare if weeks is None and is_apart and is_total else None


def _is_drug(title: str, find: Callable[[str], Stated | None]) -> bool:
    """Whether the numbers count a drug's units: "six visits with a lidocaine patch" are visits."""
    drug = kind_pattern("drug").search(title)
    visits = find("visits") if drug else None
    return drug is not None and not (visits and visits.rule == _COUNTED and visits.start < drug.start())


def _quantity(lower: str, find: Callable[[str], Stated | None], *, is_drug: bool) -> Found[int] | None:
    if not is_drug and (title_kind("uncounted").fits(lower) or _TEST.search(lower)):
        return None
    stated = find("quantity") or (find("bare_quantity") if is_drug or title_kind("supply").fits(lower) else None)
    stated = stated or find("leading_quantity")
    return _total(stated, "quantity") if stated else None


def _all_visits(title: str, first: Stated) -> Found[int] | None:
    """All visits of a title: "two visits for the knee and four visits for the wrist" are six."""
    total = _total(first, "visits")
    for further in _further(title, first) if total else ():
        more = _total(further, "visits")
        if total is None or more is None:
            return None
        total = Found(total.value + more.value, total.start, more.end, "sum_of_visits", "inferred")
    return total


def _further(title: str, first: Stated) -> Iterator[Stated]:
    """What else is counted in the same unit, each joined by "and"."""
    unit = _UNIT.search(title, first.start, first.end)
    if first.rule != _COUNTED or unit is None or not _JOINED.search(title, first.end):
        return
    counted = next(wording.expression for wording in amount_patterns()["visits"] if wording.name == _COUNTED)
    for match in counted.finditer(title, first.end):
        joined = any(joint.end() == match.start() for joint in _JOINED.finditer(title, first.end))
        if joined and unit[0].lower() in match.group().lower():
            yield stated_in(match, _COUNTED)


def _total(stated: Stated, slot: str) -> Found[int] | None:
    """The number of a slot, times that of the slot `times` where that stands beside it."""
    if "times" not in stated.numbers:
        return _count(stated, slot)
    times, each = stated.numbers["times"], stated.numbers[slot]
    if times is None or each is None:
        return None
    return Found(times * each, stated.start, stated.end, stated.rule, "inferred")


def _product(per_week: Stated | None, weeks: Stated | None) -> Found[int] | None:
    """Visits a week times weeks, when both are single numbers."""
    often, long = _float(per_week, "per_week"), _float(weeks, "weeks")
    if often is None or long is None:
        return None
    start, end = min(often.start, long.start), max(often.end, long.end)
    return Found(int(often.value * long.value), start, end, "frequency_times_duration", "inferred")


def _count(stated: Stated | None, slot: str) -> Found[int] | None:
    if stated is None or (number := stated.numbers[slot]) is None:
        return None
    return Found(number, stated.start, stated.end, stated.rule)


def _float(stated: Stated | None, slot: str) -> Found[float] | None:
    found = _count(stated, slot)
    if found is None or (slot == "per_week" and found.value > _MOST_DAYS_A_WEEK):
        return None
    return Found(float(found.value), found.start, found.end, found.rule)
