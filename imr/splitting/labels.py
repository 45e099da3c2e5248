"""Where the labels of disputed items stand in a text: looked for once, and asked for many times."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from imr.records import Span
from imr.splitting.formats import Label


class _Places(NamedTuple):
    """One label's matches, in the text's order; they never overlap, so that their ends are in order too."""

    label: Label
    matches: Sequence[re.Match[str]]
    starts: Sequence[int]
    ends: Sequence[int]

    def first(self, start: int, end: int) -> re.Match[str] | None:
        """The first match between two places."""
        number = bisect_left(self.starts, start)
        return self.matches[number] if number < len(self.matches) and self.ends[number] <= end else None

    def last_end(self, start: int, end: int) -> int | None:
        """Where the last match between two places ends."""
        number = bisect_right(self.ends, end) - 1
        return self.ends[number] if number >= 0 and start <= self.starts[number] else None


class FoundLabels:
    """Every place where a label stands, in the parts of a text that hold items."""

    def __init__(self, text: str, regions: Sequence[Span], labels: Sequence[Label]) -> None:
        regions = sorted(regions)
        self._found = [
            _places(label, [m for region in regions for m in label.pattern.finditer(text, *region)]) for label in labels
        ]

    def counted(self) -> Iterator[tuple[str, int]]:
        """The title of each label that every item has once, and how often it stands there."""
        return ((places.label.title, len(places.matches)) for places in self._found if places.label.counted)

    def last_end(self, start: int, end: int) -> int | None:
        """Where the last label ends that stands between the two places."""
        ends = (places.last_end(start, end) for places in self._found)
        return max((found for found in ends if found is not None), default=None)

    def in_turn(self, start: int, end: int) -> Iterator[tuple[str, re.Match[str]]]:
        """The first of each label between the two places, in their order, none before the one that it follows."""
        for places in self._found:
            if match := places.first(start, end):
                yield places.label.title, match
                start = match.end()


def _places(label: Label, matches: Sequence[re.Match[str]]) -> _Places:
    return _Places(label, matches, [match.start() for match in matches], [match.end() for match in matches])
