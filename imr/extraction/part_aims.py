"""How a rationale speaks of the body parts that it names: as its item's, as an operation's, as a complaint's."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from imr.extraction.part_list import (
    BodyPart,
    Mention,
    part_names,
    part_pattern,
    part_words,
    rationale_patterns,
    spinal_levels,
)
from imr.extraction.part_wording import is_idiom, is_quoted, phrase_start, sentence_at
from imr.extraction.treatments import Treatment, named_treatments
from imr.extraction.vocabulary import Hit
from imr.records import Span

# The rules under which a part is found, which say how sure it is that the part is the item's.
TREATMENT = "part_of_treatment"
STRONG = ("aimed_at_part", "treatment_of_part", TREATMENT)
OPERATED_SIDE = "operated_side"
OPERATED = "operated_part"
NEAR_OPERATION = "part_beside_operation"
SIDED = "sided_part"
OWN = "own_part"
QUOTED = "quoted_part"
QUOTED_OPERATION = "part_of_quoted_operation"

_BEFORE = 80
_AFTER = 40
_GAP_TO_TREATMENT = 8
_FOR = ("for", "of")
_AND = re.compile(r"[\s,/&]+(?:(?:and|or)\s+)?")


def part_aims(text: str, rationale: Span, treatment: Hit[Treatment], *, with_operation: bool) -> Iterator[Mention]:
    """Every part that a rationale names, and by which rule it is the item's; "and" hands a rule on."""
    end, rule = rationale.start, QUOTED
    for hit in _hits(text, rationale, with_levels=with_operation):
        begin = phrase_start(text, rationale.start, hit.start)
        if rule not in STRONG or not _AND.fullmatch(text, end, begin):
            rule = _rule(text, hit, begin, rationale, treatment, with_operation=with_operation)
        yield from (Mention(part, hit.start, hit.end, rule) for part in hit.key.parts)
        end = hit.end


def _hits(text: str, rationale: Span, *, with_levels: bool) -> list[Hit[BodyPart]]:
    """The names of parts in a rationale, "back" alone, idioms, and names that give way to others left out."""
    hits = [
        hit
        for hit in part_names().find(text, *rationale)
        if not (hit.key.is_back or hit.key.is_weak or is_idiom(text, Span(hit.start, hit.end)))
    ]
    if with_levels:
        hits += [Hit(BodyPart(parts), *span) for parts, span in spinal_levels(text, rationale)]
    return sorted(hits, key=lambda hit: hit.start)


def _rule(
    text: str, hit: Hit[BodyPart], begin: int, rationale: Span, treatment: Hit[Treatment], *, with_operation: bool
) -> str:
    """The rule by which a part that a rationale names is the item's, or may be."""
    is_sided = bool(hit.key.side or part_pattern("side").search(text, begin, hit.start))
    sentence = sentence_at(text, hit.start, rationale)
    operations = _operations_on(text, hit, begin, sentence) if with_operation else []
    # A guideline speaks of parts, but of no patient's left or right one.
    if is_quoted(text[slice(*sentence)]):
        names_part = any(operation.end != hit.end for operation in operations)  # and is no "meniscectomy"
        return SIDED if is_sided else QUOTED_OPERATION if names_part else QUOTED
    if operations:
        return OPERATED_SIDE if is_sided else OPERATED
    if rule := _aiming_words(text[max(sentence.start, begin - _BEFORE) : begin]):
        return rule
    named = [*_named_with(text, hit, sentence), *_named_for(text, begin, sentence, _FOR)]
    if any(_is_such(treated, treatment.key) for treated in named):
        return TREATMENT
    if is_sided:
        return SIDED
    return NEAR_OPERATION if with_operation and any(map(_is_operation, named_treatments(text, sentence))) else OWN


def _aiming_words(before: str) -> str | None:
    last = before.rsplit(None, 1)
    if not last or last[-1].lower() not in part_words("prepositions"):
        return None
    return next((rule for rule, pattern in rationale_patterns() if pattern.search(before)), None)


def _named_with(text: str, hit: Hit[BodyPart], sentence: Span) -> list[Hit[Treatment]]:
    """The treatments to whose name a part's name belongs: "lumbar MRI"."""
    window = Span(hit.start, min(sentence.end, hit.end + _AFTER))
    return [
        named
        for named in named_treatments(text, window)
        if named.start <= hit.end + _GAP_TO_TREATMENT
        and text[hit.end : named.start].strip().lower() not in part_words("apart")
    ]


def _named_for(text: str, begin: int, sentence: Span, prepositions: Collection[str]) -> list[Hit[Treatment]]:
    """The treatments that a preposition joins to a part, whose phrase begins at `begin`: "crutches for the knee"."""
    before = named_treatments(text, Span(max(sentence.start, begin - _BEFORE), begin))
    return [named for named in before if text[named.end : begin].strip() in prepositions]


def _is_such(named: Hit[Treatment], disputed: Treatment) -> bool:
    """Whether two treatments are of a kind; what is done on any part is of a kind with every operation."""
    if disputed.by_part:
        return named.key.category == disputed.category
    return named.key.subcategory == disputed.subcategory


def _is_operation(named: Hit[Treatment]) -> bool:
    return named.key.subcategory in part_words("operations")


def _operations_on(text: str, hit: Hit[BodyPart], begin: int, sentence: Span) -> list[Hit[Treatment]]:
    """The operations named after their part ("knee arthroscopy") or before it ("arthroscopy of the knee")."""
    before = _named_for(text, begin, sentence, part_words("prepositions"))
    return [named for named in (*_named_with(text, hit, sentence), *before) if _is_operation(named)]
