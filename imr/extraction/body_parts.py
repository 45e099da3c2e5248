"""The body parts that a disputed item is aimed at, and their side."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from imr.extraction.part_list import part_names, part_pattern, part_words, rationale_patterns
from imr.extraction.treatments import Treatment, disputed_treatment
from imr.extraction.vocabulary import Hit
from imr.records import Found, Span

_SENTENCE_END = re.compile(r"(?<=[.?!])\s+|\n")
_BEFORE = 80
_MOST_PARTS = 2
_PSYCHE = "psyche"


class _Mention(NamedTuple):
    part: str
    start: int
    end: int
    rule: str


def read_body_parts(text: str, title: Span, rationale: Span) -> tuple[Found[str], ...]:
    """The parts that the title names; failing these, those that its rationale names without doubt."""
    treatment = disputed_treatment(text, title)
    if treatment and treatment.key.category == "Psych Services":
        return (Found(_PSYCHE, treatment.start, treatment.end, "psychological_service", "inferred"),)
    if _aims_at_no_part(text, title, treatment):
        return ()
    return _distinct(_named(text, title, rationale)) or _of_rationale(text, rationale, treatment)


def read_laterality(text: str, title: Span, rationale: Span, parts: tuple[Found[str], ...]) -> Found[str] | None:
    """The side of the parts, if one side holds for all of them.

    The title says it; failing that, the words beside the parts where these stand outside of the title, as in the
    request that a disputed remainder is a part of; failing that, the rationale.
    """
    if not parts or parts[0].value == _PSYCHE:
        return None
    sides = _sides(text, title)
    if sides:
        return _common_side(text, title, sides, parts)
    outside = [part for part in parts if not title.start <= part.start < title.end]
    if outside:
        return _one_side(_side_before(text, part.start) for part in outside)
    return _side_in_rationale(text, rationale, parts)


def _aims_at_no_part(text: str, title: Span, treatment: Hit[Treatment] | None) -> bool:
    if treatment and treatment.key.subcategory in part_words("without_parts"):
        return True
    return bool(part_pattern("oral").search(text, *title)) and not part_pattern("not_oral").search(text, *title)


def named_parts(text: str, title: Span) -> frozenset[str]:
    """The parts that a title names, "back" alone left out."""
    return frozenset(mention.part for mention in _named(text, title, Span(title.end, title.end)))


def _named(text: str, span: Span, rationale: Span) -> Iterator[_Mention]:
    """The parts named in a title, by their own names or by spinal levels, in its order."""
    hits: list[_Mention] = []
    weak: list[_Mention] = []
    for hit in part_names().find(text, *span):
        if not hit.key.is_back or _confirms_back(text, rationale):
            found = [_Mention(part, hit.start, hit.end, "part_name") for part in hit.key.parts]
            (weak if hit.key.is_weak else hits).extend(found)
    hits += [
        _Mention(f"{match.lastgroup} spine", *match.span(), "spinal_level")
        for match in part_pattern("levels").finditer(text, *span)
    ]
    yield from sorted(hits, key=lambda hit: hit.start) or weak


def _confirms_back(text: str, rationale: Span) -> bool:
    return bool(part_pattern("low_back").search(text, *rationale))


def _distinct(mentions: Iterator[_Mention]) -> tuple[Found[str], ...]:
    first: dict[str, Found[str]] = {}
    for mention in mentions:
        first.setdefault(mention.part, Found(mention.part, mention.start, mention.end, mention.rule, "inferred"))
    return tuple(first.values())


def _of_rationale(text: str, rationale: Span, treatment: Hit[Treatment] | None) -> tuple[Found[str], ...]:
    """The part that a rationale names beside a treatment or with a side, if there are not many such."""
    if treatment is None or treatment.key.subcategory not in part_words("aimed"):
        return ()
    found = _distinct(_said_of_patient(text, rationale))
    return found if len(found) <= _MOST_PARTS else ()


def _said_of_patient(text: str, rationale: Span) -> Iterator[_Mention]:
    for sentence in _sentences(text, rationale):
        is_quoted = bool(part_pattern("guideline_sentence").search(text, *sentence))
        for hit in part_names().find(text, *sentence):
            before = text[max(sentence.start, hit.start - _BEFORE) : hit.start]
            rule = next((name for name, pattern in rationale_patterns() if pattern.search(before)), None)
            # A guideline speaks of parts, but of no patient's left or right one.
            if rule and not hit.key.is_back and (rule == "sided_part" or not is_quoted):
                yield from (_Mention(part, hit.start, hit.end, rule) for part in hit.key.parts)


def _sentences(text: str, span: Span) -> Iterator[Span]:
    start = span.start
    for end in _SENTENCE_END.finditer(text, *span):
        yield Span(start, end.start())
        start = end.end()
    yield Span(start, span.end)


def _sides(text: str, span: Span) -> list[Hit[str]]:
    """Every side named in a span: by its word, by a letter, or by an abbreviated extremity."""
    sides = [
        Hit((match.lastgroup or "").rstrip("_"), *match.span())
        for name in ("side", "single_letter_side")
        for match in part_pattern(name).finditer(text, *span)
    ]
    abbreviated = (hit for hit in part_names().find(text, *span) if hit.key.side)
    sides += [Hit(hit.key.side or "", hit.start, hit.end) for hit in abbreviated]
    return sorted(sides, key=lambda hit: hit.start)


def _common_side(text: str, title: Span, sides: list[Hit[str]], parts: tuple[Found[str], ...]) -> Found[str] | None:
    named = {side.key for side in sides}
    sided = [part for part in parts if part.value not in part_words("midline")]
    if len(named) == 1:
        first, last = sides[0], sides[-1]
        after_all = all(part.end <= last.start for part in sided)
        before_all = all(first.start <= part.start for part in sided)
        return _side(first, first.key) if after_all or before_all or len(sided) <= 1 else None
    if named == {"left", "right"} and len(parts) == 1:
        return Found("bilateral", sides[0].start, sides[-1].end, "both_sides", "inferred")
    return None


def _side_before(text: str, position: int) -> Found[str] | None:
    """The side that stands right before a part's name."""
    start = max(0, position - _BEFORE)
    for match in part_pattern("side").finditer(text, start, position):
        if not text[match.end() : position].strip():
            return Found((match.lastgroup or "").rstrip("_"), *match.span(), "side_of_part", "inferred")
    return None


def _side_in_rationale(text: str, rationale: Span, parts: tuple[Found[str], ...]) -> Found[str] | None:
    """The side that a rationale gives a part whose title gives none, if it gives it one only."""
    wanted = {part.value for part in parts}
    if wanted & part_words("midline"):
        return None
    return _one_side(
        _side_before(text, hit.start)
        for sentence in _sentences(text, rationale)
        if not part_pattern("guideline_sentence").search(text, *sentence)
        for hit in part_names().find(text, *sentence)
        if wanted.issuperset(hit.key.parts)
    )


def _one_side(sides: Iterator[Found[str] | None]) -> Found[str] | None:
    known = [side for side in sides if side]
    return known[0] if len({side.value for side in known}) == 1 else None


def _side(hit: Hit[str], value: str) -> Found[str]:
    return Found(value, hit.start, hit.end, "side_named", "inferred")
