"""What a letter's first page states of all its items: the outcome in a word, and the list of disputed treatments.

Both were written by other hands than the items were, and so tell whether an item was lost.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from imr.records import Span
from imr.rules import load_rules
from imr.text import fold

_MARKS = ("Final Determination", "decided that", "in Dispute")  # one of which every pattern holds


class Statement(NamedTuple):
    """The outcome over all items (`upheld`, `overturned`, `mixed`) and how many treatments are listed, if stated."""

    outcome: str | None
    treatments: int | None


def read_statement(text: str, header: Span) -> Statement:
    """What the header of a letter states; nothing where it has none, as in most letters since 2014."""
    words = fold(text[slice(*header)])
    if not any(mark in words for mark in _MARKS):
        return Statement(None, None)
    outcome = next((value for value, pattern in _outcomes() if pattern.search(words)), None)
    listed = _listed().search(words)
    entries = [entry for entry in re.split(r"[;\u2022]", listed["treatments"]) if entry.strip()] if listed else []
    return Statement(outcome, len(entries) or None)


@cache
def _outcomes() -> tuple[tuple[str, re.Pattern[str]], ...]:
    outcomes = load_rules("extraction", "statement").patterns("outcome")
    return tuple((outcome.values["value"], outcome.expression) for outcome in outcomes)


@cache
def _listed() -> re.Pattern[str]:
    return load_rules("extraction", "statement").pattern("listed").expression
