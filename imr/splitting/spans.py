"""Small arithmetic on spans of a text."""

from __future__ import annotations

from imr.records import Span


def trimmed(text: str, start: int, end: int) -> Span:
    """The span without the white space at its ends; empty spans collapse to their start."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)
