"""What of a letter belongs to none of its parts: every character is accounted for, or said to be unread."""

from __future__ import annotations

import re
from collections.abc import Iterable

from imr.records import Section, Span

UNREAD = "unread"
"""The title of a section that is no part of the letter: nobody knows what it is."""

_WORDS = re.compile(r"\w(?:.*\w)?", re.DOTALL)


def unread_spans(text: str, read: Iterable[tuple[int, int]]) -> tuple[Span, ...]:
    """The stretches of a text that no span of `read` covers, without the blanks and marks around their words."""
    stretches: list[Span] = []
    position = 0
    for start, end in [*sorted(read), (len(text), len(text))]:
        if match := _WORDS.search(text, position, max(position, start)):
            stretches.append(Span(*match.span()))
        position = max(position, end)
    return tuple(stretches)


def unread_share(sections: Iterable[Section], length: int) -> float:
    """The share of a text's characters, of which there are `length`, that stand in unread sections."""
    unread = sum(section.end - section.start for section in sections if section.title == UNREAD)
    return unread / length if length else 0.0
