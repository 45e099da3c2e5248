"""Page furniture that its own words give away, and the lines that are a letter's own whatever else speaks against."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from rapidfuzz import fuzz

from imr.cleaning.reflow import any_of
from imr.rules import load_rules

_AROUND = r"[-\u2013\u2014*|~=\u2022\u00b7\[\](){}<>_/\s]{0,8}"
"""Punctuation that may stand around furniture; none that means something beside a figure (#60, 5%, 30.)."""
_PART = re.compile(r"\{([a-z]+)\}")
_RESEMBLES = 80.0  # of 100
_FIGURES = re.compile(r"\d+")
_BARE_NUMBER = re.compile(rf"{_AROUND}(\d{{1,3}}){_AROUND}")
_LONGEST = 200  # characters of a line that may be furniture


def stands_anywhere(text: str) -> bool:
    """Whether a line is furniture wherever it stands."""
    if len(text) > _LONGEST:
        return False
    text = " ".join(text.split())
    return bool(_known("anywhere").fullmatch(text) or (text.isupper() and _known("capitals").fullmatch(text)))


def stands_at_edges(text: str) -> bool:
    """Whether a line is furniture if it stands among the first or last ones of a page."""
    return len(text) <= _LONGEST and _known("edge").fullmatch(" ".join(text.split())) is not None


def bare_number(text: str) -> int | None:
    """The number that is all there is in a line."""
    match = _BARE_NUMBER.fullmatch(text)
    return int(match[1]) if match else None


def resembles(text: str, kind: str) -> bool:
    """Whether a recognised line is nearly a `letterheads` or `footers` phrase, whatever figures stand in it."""
    known: Sequence[str] = load_rules("cleaning", "furniture")["scanned"][kind]
    masked = _FIGURES.sub("0", text)
    return any(
        len(masked) < 2 * len(phrase) and fuzz.partial_ratio(phrase, masked, score_cutoff=_RESEMBLES)
        for phrase in known
    )


def holds_own_words(text: str) -> bool:
    """Whether a line holds a word that a letter's own sentences are made of."""
    return not _own_words().isdisjoint(re.findall(r"[a-z]+", text.lower()))


def says_nothing_else(text: str) -> bool:
    """Whether all words of a line are of those that furniture is made of."""
    words = re.findall(r"[a-z]+", text.lower())
    return len(words) > 1 and _furniture_words().issuperset(words)


@cache
def _furniture_words() -> frozenset[str]:
    return frozenset(load_rules("cleaning", "furniture")["own"]["never"])


@cache
def _own_words() -> frozenset[str]:
    return frozenset(load_rules("cleaning", "furniture")["own"]["words"])


@cache
def _known(where: str) -> re.Pattern[str]:
    entries = load_rules("cleaning", "furniture")["known"]
    patterns = [expression(entry["pattern"]) for entry in entries if entry["where"] == where]
    return re.compile("|".join(f"(?:{pattern.pattern})" for pattern in patterns), re.IGNORECASE)


def expression(pattern: str) -> re.Pattern[str]:
    """The pattern of a `known` entry with its parts put in and with punctuation around it."""
    parts: dict[str, str] = load_rules("cleaning", "furniture")["parts"]
    while _PART.search(pattern):
        pattern = _PART.sub(lambda match: parts[match[1]], pattern)
    return re.compile(rf"{_AROUND}(?:{pattern}){_AROUND}", re.IGNORECASE)


def begins_own_part(text: str) -> bool:
    """Whether a line begins with a title or label of the letter's."""
    return any_of("starts_paragraph").match(text) is not None


def begins_item_part(text: str) -> bool:
    """Whether a line begins with a label that every disputed item has."""
    return any(any_of(kind).match(text) for kind in ("item_label", "item_label_of_2013"))


def ends_with_outcome(text: str) -> bool:
    """Whether a line ends with the outcome that closes an item's heading."""
    return text.endswith(_outcomes())


@cache
def _outcomes() -> tuple[str, ...]:
    return tuple(load_rules("cleaning", "furniture")["outcome"]["endings"])
