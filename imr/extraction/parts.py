"""The sections of a letter by what they are for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from imr.records import Section, Span


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
    numbered = sorted((s for s in sections if s.decision_number), key=_number)
    return LetterParts(
        _union(s for s in sections if s.section == "header"),
        _union(s for s in sections if s.section in ("determination_process", "reviewer_credentials")),
        _union(s for s in sections if s.section == "clinical_case_summary"),
        tuple(Span(s.start, s.end) for s in sections if s.section == "decision" and not s.decision_number),
        tuple(_item(number, {s.title: s for s in parts}) for number, parts in groupby(numbered, key=_number)),
    )


def _number(section: Section) -> int:
    return section.decision_number or 0


def _item(number: int, parts: dict[str | None, Section]) -> ItemParts:
    return ItemParts(
        number,
        *(
            _union([parts[title]] if title in parts else [])
            for title in (None, "Claims Administrator guideline", "MAXIMUS guideline", "Decision rationale")
        ),
    )


def _union(sections: Iterable[Section]) -> Span:
    spans = [(section.start, section.end) for section in sections]
    return Span(min(start for start, _ in spans), max(end for _, end in spans)) if spans else Span(0, 0)
