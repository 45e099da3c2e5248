"""The body parts that a disputed item is aimed at, and their side."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from imr.extraction.treatments import Treatment, disputed_treatment
from imr.extraction.vocabulary import Hit, Vocabulary
from imr.records import Found, Span
from imr.rules import load_rules

_SENTENCE_END = re.compile(r"(?<=[.?!])\s+|\n")
_BEFORE = 80
_MOST_PARTS = 2
_PSYCHE = "psyche"
_SIDES = ("bilateral", "right", "left")


class BodyPart(NamedTuple):
    """What a name stands for: the parts of the vocabulary, the side it implies, whether it needs confirming."""

    parts: tuple[str, ...]
    side: str | None = None
    is_back: bool = False


class _Mention(NamedTuple):
    part: str
    start: int
    end: int
    rule: str


def read_body_parts(
    text: str, title: Span, rationale: Span, original: Span | None = None
) -> tuple[Found[str], ...]:
    """The parts that the title names; failing these, the original request's; failing these, the rationale's."""
    treatment = disputed_treatment(text, title)
    if treatment and treatment.key.category == "Psych Services":
        return (Found(_PSYCHE, treatment.start, treatment.end, "psychological_service", "inferred"),)
    if _aims_at_no_part(text, title, treatment):
        return ()
    for span in (title, original):
        if span and (found := _distinct(_named(text, span, rationale))):
            return found
    return _of_rationale(text, rationale, treatment)


def read_laterality(
    text: str, title: Span, rationale: Span, parts: tuple[Found[str], ...]
) -> Found[str] | None:
    """The side of the parts, if one side holds for all of them; the rationale's where the title has none."""
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
    if treatment and treatment.key.subcategory in _words("without_parts"):
        return True
    return bool(_pattern("oral").search(text, *title)) and not _pattern("not_oral").search(text, *title)


def _named(text: str, span: Span, rationale: Span) -> Iterator[_Mention]:
    """The parts named in a title, by their own names or by spinal levels, in its order."""
    hits: list[_Mention] = []
    for hit in part_names().find(text, *span):
        if not hit.key.is_back or _confirms_back(text, rationale):
            hits += [_Mention(part, hit.start, hit.end, "part_name") for part in hit.key.parts]
    for match in _pattern("levels").finditer(text, *span):
        hits.append(_Mention(f"{match.lastgroup} spine", *match.span(), "spinal_level"))
    yield from sorted(hits, key=lambda hit: hit.start)


def _confirms_back(text: str, rationale: Span) -> bool:
    confirmed_by = "|".join(load_rules("extraction", "body_parts")["back"]["confirmed_by"])
    return bool(re.compile(rf"\b(?:{confirmed_by})\b", re.IGNORECASE).search(text, *rationale))


def _distinct(mentions: Iterator[_Mention]) -> tuple[Found[str], ...]:
    first: dict[str, Found[str]] = {}
    for mention in mentions:
        first.setdefault(
            mention.part, Found(mention.part, mention.start, mention.end, mention.rule, "inferred")
        )
    return tuple(first.values())


def _of_rationale(text: str, rationale: Span, treatment: Hit[Treatment] | None) -> tuple[Found[str], ...]:
    """The part that a rationale names beside a treatment or with a side, if there are not many such."""
    if treatment is None or treatment.key.subcategory not in _words("aimed"):
        return ()
    found = _distinct(_said_of_patient(text, rationale))
    return found if len(found) <= _MOST_PARTS else ()


def _said_of_patient(text: str, rationale: Span) -> Iterator[_Mention]:
    for sentence in _sentences(text, rationale):
        is_quoted = bool(_pattern("guideline_sentence").search(text, *sentence))
        for hit in part_names().find(text, *sentence):
            before = text[max(sentence.start, hit.start - _BEFORE) : hit.start]
            rule = next((name for name, pattern in _rationale_patterns() if pattern.search(before)), None)
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
        for match in _pattern(name).finditer(text, *span)
    ]
    for hit in part_names().find(text, *span):
        if hit.key.side:
            sides.append(Hit(hit.key.side, hit.start, hit.end))
    return sorted(sides, key=lambda hit: hit.start)


def _common_side(
    text: str, title: Span, sides: list[Hit[str]], parts: tuple[Found[str], ...]
) -> Found[str] | None:
    named = {side.key for side in sides}
    sided = [part for part in parts if part.value not in _words("midline")]
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
    last = None
    for last in _pattern("side").finditer(text, start, position):
        pass
    if last is None or text[last.end() : position].strip():
        return None
    return Found((last.lastgroup or "").rstrip("_"), *last.span(), "side_of_part", "inferred")


def _side_in_rationale(text: str, rationale: Span, parts: tuple[Found[str], ...]) -> Found[str] | None:
    """The side that a rationale gives a part whose title gives none, if it gives it one only."""
    wanted = {part.value for part in parts}
    if wanted & _words("midline"):
        return None
    return _one_side(
        _side_before(text, hit.start)
        for sentence in _sentences(text, rationale)
        if not _pattern("guideline_sentence").search(text, *sentence)
        for hit in part_names().find(text, *sentence)
        if wanted.issuperset(hit.key.parts)
    )


def _one_side(sides: Iterator[Found[str] | None]) -> Found[str] | None:
    known = [side for side in sides if side]
    return known[0] if len({side.value for side in known}) == 1 else None


def _side(hit: Hit[str], value: str) -> Found[str]:
    return Found(value, hit.start, hit.end, "side_named", "inferred")


@cache
def part_names() -> Vocabulary[BodyPart]:
    """All names of body parts, ready to be looked for."""
    rules = load_rules("extraction", "body_parts")
    names = dict.fromkeys(rules["ignored"], BodyPart(()))
    names |= dict.fromkeys(rules["back"]["names"], BodyPart((rules["back"]["meant"],), is_back=True))
    names |= {name: BodyPart(tuple(parts)) for name, parts in rules["parts"].items()}
    for part, spelt in rules["part"].items():
        names |= {name: BodyPart((part,), rules["side_of"].get(name)) for name in spelt}
    return Vocabulary(names)


@cache
def _pattern(name: str) -> re.Pattern[str]:
    entries = load_rules("extraction", "body_parts")["pattern"]
    pattern = next(entry["pattern"] for entry in entries if entry["name"] == name)
    flags = re.IGNORECASE if name not in ("levels", "single_letter_side") else 0
    return re.compile(pattern.replace(" ", r"\s"), flags)


@cache
def _rationale_patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    entries = load_rules("extraction", "body_parts")["rationale"]
    return tuple((e["name"], re.compile(e["pattern"].replace(" ", r"\s"), re.IGNORECASE)) for e in entries)


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(load_rules("extraction", "body_parts")["vocabulary"][name])
