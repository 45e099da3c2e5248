"""Which printed lines are page furniture: running headers and footers, page numbers, stamps, fax lines.

Furniture is told by its words (`known_furniture`), by its place on the page, by coming back on other pages, and by
standing where a letter cannot go on: between the halves of a sentence, or between an outcome and the label after it.
It is looked for in blocks at the edges of pages (`page_edges`); in a text without pages, in blocks that come back
(`recurring`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from imr.cleaning.foreign import is_frame
from imr.cleaning.known_furniture import (
    begins_first_label,
    begins_own_part,
    ends_with_outcome,
    known_anywhere,
    says_own_words,
)
from imr.cleaning.lines import Line, by_page
from imr.cleaning.page_edges import furniture_at_edges
from imr.cleaning.recurring import recurring_furniture

_MOST_FOREIGN = 4  # lines that may stand between an outcome and the label after it


def without_furniture(lines: Sequence[Line], margins: frozenset[int], *, recognised: bool) -> list[Line]:
    """The lines that belong to the letter; what follows furniture stands as if there had been none.

    `margins` are the offsets of lines that a PDF sets apart in a page's margins, `recognised` says that OCR read the
    lines, so that furniture comes back with other mistakes.
    """
    unknown = _without(lines, known_anywhere(lines))
    pages = by_page(unknown)
    if len(pages) > 1 or margins:
        furniture = furniture_at_edges(unknown, pages, margins, recognised)
    else:
        furniture = recurring_furniture(unknown)
    return _without(unknown, furniture | set(_after_outcomes(unknown)))


def without_overlaid(lines: Sequence[Line], overlaid: frozenset[int]) -> list[Line]:
    """The lines without those that lie over a page, by their offsets; what is of the frame of every letter stays."""
    over = (number for number, line in enumerate(lines) if line.start in overlaid and not is_frame(line.text))
    return _without(lines, set(over) if overlaid else set())


def _without(lines: Sequence[Line], furniture: set[int]) -> list[Line]:
    if not furniture:
        return list(lines)
    kept: list[Line] = []
    starts_page = cut = False
    for number, line in enumerate(lines):
        if number in furniture:
            starts_page, cut = starts_page or line.starts_page, True
            continue
        if cut:
            line = line._replace(starts_page=starts_page or line.starts_page, gap=0, after_white=False)
        kept.append(line)
        starts_page = cut = False
    return kept


def _after_outcomes(lines: Sequence[Line]) -> Iterator[int]:
    """The lines between an outcome and the item's first label, where nothing of a letter stands."""
    for number, line in enumerate(lines):
        if ends_with_outcome(line.text):
            yield from _before_label(lines, number)


def _before_label(lines: Sequence[Line], outcome: int) -> range:
    first = outcome + 1
    for number in range(first, min(first + 1 + _MOST_FOREIGN, len(lines))):
        text = lines[number].text
        if begins_first_label(text):
            return range(first, number)
        if number == first and text.casefold() == "in part":  # the outcome goes on
            first += 1
        elif ends_with_outcome(text) or begins_own_part(text) or says_own_words(text):
            break
    return range(0)
