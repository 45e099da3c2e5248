"""Disputed items: where each one's heading begins and its labelled parts stand."""

from __future__ import annotations

import re
from itertools import pairwise

from imr.records import Section, Span
from imr.splitting.formats import ItemForm
from imr.splitting.spans import trimmed

_SENTENCE_END = re.compile(r"[.?!][)\"”]?\s+(?=[\"“(]?[A-Z0-9])")
_PARTIAL_FIRST = re.compile(r"\b(?:was|is)\s+the\s+original\s+request\s*\.", re.IGNORECASE)
_PARTIAL_GOES_ON = re.compile(r"The\s+(?:remaining\s+IMR|original\s+request)\b", re.IGNORECASE)
_PROSE = re.compile(r"\b(?:is|was|are|were|be|been|has|have|not|cannot)\b")
_ENDS_SENTENCE = (".", "?", "!", ":", '."', ".”", ".)")


def split_items(text: str, region: Span, form: ItemForm) -> list[Section]:
    """The parts of every disputed item in a region, numbered in the letter's order."""
    ends = list(form.heading_end.finditer(text, region.start, region.end))
    starts = [
        heading_start(text, previous, trimmed(text, previous, end.start()).end)
        for previous, end in zip([region.start, *(end.end() for end in ends)], ends, strict=False)
    ]
    parts: list[Section] = []
    for number, (end, (start, stop)) in enumerate(zip(ends, pairwise([*starts, region.end]), strict=True), 1):
        parts.append(Section("decision", number, None, *trimmed(text, start, end.end())))
        parts += _labelled_parts(text, number, Span(end.end(), stop), form)
    return parts


def heading_start(text: str, after: int, end: int) -> int:
    """Where the heading that ends at `end` begins; whatever stands before it from `after` on is a rationale.

    A heading begins a paragraph; where the line break that says so was lost, it follows the last full sentence. The
    partly authorised form holds full sentences itself, so its beginning is that of its first.
    """
    start = _title_start(text, after, end)
    if _PARTIAL_GOES_ON.match(text, start, end) and (first := _last(_PARTIAL_FIRST, text, after, end)):
        return _title_start(text, after, first.start())
    return start


def _title_start(text: str, after: int, end: int) -> int:
    start = text.rfind("\n", after, end) + 1
    while start > after and not text.endswith(_ENDS_SENTENCE, after, start - 1):
        start = text.rfind("\n", after, start - 1) + 1  # a break inside the heading, not before it
    start = max(start, after)
    sentence = _last(_SENTENCE_END, text, start, end)
    return sentence.end() if sentence and _PROSE.search(text, start, sentence.start()) else start


def _last(pattern: re.Pattern[str], text: str, start: int, end: int) -> re.Match[str] | None:
    matches = list(pattern.finditer(text, start, end))
    return matches[-1] if matches else None


def _labelled_parts(text: str, number: int, region: Span, form: ItemForm) -> list[Section]:
    found = []
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
