"""Disputed items: where each one's heading begins and its labelled parts stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from imr.records import Section, Span
from imr.splitting.entries import entries_of, numbered_entries
from imr.splitting.formats import ItemForm, Part
from imr.splitting.headings import heading_start
from imr.splitting.spans import trimmed


class Heading(NamedTuple):
    """An item's heading; what stands before it on its line, its number for one, is no part of it."""

    line_start: int
    span: Span


def split_items(text: str, regions: Sequence[tuple[Part, Span]], form: ItemForm) -> list[Section]:
    """The parts of every disputed item, numbered in the letter's order, from the regions that hold them."""
    found = [_headings(text, region, form) for part, region in regions if part.holds in ("items", "headings")]
    headings = found[0] if found else []
    parts = [Section("decision", number, None, *heading.span) for number, heading in enumerate(headings, 1)]
    for part, region in regions:
        if part.holds == "items":
            stops = pairwise([*headings, Heading(region.end, region)])
            bodies = [Span(heading.span.end, below.line_start) for heading, below in stops]
            parts += _all_labelled_parts(text, bodies, form)
        elif part.holds == "bodies" and form.body_start:
            parts += _all_labelled_parts(text, entries_of(text, region, form.body_start, len(headings)), form)
        elif part.holds == "entries":
            spans = numbered_entries(text, region, len(headings))
            parts += [Section("decision", number, part.item_title, *span) for number, span in enumerate(spans, 1)]
    return parts


def _headings(text: str, region: Span, form: ItemForm) -> list[Heading]:
    if form.heading_end is None:
        return [_heading_of_entry(text, entry, form) for entry in numbered_entries(text, region)]
    headings: list[Heading] = []
    after = region.start
    for end in form.heading_end.finditer(text, *region):
        line_start, start = _start(text, after, end.start(), form)
        headings.append(Heading(line_start, trimmed(text, start, end.end())))
        after = end.end()
    return headings


def _start(text: str, after: int, end: int, form: ItemForm) -> tuple[int, int]:
    """Where the line of the heading that ends at `end` begins, and where the heading itself does."""
    openings = list(form.heading_start.finditer(text, after, end)) if form.heading_start else []
    if openings:
        return openings[-1].span()
    start = heading_start(text, after, trimmed(text, after, end).end)
    return start, start


def _heading_of_entry(text: str, entry: Span, form: ItemForm) -> Heading:
    match = form.heading.fullmatch(text, *entry) if form.heading else None
    return Heading(entry.start, Span(*match.span("heading")) if match else entry)


def _all_labelled_parts(text: str, bodies: Sequence[Span], form: ItemForm) -> Iterator[Section]:
    for number, body in enumerate(bodies, 1):
        yield from _labelled_parts(text, number, body, form)


def _labelled_parts(text: str, number: int, region: Span, form: ItemForm) -> list[Section]:
    found: list[tuple[str, re.Match[str]]] = []
    position = region.start
    for label in form.labels:
        if match := label.pattern.search(text, position, region.end):
            found.append((label.title, match))
            position = match.end()
    stops = [*(match.start() for _, match in found[1:]), region.end]
    return [
        Section("decision", number, title, *trimmed(text, match.end(), stop))
        # Nothing is found where line breaks were lost and the next heading seems to begin before the label.
        for (title, match), stop in zip(found, stops, strict=False)
    ]
