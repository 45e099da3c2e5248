"""The splitting step: clean text to sections, with the doubt that goes with them.

Nothing of a letter is lost in silence: the labels of its items are counted, and what belongs to no part is unread.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from imr.errors import Code, UnsupportedError
from imr.records import Section, Span, SplitLetter
from imr.splitting.conservation import check_items, without_repeated
from imr.splitting.formats import LetterFormat, Part, recognise
from imr.splitting.items import numbers_differ, split_items
from imr.splitting.labels import FoundLabels
from imr.splitting.spans import trimmed
from imr.splitting.unread import UNREAD, unread_spans
from imr.splitting.unusual import breaks_off, doubts
from imr.text import fold
from imr.warnings import WarningCode

_BEFORE_OPENING = 800  # characters after a title within which its opening begins: a page may end between the two


class _TitledPart(NamedTuple):
    """One part where it stands: what it says is its `region`; `frame` is what is printed of every such part."""

    part: Part
    title: re.Match[str]
    region: Span
    frame: tuple[Span, ...]


def split(text: str) -> SplitLetter:
    """The sections of a letter in the order in which they stand, disputed items numbered from 1.

    Raises:
        UnsupportedError: `unknown_format`, `sections_missing`, `several_letters`, `no_decisions` or
            `items_disagree`.
    """
    letter_format = recognise(text)
    found = _find_parts(text, letter_format)
    of_items = [(each.part, each.region) for each in found if each.part.holds]
    labels = FoundLabels(text, [region for _, region in of_items], letter_format.item.labels)
    items = split_items(text, of_items, letter_format.item, labels)
    if not items.sections:
        raise UnsupportedError(Code.NO_DECISIONS, "no disputed item was found where they should stand")
    check_items(text, of_items, items.sections, labels)
    once = without_repeated(text, items.sections)
    sections = [*_header(text, found), *(section for each in found for section in _sections(each)), *once]
    in_order = sorted(sections, key=_place)
    frame = [*items.frame, *(span for each in found for span in each.frame)]
    unread = unread_spans(text, [*((section.start, section.end) for section in in_order), *frame])
    warnings = doubts(text, letter_format, [each.part for each in found], in_order, unread)
    warnings += tuple(dict.fromkeys(items.warnings))
    if numbers_differ(text, items.numbers):
        warnings += (WarningCode.ITEM_NUMBERS_DIFFER,)
    if len(once) < len(items.sections):
        warnings += (WarningCode.ITEMS_REPEATED,)
    if breaks_off(text, in_order[-1]):
        warnings += (WarningCode.TEXT_BREAKS_OFF,)
    whole = sorted([*in_order, *(Section("other", None, UNREAD, *span) for span in unread)], key=_place)
    return SplitLetter(letter_format.name, tuple(whole), warnings)


def _place(section: Section) -> tuple[int, int]:
    return section.start, section.decision_number or 0


def _find_parts(text: str, letter_format: LetterFormat) -> list[_TitledPart]:
    """The parts whose title is in the text, in the text's order."""
    standing = {part: list(part.title.finditer(text)) for part in letter_format.parts}
    first = ((part, _title_of(text, part, all_titles, letter_format)) for part, all_titles in standing.items())
    titles = [(part, match) for part, match in first if match]
    present = {part for part, _ in titles}
    missing = [part for part in letter_format.parts if part.presence == "required" and part not in present]
    if missing:
        raise UnsupportedError(Code.SECTIONS_MISSING, f"a {letter_format.name} without its part {missing[0].section}")
    if any(_stands_twice(text, part, standing[part]) for part, _ in titles):
        raise UnsupportedError(Code.SEVERAL_LETTERS, "the title of a part stands on two lines")
    titles.sort(key=lambda pair: pair[1].start())
    stops = [*(match.start() for _, match in titles[1:]), len(text)]
    return [_titled_part(text, part, title, stop) for (part, title), stop in zip(titles, stops, strict=True)]


def _title_of(
    text: str, part: Part, titles: Sequence[re.Match[str]], letter_format: LetterFormat
) -> re.Match[str] | None:
    """The first of a part's titles; what closes the letter stands behind the last label of its items."""
    if not titles:
        return None
    if part.section != "other":
        return titles[0]
    counted = [label.pattern for label in letter_format.item.labels if label.counted]
    return part.title.search(text, max((match.end() for label in counted for match in label.finditer(text)), default=0))


def _stands_twice(text: str, part: Part, titles: Sequence[re.Match[str]]) -> bool:
    """Whether the part is there twice, as where a file holds two letters or one twice: two lines are its title and
    nothing else, or its fixed opening follows two titles.
    """
    if part.holds == "bodies" or len(titles) < 2:  # the title over bodies is printed with every item
        return False
    ends = [match.end() for match in titles if match.start() == 0 or text[match.start() - 1] == "\n"]
    opened = sum(1 for _ in part.opening.finditer(text)) if part.opening else 0
    return opened > 1 or sum(text[end : end + 1] in ("\n", "") for end in ends) > 1


def _titled_part(text: str, part: Part, title: re.Match[str], stop: int) -> _TitledPart:
    # What looks like a title over bodies begins the first of them.
    start = title.start() if part.holds == "bodies" else title.end()
    opening = part.opening.search(text, start, min(stop, start + _BEFORE_OPENING)) if part.opening else None
    region = trimmed(text, opening.end() if opening else start, stop)
    frame = (Span(title.start(), start), *((Span(*opening.span()),) if opening else ()))
    return _TitledPart(part, title, region, frame)


def _header(text: str, found: Sequence[_TitledPart]) -> list[Section]:
    span = trimmed(text, 0, found[0].title.start())
    return [Section("header", None, None, *span)] if span.end > span.start else []


def _sections(titled: _TitledPart) -> list[Section]:
    """A part that holds no items, or the title over all items, kept for what it says: it may be all that tells their
    outcome.
    """
    printed = fold(titled.title[0].rstrip(" :"))
    if titled.part.holds == "entries":
        return [Section("decision", None, printed, *titled.title.span())]
    return [] if titled.part.holds else [Section(titled.part.section, None, printed, *titled.region)]
