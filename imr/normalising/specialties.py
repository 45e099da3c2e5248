"""A reviewer's specialty under the name that the state's search tool has for it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache

from imr.rules import load_rules

_ASIDE = re.compile(r"\([^)]*\)|\bboard[- ]certified(?: in)?\b")
_NOT_IN_NAMES = re.compile(r"[^a-z]+")


def specialty_names(specialties: Iterable[str]) -> tuple[str, ...]:
    """The names of several specialties, each once and in the letter's order; one without a name is left out."""
    return tuple(dict.fromkeys(name for words in specialties if (name := specialty_name(words))))


@lru_cache(maxsize=10_000)
def specialty_name(words: str) -> str | None:
    """The name of one specialty; None where the search tool has none for it."""
    folded = words.lower()
    return _names().get(_folded(folded)) or _names().get(_folded(_ASIDE.sub(" ", folded)))


@cache
def specialties() -> tuple[str, ...]:
    """The 56 names of the search tool."""
    return tuple(load_rules("normalising", "specialty_names")["names"])


@cache
def _names() -> dict[str, str]:
    listed: dict[str, list[str]] = load_rules("normalising", "specialty_names")["names"]
    return {_folded(words.lower()): name for name, others in listed.items() for words in (name, *others)}


def _folded(words: str) -> str:
    """Words as they are compared: `&`, `and`, commas, hyphens and their order of spaces are all alike."""
    return " ".join(word for word in _NOT_IN_NAMES.sub(" ", words).split() if word != "and")
