"""Closed classes over free words: rows of a rule file, of which one names the class."""

from __future__ import annotations

from collections.abc import Sequence

from imr.rules import Pattern
from imr.text import lowered


def values_of(patterns: Sequence[Pattern]) -> tuple[str, ...]:
    """The classes, in the order in which the rows name them."""
    return tuple(dict.fromkeys(str(pattern.values["value"]) for pattern in patterns))


def first_listed(patterns: Sequence[Pattern], words: str) -> str | None:
    """The class of the first row that is found anywhere in the words: a row decides over those behind it."""
    said = lowered(words)
    for pattern in patterns:
        if pattern.may_be_in(said) and pattern.expression.search(words):
            return str(pattern.values["value"])
    return None


def leftmost(patterns: Sequence[Pattern], words: str) -> str | None:
    """The class of the row that is found first in the words; of two that begin there, of the one listed first."""
    said = lowered(words)
    matches = (
        (match.start(), number)
        for number, pattern in enumerate(patterns)
        if pattern.may_be_in(said) and (match := pattern.expression.search(words))
    )
    found = min(matches, default=None)
    return None if found is None else str(patterns[found[1]].values["value"])
