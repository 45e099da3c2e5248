"""Where a letter cannot go on, so that what stands there is foreign to it; and when two lines are the same."""

from __future__ import annotations

import re
from collections.abc import Sequence

from imr.cleaning.known_furniture import (
    begins_item_part,
    begins_own_part,
    ends_with_outcome,
    holds_own_words,
    says_own_words,
)
from imr.cleaning.lines import Layout, Line, printed_width
from imr.cleaning.reflow import any_of
from imr.text import fold

SENTENCE_END = re.compile(r"[.?!:;][\"”')]*$")
"""What a finished line ends with."""

_LONGEST_HEADING = 7  # lines
_ROOM = 0.9  # of the width: a line that leaves more ends early
_DIGIT = re.compile(r"\d")
_ASCII_DIGITS = b"0123456789"
_FIGURE = re.compile(r"[A-Za-z\d]")
_ADDRESSES = ("http:", "https:", "www.")


def key_of(text: str) -> str:
    """A line as it is compared with others: figures, dates and numbers are alike.

    Of a line that is nothing else its length and the marks between the figures tell: a year is no case number.
    """
    folded = fold(text)
    if not _holds_digit(folded):
        return folded
    masked = " ".join([word if word.isalpha() or not _DIGIT.search(word) else "#" for word in folded.split(" ")])
    return masked if any(map(str.isalpha, masked)) else _FIGURE.sub("0", folded)


def _holds_digit(text: str) -> bool:
    # Asked of every line: what is left without digits tells in a fifth of the time of a search.
    if text.isascii():
        return len(text.encode().translate(None, _ASCII_DIGITS)) < len(text)
    return _DIGIT.search(text) is not None


def is_frame(text: str) -> bool:
    """Whether a line is of the frame that every letter has: a title, a label, the end of an item's heading."""
    return ends_with_outcome(text) or begins_own_part(text)


def is_prose(text: str) -> bool:
    """Whether a line reads like a part of the letter's sentences."""
    return goes_on(text) or text.endswith(".") or says_own_words(text)


def goes_on(text: str) -> bool:
    """Whether a line begins in the midst of a sentence."""
    return text[0].islower() and not text.startswith(_ADDRESSES)


def is_figures(text: str) -> bool:
    """Whether a line ends a sentence and holds no word of it: the pages of a citation, or a quantity."""
    return SENTENCE_END.search(text) is not None and not any(map(str.isalpha, text))


def ends_early(text: str, below: str, layout: Layout) -> bool:
    """Whether the first word of the line below would have found room on a line."""
    return text[-1] not in "-/" and printed_width(f"{text} {below.partition(' ')[0]}") <= _ROOM * layout.width


def header_block(lines: Sequence[Line]) -> range:
    """The lines of the header block, in which a number or date may stand alone."""
    start = next((n for n, line in enumerate(lines) if begins_own_part(line.text)), 0)
    title = any_of("section_title")
    return range(start, next((n for n, line in enumerate(lines) if title.match(line.text)), 0))


def parts_letter(lines: Sequence[Line], block: range, layout: Layout) -> bool:
    """Whether the lines above and below a block belong together.

    Either a sentence goes on behind it, from a filled line, or a title in capitals. Or a sentence ended above, the
    block does not end as sentences do, and a label follows, before which texts end with a full stop, or a heading,
    every line of which but the last is filled.
    """
    above, below, last = (lines[n].text for n in (block.start - 1, block.stop, block.stop - 1))
    if layout.flowed:
        return False
    if SENTENCE_END.search(above):
        return not SENTENCE_END.search(last) and (
            begins_item_part(below) or (begins_heading(lines, block.stop) and not _may_be_title(lines, block))
        )
    if above.isupper() and any_of("section_title").match(above):
        return below.isupper() and not last.isupper() and not begins_own_part(below)
    return below[0].islower() and not ends_early(above, below, layout)


def _may_be_title(lines: Sequence[Line], block: range) -> bool:
    """Whether a block reads like the first lines of an item's title, which some authors break as they please."""
    return any(holds_own_words(lines[number].text) or "#" in lines[number].text for number in block)


def begins_heading(lines: Sequence[Line], number: int) -> bool:
    """Whether a disputed item's heading begins with a line: it goes on to an outcome, and is more than one."""
    if lines[number].text[0].islower() or not lines[number].text.partition(":")[0].strip():
        return False
    for place in range(number, min(number + _LONGEST_HEADING, len(lines))):
        text = lines[place].text
        if ends_with_outcome(text):
            return place > number or ":" in text
        if begins_own_part(text) or SENTENCE_END.search(text):
            return False
    return False
