"""Strokes in a list of diagnoses: between two of them ("gout / asthma / sciatica") or inside one ("hand / wrist")."""

from __future__ import annotations

import re
from collections.abc import Iterator

from imr.extraction.diagnosis_lexicon import lexicon
from imr.extraction.diagnosis_words import conditions_in, is_adjective, is_condition, words_in
from imr.records import Span

_STROKE = re.compile(r"\s+/\s+")
_FEWEST = 2  # strokes of a list that they part


def parted_by_strokes(text: str, entry: Span) -> list[Span]:
    """The parts of a list that has a stroke after each; the whole where it has none or one."""
    strokes = [stroke.span() for stroke in _STROKE.finditer(text, *entry)]
    return list(_parts(text, entry, strokes)) if len(strokes) >= _FEWEST else [entry]


def _parts(text: str, entry: Span, strokes: list[tuple[int, int]]) -> Iterator[Span]:
    start = entry.start
    ends = [stroke[0] for stroke in strokes[1:]] + [entry.end]
    for (before, after), end in zip(strokes, ends, strict=True):
        is_named = conditions_in(text, Span(start, before))
        if is_named and not _share_name(words_in(text, start, before), words_in(text, after, end)):
            yield Span(start, before)
            start = after
    yield Span(start, entry.end)


def _share_name(before: tuple[str, ...], after: tuple[str, ...]) -> bool:
    """Whether words on both sides of a stroke are of one name: "cervical / lumbar sprain", "sprain / strain"."""
    waits = is_adjective(before[-1]) and not is_condition(before[-1])
    return waits or {before[-1], after[0]} <= lexicon().twins


def is_within_name(text: str, before: Span, after: Span) -> bool:
    """Whether the one stroke of a list parts no diagnoses: one side is a single word, or the other no condition."""
    words = words_in(text, *before), words_in(text, *after)
    return _share_name(*words) or min(map(len, words)) == 1 or not conditions_in(text, after)
