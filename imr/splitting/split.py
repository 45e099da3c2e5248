"""The splitting step: clean text to sections, with the doubt that goes with them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from imr.errors import Code, UnsupportedError
from imr.records import Section, Span, SplitLetter
from imr.splitting.formats import LetterFormat, Part, recognise
from imr.splitting.items import split_items
from imr.splitting.spans import trimmed
from imr.splitting.unusual import doubts


def split(text: str) -> SplitLetter:
    """The sections of a letter in the order in which they stand, disputed items numbered from 1.

    Raises:
        UnsupportedError: `unknown_format`, `sections_missing` or `no_decisions`.
    """
    letter_format = recognise(text)
    found = _find_parts(text, letter_format)
    regions = [
        (part, match, _region(text, part, match, stop))
        for (part, match), stop in zip(found, _stops(text, found), strict=True)
    ]
    sections = _header(text, found)
    sections += [_section(part, match, region) for part, match, region in regions if not part.holds]
    sections += [_title(match) for part, match, _ in regions if part.holds == "entries"]
    items = split_items(text, [(part, region) for part, _, region in regions if part.holds], letter_format.item)
    if not items:
        raise UnsupportedError(Code.NO_DECISIONS, "no disputed item was found where they should stand")
    in_order = sorted(sections + items, key=lambda section: (section.start, section.decision_number or 0))
    return SplitLetter(
        letter_format.name, tuple(in_order), doubts(letter_format, [part for part, _ in found], in_order)
    )


Titled = Sequence[tuple[Part, re.Match[str]]]


def _find_parts(text: str, letter_format: LetterFormat) -> Titled:
    """The parts whose title is in the text, in the text's order."""
    found = [(part, match) for part in letter_format.parts if (match := part.title.search(text))]
    present = {part for part, _ in found}
    missing = [part for part in letter_format.parts if part.presence == "required" and part not in present]
    if missing:
        raise UnsupportedError(Code.SECTIONS_MISSING, f"a {letter_format.name} without its part {missing[0].section}")
    return sorted(found, key=lambda pair: pair[1].start())


def _stops(text: str, found: Titled) -> list[int]:
    return [*(match.start() for _, match in found[1:]), len(text)]


def _header(text: str, found: Titled) -> list[Section]:
    span = trimmed(text, 0, found[0][1].start())
    return [Section("header", None, None, *span)] if span.end > span.start else []


def _region(text: str, part: Part, match: re.Match[str], stop: int) -> Span:
    """What a part says: without its title, or with it where what looks like one begins the first item."""
    start = match.start() if part.holds == "bodies" else match.end()
    opening = part.opening.match(text, start, stop) if part.opening else None
    return trimmed(text, opening.end() if opening else start, stop)


def _section(part: Part, match: re.Match[str], region: Span) -> Section:
    return Section(part.section, None, _printed(match), *region)


def _title(match: re.Match[str]) -> Section:
    """A title over all items, kept for what it says: it may be all that tells their outcome."""
    return Section("decision", None, _printed(match), *match.span())


def _printed(match: re.Match[str]) -> str:
    return " ".join(match[0].rstrip(" :").split())
