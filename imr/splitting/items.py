"""Disputed items: where each one's heading begins and its labelled parts stand."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from imr.records import Section, Span
from imr.splitting.entries import entries_differ, entries_of, numbered_entries
from imr.splitting.formats import ItemForm, Part
from imr.splitting.headings import heading_start, is_prose, last_sentence_end
from imr.splitting.labels import FoundLabels
from imr.splitting.spans import trimmed
from imr.text import fold
from imr.warnings import WarningCode

RATIONALE = "Decision rationale"
_NUMBER = re.compile(r"#?(\d{1,2})[.):]?|([IVX]+)\.")
_ROMAN = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")
_ENTRY = re.compile(r"^(\d+)[.)]\s", re.MULTILINE)
_LEADING_NUMBER = re.compile(r"\A\d{1,2}[.)] ")


class Heading(NamedTuple):
    """An item's heading; what stands before it on its line, its number for one, is no part of it."""

    line_start: int
    span: Span


class Items(NamedTuple):
    """The parts of all disputed items, and what is printed with them without being a part."""

    sections: list[Section]
    frame: list[Span]
    """Numbers, fixed openings and labels."""
    numbers: list[Span]
    """What stands before each heading on its line."""
    warnings: list[WarningCode]


def split_items(text: str, regions: Sequence[tuple[Part, Span]], form: ItemForm, labels: FoundLabels) -> Items:
    """The parts of every disputed item, numbered in the letter's order, from the regions that hold them."""
    holding = next((region for part, region in regions if part.holds in ("items", "headings")), None)
    headings = _headings(text, holding, form, labels) if holding else []
    items = Items(
        [Section("decision", number, None, *heading.span) for number, heading in enumerate(headings, 1)],
        [],
        [Span(heading.line_start, heading.span.start) for heading in headings],
        [],
    )
    items.frame.extend(items.numbers)
    if holding and form.heading_end is None:
        items.frame.append(holding)  # a list of headings and nothing else
    for part, region in regions:
        if part.holds == "items":
            _add_labelled_parts(text, _bodies(text, headings, region), form, labels, items)
        elif part.holds == "bodies" and form.body_start:
            _add_labelled_parts(text, entries_of(text, region, form.body_start, len(headings)), form, labels, items)
        elif part.holds == "entries":
            spans = numbered_entries(text, region, len(headings))
            items.sections.extend(Section("decision", n, part.item_title, *span) for n, span in enumerate(spans, 1))
            items.frame.extend(_between(region, spans))
            if entries_differ(text, region, len(headings)):
                items.warnings.append(WarningCode.ENTRIES_DIFFER)
    return items


def numbers_differ(text: str, frame: Sequence[Span]) -> bool:
    """Whether items are numbered, and otherwise than 1, 2, 3 ...; `frame` is what stands before each heading."""
    found = [match for span in frame if (match := _NUMBER.fullmatch(text[slice(*span)].strip()))]
    numbers = [int(match[1]) if match[1] else _ROMAN.index(match[2]) if match[2] in _ROMAN else 0 for match in found]
    return bool(numbers) and numbers != list(range(1, len(frame) + 1))


def _headings(text: str, region: Span, form: ItemForm, labels: FoundLabels) -> list[Heading]:
    if form.heading_end is None:
        return [_heading_of_entry(text, entry, form) for entry in numbered_entries(text, region)]
    headings: list[Heading] = []
    after = region.start
    for end in _heading_ends(text, region, form):
        line_start, start = _start(text, after, end.start, form, labels)
        heading = Heading(line_start, trimmed(text, start, end.end))
        if end.alone and form.heading_start is None and is_prose(text, heading.span):
            continue  # an outcome that a rationale tells of
        headings.append(heading)
        after = end.end
    return _without_listing(text, headings, region)


class _End(NamedTuple):
    """The end of a heading, from its outcome on; `alone` says that no label follows."""

    start: int
    end: int
    alone: bool


def _heading_ends(text: str, region: Span, form: ItemForm) -> list[_End]:
    """Where headings end, in order: at an outcome before a label, or where a heading is known without one."""
    labelled = form.heading_end.finditer(text, *region) if form.heading_end else ()
    ends = {match.end(): match.start() for match in labelled}
    behind = frozenset(ends)
    alone = list(form.heading_alone.finditer(text, *region)) if form.heading_alone else []
    if alone and "number" in alone[0].re.groupindex:
        alone = _without_lists(text, region, alone, ends)
    for match in alone:
        # A numbered heading is found whole, any other by its outcome, which may stand on a line of its own.
        ends.setdefault(match.end(), match.end() - 1 if match.re.groups else match.start())
    return [_End(ends[end], end, end not in behind) for end in sorted(ends)]


