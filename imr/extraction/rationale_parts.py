"""The body part that a rationale names without doubt as the one that its item is for."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from imr.extraction.part_aims import (
    NEAR_OPERATION,
    OPERATED,
    OPERATED_SIDE,
    OWN,
    QUOTED_OPERATION,
    SIDED,
    STRONG,
    TREATMENT,
    part_aims,
)
from imr.extraction.part_list import Mention, any_word, part_pattern, part_words
from imr.extraction.part_wording import leaves_part_unnamed
from imr.extraction.treatments import Treatment, title_flag
from imr.extraction.vocabulary import Hit
from imr.records import Span

_MOST_PARTS = 2
_ADJUNCT = "Adjunct Surgical Services"
_OF_OPERATION = ((OPERATED_SIDE,), (OPERATED,), (*STRONG, SIDED), (NEAR_OPERATION,), (QUOTED_OPERATION,))


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
    aims = list(part_aims(text, rationale, treatment, with_operation=with_operation))
    if with_operation:
        found = _of_operation(aims) or _only_one(text, title, aims)
    elif _is_for_patient(text, title, treatment):
        found = _under(aims, TREATMENT)
    else:
        found = _of_item(aims)
        if not found and treatment.key.subcategory in part_words("worn") and len(_parts(aims)) == 1:
            found = tuple(aims)
    is_sure = 0 < len(_parts(found)) <= _MOST_PARTS
    return found if is_sure and not leaves_part_unnamed(text, rationale) else ()


def _is_aimed(text: str, title: Span, treatment: Hit[Treatment]) -> bool:
    is_surgeon_seen = treatment.key.first_visit and bool(title_flag("surgeon").search(text, *title))
    return is_surgeon_seen or treatment.key.subcategory in part_words("aimed")


def _is_for_patient(text: str, title: Span, treatment: Hit[Treatment]) -> bool:
    """Whether equipment is for the patient as a whole, and for a part only where its rationale says so of it."""
    return treatment.key.subcategory in part_words("worn") and bool(any_word("whole_patient").search(text, *title))


def _goes_with_operation(text: str, title: Span, treatment: Hit[Treatment]) -> bool:
    """Whether an item goes with an operation; what only makes sure that one is safe goes with the patient."""
    is_titled = bool(title_flag("associated_surgical_service").search(text, *title))
    if treatment.key.subcategory == _ADJUNCT:
        leaves_it_out = "tests_before" if is_titled else "before_the_operation"
        return not part_pattern(leaves_it_out).search(text, *title)
    if is_titled and treatment.key.category in part_words("after_operations"):
        return True
    if treatment.key.subcategory not in part_words("aimed"):
        return False
    return is_titled or bool(part_pattern("after_the_operation").search(text, *title))


def _of_operation(aims: Iterable[Mention]) -> tuple[Mention, ...]:
    """The parts under the surest rule that any stand under."""
    return next(filter(None, (_under(aims, *rules) for rules in _OF_OPERATION)), ())


def _only_one(text: str, title: Span, aims: Collection[Mention]) -> tuple[Mention, ...]:
    """The only part that a rationale names, unless what is done before an operation looks at the patient."""
    is_before = part_pattern("before_the_operation").search(text, *title) is not None
    return () if is_before or len(_parts(aims)) != 1 else _under(aims, OWN)


def _of_item(aims: Iterable[Mention]) -> tuple[Mention, ...]:
    """The parts that are aimed at; failing these, those with a side, where no other part hurts as well."""
    sided = _under(aims, SIDED)
    return _under(aims, *STRONG) or (sided if _parts(sided) == _parts(_under(aims, SIDED, OWN)) else ())


def _under(aims: Iterable[Mention], *rules: str) -> tuple[Mention, ...]:
    return tuple(aim for aim in aims if aim.rule in rules)


def _parts(mentions: Iterable[Mention]) -> set[str]:
    return {mention.part for mention in mentions}
