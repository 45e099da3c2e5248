"""How amounts are written, as data: the compiled patterns by field, kinds of titles, numbers in words."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from typing import NamedTuple

from imr.rules import Pattern, load_rules

_DIGITS = re.compile(r"\d+")
_NONE_WORDS = ("no", "zero", "without")


class Stated(NamedTuple):
    """What one pattern found: its numbers by slot, None for a range."""

    numbers: dict[str, int | None]
    start: int
    end: int
    rule: str


def first_stated(title: str, lower: str, field: str) -> Stated | None:
    """What the first pattern of a field that is found states."""
    for wording in amount_patterns()[field]:
        if wording.may_be_in(lower):
            for match in wording.expression.finditer(title):
                if match.lastgroup:  # else it says what is no amount
                    return stated_in(match, wording.name)
    return None


def stated_in(match: re.Match[str], rule: str) -> Stated:
    """The numbers that a match of a pattern holds."""
    groups = {slot: value for slot, value in match.groupdict().items() if value is not None}
    numbers = {
        slot.rstrip("_"): None if f"{slot}_to" in groups else number_value(value)
        for slot, value in groups.items()
        if not slot.endswith("_to")
    }
    return Stated(numbers, *match.span(), rule)


def number_value(written: str) -> int:
    """The number that figures or words state; figures win where both stand, as in "two (2)"."""
    if digits := _DIGITS.search(written):
        return int(digits.group())
    words = written.lower().strip("() \n")
    if words.startswith(_NONE_WORDS):
        return 0
    rules = load_rules("extraction", "amounts")
    values: dict[str, int] = rules["units"] | rules["teens"] | rules["tens"]
    return sum(values.get(word, 0) for word in re.split(r"[\s-]+", words)) or 1


@cache
def amount_patterns() -> dict[str, list[Pattern]]:
    """The patterns by field, in the order in which they are tried."""
    patterns = defaultdict(list)
    for pattern in load_rules("extraction", "amounts").patterns("pattern"):
        patterns[pattern.values["field"]].append(pattern)
    return dict(patterns)


@cache
def kind_pattern(name: str) -> re.Pattern[str]:
    """What tells one kind of title (`drug`, `visits`, `uncounted`, `supply`) from the others."""
    return load_rules("extraction", "amounts").pattern("kind", name).expression


@cache
def any_number() -> re.Pattern[str]:
    """Something in figures or words that an amount may be read from."""
    return load_rules("extraction", "amounts").pattern("any_number").expression
