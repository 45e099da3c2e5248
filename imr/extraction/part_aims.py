"""The body part that a rationale names without doubt as the one that its item is for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from imr.extraction.part_list import (
    BodyPart,
    Mention,
    any_word,
    part_names,
    part_pattern,
    part_words,
    rationale_patterns,
    spinal_levels,
)
from imr.extraction.part_wording import is_quoted, leaves_part_unnamed, phrase_start, sentence_at
from imr.extraction.treatments import Treatment, named_treatments, title_flag
from imr.extraction.vocabulary import Hit
from imr.records import Span

_BEFORE = 80
_AFTER = 40
_GAP_TO_TREATMENT = 8
_MOST_PARTS = 2
_ADJUNCT = "Adjunct Surgical Services"
_AND = re.compile(r"[\s,/&]+(?:(?:and|or)\s+)?")

# The rules by which a part that a rationale names is the item's, the surest first.
_TREATMENT = "part_of_treatment"
_STRONG = ("aimed_at_part", "treatment_of_part", _TREATMENT)
_SIDED = "sided_part"
_OPERATED = "operated_part"
_OWN = "only_part"
_QUOTED = "quoted_part"


def parts_of_rationale(
    text: str, title: Span, rationale: Span, treatment: Hit[Treatment] | None
) -> tuple[Mention, ...]:
    """The parts that a rationale names as those that its item is for, if there are not many such.

    It says so beside a treatment, or by a side where it names no other part. What goes with an operation is for the
    operation's part; what is worn is for the only part of its rationale.
    """
    if treatment is None or rationale.end <= rationale.start:
        return ()
    with_operation = _goes_with_operation(text, title, treatment)
    if not with_operation and not _is_aimed(text, title, treatment):
        return ()
    aims = list(_aims(text, rationale, treatment, with_operation=with_operation))
    if with_operation:
        found = _named(aims, *_STRONG, _SIDED) or _named(aims, _OPERATED)
    else:
        found = _named(aims, *_STRONG) or _only(_named(aims, _SIDED), _named(aims, _SIDED, _OWN))
    most = _MOST_PARTS
    if not found and treatment.key.subcategory in part_words("worn"):
        found, most = _only(_named(aims, _OWN), _named(aims, _OWN, _SIDED, _QUOTED)), 1
    is_sure = 0 < len(_parts(found)) <= most
    return found if is_sure and not leaves_part_unnamed(text, rationale) else ()


def _is_aimed(text: str, title: Span, treatment: Hit[Treatment]) -> bool:
    subcategory = treatment.key.subcategory
    if subcategory in part_words("worn") and any_word("whole_patient").search(text, *title):
        return False
    return subcategory in part_words("aimed")


def _goes_with_operation(text: str, title: Span, treatment: Hit[Treatment]) -> bool:
    """Whether an item goes with an operation; what only makes sure that one is safe goes with the patient."""
    is_titled = bool(title_flag("associated_surgical_service").search(text, *title))
    if treatment.key.subcategory == _ADJUNCT:
        return is_titled or not part_pattern("before_the_operation").search(text, *title)
    if treatment.key.subcategory not in part_words("aimed"):
        return False
    return is_titled or bool(part_pattern("after_the_operation").search(text, *title))


def _named(aims: Iterable[Mention], *rules: str) -> tuple[Mention, ...]:
    return tuple(aim for aim in aims if aim.rule in rules)


def _parts(mentions: Iterable[Mention]) -> set[str]:
    return {mention.part for mention in mentions}


def _only(found: tuple[Mention, ...], among: tuple[Mention, ...]) -> tuple[Mention, ...]:
    """What was found, where nothing else is named and it is not everything that hurts."""
    return found if _parts(found) == _parts(among) else ()


def _aims(text: str, rationale: Span, treatment: Hit[Treatment], *, with_operation: bool) -> Iterator[Mention]:
    """Every part that a rationale names, and by which rule it is the item's; "and" hands a rule on."""
    end, rule = rationale.start, _QUOTED
    for hit in _hits(text, rationale, with_levels=with_operation):
        begin = phrase_start(text, rationale.start, hit.start)
        if rule not in _STRONG or not _AND.fullmatch(text, end, begin):
            rule = _rule(text, hit, begin, rationale, treatment, with_operation=with_operation)
        yield from (Mention(part, hit.start, hit.end, rule) for part in hit.key.parts)
        end = hit.end


def _hits(text: str, rationale: Span, *, with_levels: bool) -> list[Hit[BodyPart]]:
    """The names of parts in a rationale, "back" alone and names that give way to others left out."""
    hits = [hit for hit in part_names().find(text, *rationale) if not (hit.key.is_back or hit.key.is_weak)]
    if with_levels:
        hits += [Hit(BodyPart(parts), *span) for parts, span in spinal_levels(text, rationale)]
    return sorted(hits, key=lambda hit: hit.start)


def _rule(
    text: str, hit: Hit[BodyPart], begin: int, rationale: Span, treatment: Hit[Treatment], *, with_operation: bool
) -> str:
    """The rule by which a part that a rationale names is the item's, or may be."""
    is_sided = bool(hit.key.side or part_pattern("side").search(text, begin, hit.start))
    sentence = sentence_at(text, hit.start, rationale)
    # A guideline speaks of parts, but of no patient's left or right one.
    if is_quoted(text[slice(*sentence)]):
        return _SIDED if is_sided else _QUOTED
    if rule := _aiming_words(text[max(sentence.start, begin - _BEFORE) : begin]):
        return rule
    if _is_part_of_treatment(text, hit, sentence, treatment.key.subcategory):
        return _TREATMENT
    if is_sided:
        return _SIDED
    return _OPERATED if with_operation and _names_operation(text, sentence) else _OWN


def _aiming_words(before: str) -> str | None:
    last = before.rsplit(None, 1)
    if not last or last[-1].lower() not in part_words("prepositions"):
        return None
    return next((rule for rule, pattern in rationale_patterns() if pattern.search(before)), None)


def _is_part_of_treatment(text: str, hit: Hit[BodyPart], sentence: Span, subcategory: str) -> bool:
    """Whether a part's name belongs to the name of such a treatment: "lumbar MRI"."""
    window = Span(hit.start, min(sentence.end, hit.end + _AFTER))
    return any(
        treatment.key.subcategory == subcategory and treatment.start <= hit.end + _GAP_TO_TREATMENT
        for treatment in named_treatments(text, window)
    )


def _names_operation(text: str, sentence: Span) -> bool:
    return any(hit.key.subcategory in part_words("operations") for hit in named_treatments(text, sentence))
