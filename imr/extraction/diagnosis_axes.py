"""The axes of a psychiatrist's diagnoses: "Axis I: panic disorder. Axis II: none. Axis III: hip fracture." (DSM-IV)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from imr.records import Span

_AXIS = re.compile(
    r"[\s,.;]*(?:\band\s+)?\bAxis\s+(?P<number>I{1,3}|IV|V|[1-5])\b\s*[:.\u2013\u2014-]?\s*", re.IGNORECASE
)
# The fourth axis names what troubles the patient, the fifth gives a number.
_OF_DIAGNOSES = {"i", "ii", "iii", "1", "2", "3"}


def begins_axis(text: str, start: int, end: int) -> bool:
    """Whether an axis begins here, punctuation before it or not."""
    return _AXIS.match(text, start, end) is not None


def axes(text: str, listed: Span) -> Iterator[Span]:
    """What a list says of each axis that diagnoses stand on."""
    marks = list(_AXIS.finditer(text, *listed))
    ends = [mark.start() for mark in marks[1:]] + [listed.end]
    for mark, end in zip(marks, ends, strict=True):
        if mark["number"].lower() in _OF_DIAGNOSES:
            yield Span(mark.end(), end)
