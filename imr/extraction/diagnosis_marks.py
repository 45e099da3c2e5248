"""The marks that part the entries of a list: "1. ... 2. ...", "(a) ... (b) ...", "- ... - ...", Axis I and II."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from imr.records import Span


class Marks(NamedTuple):
    """One kind of marks: the first of a list, those that follow, and whether a single one already makes a list.

    Entries are parted by `parting`.
    """

    first: re.Pattern[str]
    following: re.Pattern[str]
    parting: re.Pattern[str]
    alone: bool


_DASH = r"[-\u2013\u2014•·▪◦*]"


def _marks(first: str, following: str, *, alone: bool = False) -> Marks:
    """Marks that have a stop or bracket after them; punctuation and "and" may stand before."""
    joined = rf"[\s,.;]*(?:\band\s+)?(?:(?<=\s)|(?<=[:,;.])(?<!\d\.))[(#]?(?:{following})[.)]\s+"
    following_mark, parting = (re.compile(pattern, re.IGNORECASE) for pattern in (joined, rf"{joined}|\s*;\s*"))
    return Marks(re.compile(rf"\s*(?:{_DASH}\s+)?[(#]?(?:{first})[.)]\s+"), following_mark, parting, alone)


_DASHES = re.compile(rf"\s*[;,.]?\s+{_DASH}\s+")
_HASH = r"[\s,.;]*(?:\band\s+)?#\d{1,2}[:.)]?\s+"
_DASHED = rf"[\s,.;]*(?:\band\s+)?(?<!\w)\d{{1,2}}\s+{_DASH}\s+"
_KINDS = (
    Marks(re.compile(r"\s*#1[:.)]?\s+"), re.compile(_HASH), re.compile(_HASH), alone=True),
    _marks("1", r"\d{1,2}", alone=True),
    Marks(re.compile(rf"\s*1\s+{_DASH}\s+"), re.compile(_DASHED), re.compile(_DASHED), alone=True),
    _marks("[aA]", "[b-j]"),
    _marks("i|I", "i{1,3}|iv|vi{0,3}|ix|x"),
    Marks(re.compile(rf"\s*{_DASH}\s+"), _DASHES, _DASHES, alone=False),
)
# The stop that belongs to a mark.
_OWN_STOP = re.compile(r"(?:\A|[\s(#])(?:\d{1,2}|[a-j]|[ivx]{1,4}|Axis\s+[IV]{1,3})\Z", re.IGNORECASE)
_AXIS = re.compile(
    r"[\s,.;]*(?:\band\s+)?\bAxis\s+(?P<number>I{1,3}|IV|V|[1-5])\b\s*[:.\u2013\u2014-]?\s*", re.IGNORECASE
)
# The fourth axis names what troubles the patient, the fifth gives a number (DSM-IV).
_OF_DIAGNOSES = {"i", "ii", "iii", "1", "2", "3"}


def marks_of(text: str, listed: Span) -> Marks | None:
    """The marks of a list that begins with one; None where it has none."""
    for marks in _KINDS:
        first = marks.first.match(text, *listed)
        if first and (marks.alone or marks.following.search(text, first.end(), listed.end)):
            return marks
    return None


def is_within(text: str, start: int, stop: re.Match[str], end: int, marks: Marks | None) -> bool:
    """Whether a full stop stands within a list that begins at `start`: after a mark, or before the next entry."""
    if marks is None and not begins_axis(text, start, end):
        return False
    if _OWN_STOP.search(text[start : stop.start()]) or begins_axis(text, stop.end(), end):
        return True
    return marks is not None and marks.following.match(text, stop.end(), end) is not None


def begins_axis(text: str, start: int, end: int) -> bool:
    """Whether an axis begins here, punctuation before it or not."""
    return _AXIS.match(text, start, end) is not None


def axes(text: str, listed: Span) -> Iterator[Span]:
    """What a list says of each axis that diagnoses stand on: "Axis I: panic disorder. Axis II: none."."""
    marks = list(_AXIS.finditer(text, *listed))
    ends = [mark.start() for mark in marks[1:]] + [listed.end]
    for mark, end in zip(marks, ends, strict=True):
        if mark["number"].lower() in _OF_DIAGNOSES:
            yield Span(mark.end(), end)
