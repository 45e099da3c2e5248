"""Whether a line end is a soft wrap or the end of a paragraph."""

from __future__ import annotations

import re
from functools import cache

from imr.cleaning.lines import Layout, Line, printed_width
from imr.rules import either, load_rules

SOFT, HARD, NONE = " ", "\n", ""

_SENTENCE_END = tuple('.?!)"”')
_ROOM_AFTER_SENTENCE = 1.0
_ROOM_ANYWHERE = 0.6  # without a full stop the line must be short beyond doubt


@cache
def any_of(*kinds: str) -> re.Pattern[str]:
    """One pattern of all entries of some kinds in the reflow rules: of a table of them, or of a name in one."""
    rules = load_rules("cleaning", "reflow")
    listed = [(table, each) for table in ("starts_paragraph", "starts_entry") for each in rules.patterns(table)]
    return either([each for table, each in listed if table in kinds or each.name in kinds])


@cache
def _endings() -> tuple[str, ...]:
    return tuple(load_rules("cleaning", "reflow")["ends_paragraph"]["endings"])


def joint(above: Line, below: Line, layout: Layout) -> str:
    """What joins two lines: nothing (a broken word), a blank (a soft wrap) or a line end (a paragraph's end)."""
    if layout.flowed:
        return HARD
    if _breaks_word(above, below):
        return NONE
    if _says_so(above, below):
        return HARD
    if layout.double_spaced:
        return HARD if below.after_white and below.gap < 3 and not below.text[0].islower() else SOFT
    if (below.gap or below.after_white) and not below.starts_page:
        return HARD
    return HARD if _ends_early(above, below, layout) else SOFT


def _breaks_word(above: Line, below: Line) -> bool:
    """The line ends in a hyphen or in the slash of a date, not in a dash."""
    mark = above.text[-1]
    if mark not in "-/" or not below.text[0].isalnum():
        return False
    before = above.text[-2:-1]
    return before.isalnum() if mark == "-" else before.isdigit()


def _says_so(above: Line, below: Line) -> bool:
    if above.text.endswith(_endings()):
        return True
    if below.text[0].islower():  # no title, label or number begins so
        return above.text.isupper() and " " in above.text
    return (
        any_of("starts_paragraph").match(below.text) is not None
        or (above.text[-1] != ":" and any_of("starts_entry").match(below.text) is not None)
        or (above.text.isupper() and not below.text.isupper() and " " in above.text)
    )


def _ends_early(above: Line, below: Line, layout: Layout) -> bool:
    """The next word would have fitted on the line above: whoever set it ended a paragraph there."""
    if below.text[0].islower():
        return False
    next_word = below.text.partition(" ")[0]
    room = _ROOM_AFTER_SENTENCE if above.text.endswith(_SENTENCE_END) else _ROOM_ANYWHERE
    return printed_width(f"{above.text} {next_word}") <= room * layout.width
