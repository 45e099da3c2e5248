"""How words of the letter become values."""

from __future__ import annotations

import re
from collections.abc import Iterable

from imr.records import Found, Span
from imr.text import fold

# "self- directed" is one word that the line end broke; "pre- and post-operative" is two.
_BROKEN = re.compile(r"(?<=\w)- (?!(?:and|or|to)\b)(?=\w)")
_EDGE = " \t\n\f.,;:"


def as_written(text: str) -> str:
    """The words of `text` with white space folded and words that a line end broke joined again."""
    folded = fold(text)
    return _BROKEN.sub("-", folded) if "- " in folded else folded


def trim(text: str, start: int, end: int, edge: str = _EDGE) -> Span:
    """The span without white space and loose punctuation at its ends."""
    while start < end and text[start] in edge:
        start += 1
    while end > start and text[end - 1] in edge:
        end -= 1
    return Span(start, end)


def words(text: str, span: tuple[int, int], rule: str) -> Found[str]:
    """The folded words of a span as a value."""
    return Found(as_written(text[span[0] : span[1]]), span[0], span[1], rule)


def distinct(found: Iterable[Found[str]]) -> tuple[Found[str], ...]:
    """The first mention of every value, in order."""
    first: dict[str, Found[str]] = {}
    for item in found:
        first.setdefault(item.value.casefold(), item)
    return tuple(first.values())
