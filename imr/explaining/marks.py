"""Evidence as marks on a text: spans that nest and cross, cut into stretches that do not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple


class Mark(NamedTuple):
    """Where one value stands in the text; `value` is its number on the page."""

    start: int
    end: int
    value: int


class Stretch(NamedTuple):
    """A piece of the text and the values whose evidence covers it, the one with the fewest words first."""

    start: int
    end: int
    values: tuple[int, ...]


def stretches(length: int, marks: Iterable[Mark], cuts: Sequence[int] = ()) -> list[Stretch]:
    """A text of some length, cut wherever a mark begins or ends and at the `cuts`; nothing of it is left out."""
    shown = sorted((mark for mark in marks if mark.start < mark.end), key=lambda mark: mark.end - mark.start)
    edges = {0, length, *cuts, *(mark.start for mark in shown), *(mark.end for mark in shown)}
    opening: dict[int, list[Mark]] = {}
    for mark in shown:
        opening.setdefault(mark.start, []).append(mark)
    found: list[Stretch] = []
    current: list[Mark] = []
    for start, end in pairwise(sorted(edge for edge in edges if 0 <= edge <= length)):
        current = [mark for mark in current if mark.end > start] + opening.get(start, [])
        current.sort(key=lambda mark: mark.end - mark.start)
        found.append(Stretch(start, end, tuple(mark.value for mark in current)))
    return found
