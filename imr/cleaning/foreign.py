"""Where a letter cannot go on, so that what stands there is foreign to it; and when two lines are the same."""

from __future__ import annotations

import re
from collections.abc import Sequence

from imr.cleaning.known_furniture import begins_item_part, begins_own_part, ends_with_outcome
from imr.cleaning.lines import Line

SENTENCE_END = re.compile(r"[.?!:;][\"”')]*$")
"""What a finished line ends with."""

_LONGEST_HEADING = 7  # lines
_DIGIT = re.compile(r"\d")


def key_of(text: str) -> str:
    """A line as it is compared with others: figures, dates and numbers are alike."""
    words = text.casefold().split()
    return " ".join(word if word.isalpha() or not _DIGIT.search(word) else "#" for word in words)


def is_frame(text: str) -> bool:
    """Whether a line is of the frame that every letter has: a title, a label, the end of an item's heading."""
    return ends_with_outcome(text) or begins_own_part(text)


def parts_letter(lines: Sequence[Line], block: range) -> bool:
    """Whether the lines above and below a block belong together.

    Either a sentence goes on behind it; or a sentence ended above, the block does not end as sentences do, and a label
    follows, before which texts end with a full stop, or a heading, every line of which but the last is filled.
    """
    above, below, last = (lines[n].text for n in (block.start - 1, block.stop, block.stop - 1))
    if not SENTENCE_END.search(above):
        return below[0].islower()
    return not SENTENCE_END.search(last) and (begins_item_part(below) or _begins_heading(lines, block.stop))


def _begins_heading(lines: Sequence[Line], number: int) -> bool:
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
