"""The splitting step: clean text to sections, with the doubt that goes with them."""

from __future__ import annotations

import re

from imr.errors import Code, UnsupportedError
from imr.records import Section, Span, SplitLetter
from imr.splitting.formats import ItemForm, LetterFormat, Part, recognise
from imr.splitting.items import split_items
from imr.splitting.spans import trimmed
from imr.splitting.unusual import doubts


def split(text: str) -> SplitLetter:
    """The sections of a letter in the order in which they stand, disputed items numbered from 1.

    Raises:
        UnsupportedError: `unknown_format`, `unsupported_format`, `sections_missing` or `no_decisions`.
    """
    letter_format = recognise(text)
    found = _find_parts(text, letter_format)
    sections = _header(text, found) + [
        section
        for (part, match), stop in zip(found, _stops(text, found), strict=True)
        for section in _sections_of(text, part, match, stop, letter_format.item)
    ]
    if not any(section.decision_number for section in sections):
        raise UnsupportedError(Code.NO_DECISIONS, "no disputed item was found where they should stand")
    return SplitLetter(
        letter_format.name, tuple(sections), doubts(letter_format, [part for part, _ in found], sections)
    )


Titled = list[tuple[Part, re.Match[str]]]


def _find_parts(text: str, letter_format: LetterFormat) -> Titled:
    """The parts whose title is in the text, in the text's order."""
    found = [(part, match) for part in letter_format.parts if (match := part.title.search(text))]
    missing = [part.section for part in letter_format.parts if part.presence == "required"]
    missing = [section for section in missing if section not in {part.section for part, _ in found}]
    if missing:
        raise UnsupportedError(Code.SECTIONS_MISSING, f"a {letter_format.name} without its part {missing[0]}")
    return sorted(found, key=lambda pair: pair[1].start())


def _stops(text: str, found: Titled) -> list[int]:
    return [*(match.start() for _, match in found[1:]), len(text)]


def _header(text: str, found: Titled) -> list[Section]:
    span = trimmed(text, 0, found[0][1].start())
    return [Section("header", None, None, *span)] if span.end > span.start else []


def _sections_of(text: str, part: Part, match: re.Match[str], stop: int, form: ItemForm | None) -> list[Section]:
    opening = part.opening.match(text, match.end(), stop) if part.opening else None
    span = trimmed(text, opening.end() if opening else match.end(), stop)
    if part.section == "decision" and form is not None:
        return split_items(text, Span(*span), form)
    return [Section(part.section, None, " ".join(match[0].rstrip(" :").split()), *span)]
