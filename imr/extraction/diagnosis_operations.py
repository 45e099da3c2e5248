"""What a list of diagnoses says of operations and of places that belong to the diagnosis before.

"Meniscus tear, status post right knee arthroscopy" is one diagnosis, "lumbar strain, status post right knee
arthroscopy" two: it depends on whether both are of one part of the body.
"""

from __future__ import annotations

import re

from imr.extraction.diagnosis_lexicon import lexicon, word_ending
from imr.extraction.diagnosis_words import Piece, is_condition, is_level
from imr.extraction.part_list import part_names

_POST = re.compile(r"(?:status[\s-]+post|s/p)\b", re.IGNORECASE)
_SPINE = {"c": "cervical spine", "t": "thoracic spine", "l": "lumbar spine"}


def is_its_place(text: str, before: Piece, piece: Piece) -> bool:
    """Whether a side with its part is that of the diagnosis before: "rotator cuff tear, left shoulder"."""
    if not set(piece.words) & lexicon().sides:
        return False
    here = _parts(text, before)
    return not here or bool(here & _parts(text, piece))


def tells_of_operation(text: str, before: Piece, piece: Piece) -> bool:
    """Whether a piece is an operation that the diagnosis before it was treated with, or one more of its list."""
    before_post = _POST.search(text, before.start, before.end) if _may_be_post(before) else None
    if _POST.match(text, piece.start, piece.end):
        of_its_own = piece.joint != "," or (before_post is not None and before_post.start() == before.start)
        return not of_its_own and _fits(text, before, piece)
    return before_post is not None and _is_operation(piece) and _fits(text, before, piece)


def _may_be_post(piece: Piece) -> bool:
    """Whether "status post" may stand in a piece."""
    return any(word == "s/p" or word.startswith("status") for word in piece.words)


def _is_operation(piece: Piece) -> bool:
    """Whether a piece names operations and no other condition."""
    operation = word_ending("procedures")
    named = [word for word in piece.words if is_condition(word) or operation.search(word)]
    return bool(named) and all(map(operation.search, named))


def _fits(text: str, before: Piece, piece: Piece) -> bool:
    """Whether an operation is of the part that the diagnosis is of: it names none, or the same on the same side."""
    sides = set(piece.words) & lexicon().sides, set(before.words) & lexicon().sides
    there = _parts(text, piece)
    same_side = not all(sides) or sides[0] == sides[1] or bool({"bilateral"} & (sides[0] | sides[1]))
    return not there or (same_side and bool(there & _parts(text, before)))


def _parts(text: str, piece: Piece) -> set[str]:
    """The parts of the body that a piece names."""
    hits = part_names().find(text, piece.start, piece.end)
    spine = {_SPINE[word[0]] for word in piece.words if word[0:1] in _SPINE and is_level(word)}
    return spine | {part for hit in hits for part in hit.key.parts}
