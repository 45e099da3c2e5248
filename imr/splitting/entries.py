"""Numbered entries: one for each disputed item, in a part that speaks of all of them."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

from imr.literals import Finder
from imr.records import Span
from imr.splitting.spans import trimmed

# A number or letter begins a line or, where the line end before it was lost, a sentence.
_NUMBER = re.compile(r"(?:^|(?<=[.:;?!)”\"]\s))(?P<number>\d{1,2}|[a-h])[.)]\s+(?=\S)", re.MULTILINE)
# With these words a text that numbers nothing comes to its next item.
_TURN = re.compile(
    r"(?:^|(?<=[.:;]\s))(?:For|As\s+(?:to|for|regards)|Regarding|Concerning|With\s+(?:regard|respect)\s+to)\s+the\s+"
    r"(?=[^.;:]{3,80}?,)",
    re.MULTILINE,
)
_REST = re.compile(r"[a-z]|\d{1,2}[.)]\s")
_NUMBERED_LINE = re.compile(r"^(\d{1,2})[.)]\s", re.MULTILINE)
_LINE = re.compile(r"^[•▪◦*\u2013-]?[^\S\n]*(?P<words>\S.*)$", re.MULTILINE)


def numbered_entries(text: str, region: Span, count: int | None = None) -> list[Span]:
    """The entries 1, 2, 3 ... of a region, each without its number.

    Without `count`, a region that numbers nothing has an entry on each of its lines if they begin like entries, else
    it is one. Where `count` items are known and the region neither numbers as many nor says as often which it comes to
    ("As to the cane, ..."), it speaks of all of them at once, so that each gets the whole of it; so does a single item,
    which may well hold a numbered list of its own.
    """
    starts = [] if count == 1 else _in_sequence(text, region)
    if count and count > 1 and not starts and len(turns := list(_TURN.finditer(text, *region))) == count:
        ends = [*(turn.start() for turn in turns[1:]), region.end]
        return [trimmed(text, turn.start(), end) for turn, end in zip(turns, ends, strict=True)]
    if count is not None and (len(starts) < count or not count or _unclear(text, region, starts, count)):
        return [region] * count
    if not starts:
        return _lines(text, region)
    stops = [*(match.start() for match in starts[1:count]), region.end]
    entries = [trimmed(text, match.end(), stop) for match, stop in zip(starts[:count], stops, strict=True)]
    return entries if count else [line for entry in entries for line in _entry_and_more(text, entry)]


def entries_differ(text: str, region: Span, count: int) -> bool:
    """Whether a region of `count` items numbers entries, but others than one for each item."""
    if count == 1 or not (starts := _in_sequence(text, region)):
        return False
    return len(starts) != count or _unclear(text, region, starts, count)


def _unclear(text: str, region: Span, starts: list[re.Match[str]], count: int) -> bool:
    """Whether the entries may be those of a list inside the first one: words stand before them, or one of the items'
    numbers begins two lines.
    """
    lines = Counter(int(match[1]) for match in _NUMBERED_LINE.finditer(text, *region))
    return starts[0].start() > region.start or any(lines[number] > 1 for number in range(1, count + 1))


def entries_of(text: str, region: Span, start: Finder, count: int) -> list[Span]:
    """The `count` entries of a region that begin with `start`, by their number; one that is missing is empty."""
    found = list(start.finditer(text, *region))
    entries = [Span(region.end, region.end)] * count
    for position, (match, stop) in enumerate(pairwise([*found, None]), 1):
        number = int(match["number"] or position) if match else position
        if match and 1 <= number <= count:
            entries[number - 1] = Span(match.start(), stop.start() if stop else region.end)
    return entries


def _in_sequence(text: str, region: Span) -> list[re.Match[str]]:
    """The numbers that count up from 1, or the letters from a: others are of a list inside an entry."""
    starts: list[re.Match[str]] = []
    for match in _NUMBER.finditer(text, *region):
        number = match["number"]
        if (int(number) if number.isdigit() else ord(number) - ord("a") + 1) == len(starts) + 1:
            starts.append(match)
    return starts


def _entry_and_more(text: str, entry: Span) -> list[Span]:
    """A numbered entry, and the lines below it that have no number but begin like entries."""
    end = text.find("\n", *entry)
    below = (
        [trimmed(text, *match.span("words")) for match in _LINE.finditer(text, end + 1, entry.end)] if end > 0 else []
    )
    goes_on = text[entry.start : max(end, entry.start)].rstrip().endswith((",", "-", "(", "/"))
    if not below or goes_on or any(_REST.match(text, line.start) for line in below):
        return [entry]
    return [trimmed(text, entry.start, end), *below]


def _lines(text: str, region: Span) -> list[Span]:
    """One entry a line, if no line looks like the rest of the one above it."""
    lines = [trimmed(text, *match.span("words")) for match in _LINE.finditer(text, *region)]
    return [region] if any(_REST.match(text, line.start) for line in lines[1:]) else lines or [region]