def _without_lists(
    text: str, region: Span, headings: Sequence[re.Match[str]], labelled: Collection[int]
) -> list[re.Match[str]]:
    """The numbered headings without the entries of lists in rationales, which have numbers of their own.

    Without a label after it only the next number begins an item, if no heading with a label has that number
    (`labelled` are the ends of those, numbered or not), and no entry with the number before it stands in the same
    rationale.
    """
    numbered = {int(match["number"]) for match in headings if match.end() in labelled}
    label_ends = sorted(labelled)
    entries = _entries_by_number(text, region)
    found: list[re.Match[str]] = []
    last, after = 0, region.start
    for match in headings:
        number = int(match["number"])
        if match.end() not in labelled:
            items = max(last, bisect_right(label_ends, match.start()))
            before = entries[str(number - 1)]
            goes_on = bisect_left(before, after) < bisect_left(before, match.start())
            if number != items + 1 or number in numbered or goes_on:
                continue
        found.append(match)
        last, after = number, match.end()
    return found


def _entries_by_number(text: str, region: Span) -> defaultdict[str, list[int]]:
    """Where entries of lists begin, by their numbers as written."""
    starts: defaultdict[str, list[int]] = defaultdict(list)
    for entry in _ENTRY.finditer(text, *region):
        starts[entry[1]].append(entry.start())
    return starts


def _without_listing(text: str, headings: list[Heading], region: Span) -> list[Heading]:
    """The headings without those of a mere list of all outcomes, which stand again with the items themselves."""
    stops = [*(heading.line_start for heading in headings), region.end][1:]
    titles = [_LEADING_NUMBER.sub("", fold(text[slice(*heading.span)])) for heading in headings]
    last = {title: number for number, title in enumerate(titles)}
    return [
        heading
        for number, (heading, stop) in enumerate(zip(headings, stops, strict=True))
        if last[titles[number]] == number or text[heading.span.end : stop].strip()
    ]


def _start(text: str, after: int, end: int, form: ItemForm, labels: FoundLabels) -> tuple[int, int]:
    """Where the line of the heading that ends at `end` begins, and where the heading itself does."""
    openings = list(form.heading_start.finditer(text, after, end)) if form.heading_start else []
    if openings:
        return openings[-1].span()
    start = heading_start(text, after, trimmed(text, after, end).end)
    if (label_end := labels.last_end(start, end)) is not None:
        # What follows a label is of the item above, up to its last full sentence.
        start = last_sentence_end(text, label_end, end)
    return start, start


def _heading_of_entry(text: str, entry: Span, form: ItemForm) -> Heading:
    match = form.heading.fullmatch(text, *entry) if form.heading else None
    return Heading(entry.start, Span(*match.span("heading")) if match else entry)


def _bodies(text: str, headings: Sequence[Heading], region: Span) -> list[Span]:
    """What follows each heading; headings that follow one another share what follows the last of them."""
    stops = pairwise([*headings, Heading(region.end, Span(region.end, region.end))])
    bodies = [Span(heading.span.end, below.line_start) for heading, below in stops]
    for number in range(len(bodies) - 2, -1, -1):
        if not text[slice(*bodies[number])].strip():
            bodies[number] = bodies[number + 1]
    return bodies


def _add_labelled_parts(text: str, bodies: Sequence[Span], form: ItemForm, labels: FoundLabels, items: Items) -> None:
    for number, body in enumerate(bodies, 1):
        found = list(labels.in_turn(*body))
        if not found and (said := _without_boilerplate(text, body, form)):
            items.sections.append(Section("decision", number, RATIONALE, *said))
        stops = [*(match.start() for _, match in found[1:]), body.end]
        for (title, match), stop in zip(found, stops, strict=False):
            items.sections.append(Section("decision", number, title, *trimmed(text, match.end(), stop)))
            items.frame.append(Span(*match.span()))
        items.frame.extend(_boilerplate(text, body, form))


def _without_boilerplate(text: str, body: Span, form: ItemForm) -> Span | None:
    """What an item without labels says: all that follows its fixed words."""
    start = max((span.end for span in _boilerplate(text, body, form)), default=body.start)
    said = trimmed(text, start, body.end)
    return said if said.end > said.start else None


def _boilerplate(text: str, body: Span, form: ItemForm) -> Iterator[Span]:
    for pattern in form.boilerplate:
        if match := pattern.search(text, *body):
            yield Span(*match.span())


def _between(region: Span, spans: Sequence[Span]) -> Iterator[Span]:
    """What of a region stands before and between the entries cut out of it: their numbers."""
    position = region.start
    for start, end in sorted(set(spans)):
        yield Span(position, max(position, start))
        position = max(position, end)
