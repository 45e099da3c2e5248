"""Where the labels of disputed items stand in a text: looked for once, and asked for many times."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from imr.records import Span
from imr.splitting.formats import Label


class FoundLabels:
    """Every place where a label stands, in the parts of a text that hold items."""

    def __init__(self, text: str, regions: Sequence[Span], labels: Sequence[Label]) -> None:
        self._found = [
            (label, [m for region in regions for m in label.pattern.finditer(text, *region)]) for label in labels
        ]

    def counted(self) -> Iterator[tuple[str, int]]:
        """The title of each label that every item has once, and how often it stands there."""
        return ((label.title, len(found)) for label, found in self._found if label.counted)

    def last_end(self, start: int, end: int) -> int | None:
        """Where the last label ends that stands between the two places."""
        return max((m.end() for _, found in self._found for m in found if _is_in(m, start, end)), default=None)

    def in_turn(self, start: int, end: int) -> Iterator[tuple[str, re.Match[str]]]:
        """The first of each label between the two places, in their order, none before the one that it follows."""
        for label, found in self._found:
            if match := next((match for match in found if _is_in(match, start, end)), None):
                yield label.title, match
                start = match.end()


def _is_in(match: re.Match[str], start: int, end: int) -> bool:
    return start <= match.start() and match.end() <= end
