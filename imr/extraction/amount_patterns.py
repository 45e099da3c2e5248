"""How amounts are written, as data: the compiled patterns by field, kinds of titles, numbers in words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from imr.rules import Pattern, load_rules
from imr.text import lowered

_WORD = re.compile(r"[a-z]+")
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
    return next(_stated(title, lower, field), None)


def all_stated(text: str, field: str) -> Iterator[Stated]:
    """Whatever the patterns of a field find, pattern by pattern."""
    return _stated(text, lowered(text), field)


def _stated(text: str, lower: str, field: str) -> Iterator[Stated]:
    for wording in amount_patterns()[field]:
        if wording.may_be_in(lower):
            for match in wording.expression.finditer(text):
                if match.lastgroup:  # else it says what is no amount
                    yield stated_in(match, wording.name)


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
    values: dict[str, int] = rules["units"] | rules["teens"] | rules["tens"] | rules["in_a_week"]
    return sum(values.get(word, 0) for word in re.split(r"[\s-]+", words)) or 1


@cache
def amount_patterns() -> dict[str, list[Pattern]]:
    """The patterns by field, in the order in which they are tried."""
    patterns = defaultdict(list)
    for pattern in load_rules("extraction", "amounts").patterns("pattern"):
        patterns[pattern.values["field"]].append(pattern)
    return dict(patterns)


class Kind(NamedTuple):
    """Of what a title of one kind holds one word, in the plural too, or one stem within a word."""

    words: frozenset[str]
    stems: tuple[str, ...]

    def fits(self, lower: str) -> bool:
        """Whether a title is of this kind, of which the `lowered` form is given."""
        return not self.words.isdisjoint(_WORD.findall(lower)) or any(stem in lower for stem in self.stems)


@cache
def title_kind(name: str) -> Kind:
    """What tells one kind of title (`visits`, `uncounted`, `supply`) from the others."""
    kind = load_rules("extraction", "amounts")["title"][name]
    return Kind(frozenset(word + end for word in kind["words"] for end in ("", "s", "es")), tuple(kind["stems"]))


@cache
def kind_pattern(name: str) -> re.Pattern[str]:
    """What tells the title of a drug from others."""
    return load_rules("extraction", "amounts").pattern("kind", name).expression


def may_hold_number(title: str) -> bool:
    """Whether there is something in figures or words that an amount may be read from."""
    return bool(_DIGITS.search(title)) or not _number_words().isdisjoint(_WORD.findall(title.lower()))


@cache
def _number_words() -> frozenset[str]:
    rules = load_rules("extraction", "amounts")
    return frozenset((*rules["units"], *rules["teens"], *rules["tens"], *rules["in_a_week"], *_NONE_WORDS, "refill"))
