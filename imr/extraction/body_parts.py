"""The body parts that a disputed item is aimed at."""

from __future__ import annotations

from collections.abc import Iterable

from imr.extraction.part_list import BodyPart, Mention, part_names, part_pattern, part_words, spinal_levels
from imr.extraction.rationale_parts import parts_of_rationale
from imr.extraction.treatments import Treatment, disputed_treatment
from imr.extraction.vocabulary import Hit
from imr.records import Found, Span

_PSYCHE = "psyche"
_CHEST = "chest"
_IMAGING = "Imaging/Radiology"


def read_body_parts(text: str, title: Span, rationale: Span) -> tuple[Found[str], ...]:
    """The parts that the title names; failing these, those that its rationale names without doubt."""
    treatment = disputed_treatment(text, title)
    if treatment and treatment.key.category == "Psych Services":
        return (Found(_PSYCHE, treatment.start, treatment.end, "psychological_service", "inferred"),)
    if _aims_at_no_part(text, title, treatment):
        return ()
    return _distinct(_of_title(text, title, rationale, treatment)) or _distinct(
        parts_of_rationale(text, title, rationale, treatment)
    )


def _aims_at_no_part(text: str, title: Span, treatment: Hit[Treatment] | None) -> bool:
    if treatment and treatment.key.subcategory in part_words("without_parts"):
        return True
    return bool(part_pattern("oral").search(text, *title)) and not part_pattern("not_oral").search(text, *title)


def _of_title(text: str, title: Span, rationale: Span, treatment: Hit[Treatment] | None) -> Iterable[Mention]:
    """The parts named in a title, by their own names or by spinal levels, in its order."""
    named: list[Mention] = []
    weak: list[Mention] = []
    for hit in part_names().find(text, *title):
        if _is_meant(text, hit.key, rationale):
            found = [Mention(part, hit.start, hit.end, "part_name") for part in hit.key.parts]
            (weak if hit.key.is_weak else named).extend(found)
    named += [Mention(part, *span, "spinal_level") for parts, span in spinal_levels(text, title) for part in parts]
    is_picture = treatment is not None and treatment.key.subcategory == _IMAGING
    has_chest = any(mention.part == _CHEST for mention in named)
    if has_chest and not is_picture and part_pattern("clearance").search(text, *title):
        named = [mention for mention in named if mention.part != _CHEST]
    return sorted(named, key=lambda mention: mention.start) or weak


def _is_meant(text: str, named: BodyPart, rationale: Span) -> bool:
    """Whether a rationale confirms a name that needs it: "back", or a discipline that is of one part."""
    if named.is_discipline:
        said = (hit.key for hit in part_names().find(text, *rationale))
        return any(named.parts == part.parts and not part.is_discipline for part in said)
    return not named.is_back or part_pattern("low_back").search(text, *rationale) is not None


def _distinct(mentions: Iterable[Mention]) -> tuple[Found[str], ...]:
    first: dict[str, Found[str]] = {}
    for part, start, end, rule in mentions:
        first.setdefault(part, Found(part, start, end, rule, "inferred"))
    return tuple(first.values())
