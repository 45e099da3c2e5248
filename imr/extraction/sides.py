"""The side of the body parts that a disputed item is aimed at."""

from __future__ import annotations

import re
from collections.abc import Iterable

from imr.extraction.part_list import BodyPart, part_names, part_pattern, part_words
from imr.extraction.part_wording import is_quoted, phrase_start, sentence_at
from imr.extraction.vocabulary import Hit
from imr.records import Found, Span

_BEFORE = 80
_PSYCHE = "psyche"
_BOTH = {"left", "right"}
# Another count begins another list of parts: "two visits for the left wrist and six visits for the neck".
_COUNT = re.compile(r"\b(?:sessions?|visits?|treatments?)\b", re.IGNORECASE)


def read_laterality(text: str, title: Span, rationale: Span, parts: tuple[Found[str], ...]) -> Found[str] | None:
    """The side of the parts, if one side holds for all of them.

    The title says it; failing that, the words beside the parts where these stand outside of the title, as in the
    request that a disputed remainder is a part of; failing that, the rationale.
    """
    if not parts or parts[0].value == _PSYCHE:
        return None
    if sides := _sides(text, title):
        return _common_side(text, title, sides, parts)
    outside = [part for part in parts if not title.start <= part.start < title.end and _is_said(text, part, rationale)]
    beside = _one_side(_side_before(text, part.start) for part in outside)
    return beside or _side_in_rationale(text, rationale, parts)


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
    first, last = sides[0], sides[-1]
    if named == _BOTH and len(parts) == 1:
        return Found("bilateral", first.start, last.end, "both_sides", "inferred")
    if len(named) != 1:
        return None
    sided = [part for part in parts if part.value not in part_words("midline")]
    after_all = all(part.end <= last.start for part in sided)
    before_all = all(first.start <= part.start for part in sided)
    if not (after_all or before_all or len(sided) <= 1) or (sided and _reaches_midline(text, title, first, parts)):
        return None
    return Found(first.key, first.start, first.end, "side_named", "inferred")


def _reaches_midline(text: str, title: Span, side: Hit[str], parts: tuple[Found[str], ...]) -> bool:
    """Whether a side goes before a part of which there is one only, as in "left shoulder and neck"."""
    return any(
        part.value in part_words("midline")
        and side.end <= part.start < title.end
        and not _side_before(text, part.start)
        and not _COUNT.search(text, side.end, part.start)
        for part in parts
    )


def _side_before(text: str, position: int) -> Found[str] | None:
    """The side that stands before a part's name, other qualifying words between them or not."""
    begin = phrase_start(text, max(0, position - _BEFORE), position)
    matches = list(part_pattern("side").finditer(text, begin, position))
    if not matches:
        return None
    side = matches[-1]
    return Found((side.lastgroup or "").rstrip("_"), *side.span(), "side_of_part", "inferred")


def _side_in_rationale(text: str, rationale: Span, parts: tuple[Found[str], ...]) -> Found[str] | None:
    """The side that a rationale gives a part whose title gives none, if it gives it one only."""
    wanted = {part.value for part in parts}
    if wanted & part_words("midline"):
        return None
    return _one_side(
        _side_of_patient(text, hit, rationale)
        for hit in part_names().find(text, *rationale)
        if wanted.issuperset(hit.key.parts) and _is_said(text, hit, rationale)
    )


def _side_of_patient(text: str, hit: Hit[BodyPart], rationale: Span) -> Found[str] | None:
    """The side of a part that a rationale names: guidelines speak of both sides, but of no patient's left or right."""
    side = _side_before(text, hit.start)
    is_both = side is not None and side.value not in _BOTH
    return None if is_both and is_quoted(text[slice(*sentence_at(text, hit.start, rationale))]) else side


def _is_said(text: str, part: Found[str] | Hit[BodyPart], rationale: Span) -> bool:
    """Whether a rationale does not merely ask for a side: "whether it is for the left hand"."""
    start = max(rationale.start, part.start - _BEFORE)
    return part_pattern("whether").search(text, start, part.start) is None


def _one_side(sides: Iterable[Found[str] | None]) -> Found[str] | None:
    known = [side for side in sides if side]
    return known[0] if len({side.value for side in known}) == 1 else None
