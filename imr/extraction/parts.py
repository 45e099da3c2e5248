"""The sections of a letter by what they are for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from imr.records import Section, Span

_NOWHERE = Span(0, 0)


class ItemParts(NamedTuple):
    """Where one disputed item's parts stand; a part that the letter leaves out is an empty span."""

    number: int
    heading: Span
    claims_administrator: Span
    reviewer: Span
    rationale: Span


class LetterParts(NamedTuple):
    """Where a letter's parts stand; a part that the letter leaves out is an empty span."""

    header: Span
    reviewer: Span
    """How the determination was made, the reviewer's credentials included."""
    summary: Span
    titles: tuple[Span, ...]
    """Titles over all items, which may tell their outcome."""
    items: tuple[ItemParts, ...]


def letter_parts(sections: Sequence[Section]) -> LetterParts:
    """The parts that the extractors read, found among the sections of any format."""
    spans: dict[str, list[Span]] = defaultdict(list)
    items: dict[int, dict[str | None, Span]] = defaultdict(dict)
    for section, number, title, start, end in sections:
        if number:
            items[number][title] = Span(start, end)
        else:
            spans[section].append(Span(start, end))
    return LetterParts(
        _union(spans["header"]),
        _union(spans["determination_process"] + spans["reviewer_credentials"]),
        _union(spans["clinical_case_summary"]),
        tuple(spans["decision"]),
        tuple(_item(number, items[number]) for number in sorted(items)),
    )


def _item(number: int, parts: dict[str | None, Span]) -> ItemParts:
    titles = (None, "Claims Administrator guideline", "MAXIMUS guideline", "Decision rationale")
    return ItemParts(number, *(parts.get(title, _NOWHERE) for title in titles))


def _union(spans: Sequence[Span]) -> Span:
    return Span(min(start for start, _ in spans), max(end for _, end in spans)) if spans else _NOWHERE
