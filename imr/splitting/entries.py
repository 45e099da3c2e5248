"""Numbered entries: one for each disputed item, in a part that speaks of all of them."""

from __future__ import annotations

import re
from itertools import pairwise

from imr.records import Span
from imr.splitting.spans import trimmed

# A number begins a line or, where the line end before it was lost, a sentence.
_NUMBER = re.compile(r"(?:^|(?<=[.:;?!)”\"]\s))(?P<number>\d{1,2})[.)]\s+(?=\S)", re.MULTILINE)


def numbered_entries(text: str, region: Span, count: int | None = None) -> list[Span]:
    """The entries 1, 2, 3 ... of a region, each without its number.

    A region that numbers nothing is one entry. Where `count` items are known and the region does not number as many,
    it speaks of all of them at once, so that each gets the whole of it; so does a single item, which may well hold a
    numbered list of its own.
    """
    starts = [] if count == 1 else _in_sequence(text, region)
    if count is not None and (len(starts) < count or not count):
        return [region] * count
    if not starts:
        return [region]
    stops = [*(match.start() for match in starts[1:count]), region.end]
    return [trimmed(text, match.end(), stop) for match, stop in zip(starts[:count], stops, strict=True)]


def entries_of(text: str, region: Span, start: re.Pattern[str], count: int) -> list[Span]:
    """The `count` entries of a region that begin with `start`, by their number; one that is missing is empty."""
    found = list(start.finditer(text, *region))
    entries = [Span(region.end, region.end)] * count
    for position, (match, stop) in enumerate(pairwise([*found, None]), 1):
        number = int(match["number"] or position) if match else position
        if match and 1 <= number <= count:
            entries[number - 1] = Span(match.start(), stop.start() if stop else region.end)
    return entries


def _in_sequence(text: str, region: Span) -> list[re.Match[str]]:
    """The numbers that count up from 1: others are of a list inside an entry."""
    starts: list[re.Match[str]] = []
    for match in _NUMBER.finditer(text, *region):
        if int(match["number"]) == len(starts) + 1:
            starts.append(match)
    return starts
